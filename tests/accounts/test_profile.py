"""A person changes their name; history keeps the old one."""

import pytest

from accounts.actions.people import change_profile
from accounts.actor import Actor
from accounts.models import User
from accounts.callers import actor_for_bearer
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.models import Event
from tests.api.scene import Api
from tests.personas import Persona

PAGE = "/settings/profile/"


def test_the_page_changes_the_name_once(bea: Persona) -> None:
    assert b"Bea Robotics" in bea.client.get(PAGE).content
    for _ in range(2):
        assert bea.client.post(PAGE, {"name": " Bea \n Berg "}).status_code == 302
    assert User.objects.get(pk=bea.user.pk).name == "Bea Berg"
    assert Event.objects.filter(type="profile_changed").count() == 1


def test_an_empty_name_is_refused(bea: Persona) -> None:
    assert bea.client.post(PAGE, {"name": "  "}).status_code == 422
    with pytest.raises(DomainError):
        change_profile(actor=bea.actor, name=" ")
    assert User.objects.get(pk=bea.user.pk).name == "Bea"


def test_a_token_and_the_system_rename_nobody(bea: Persona) -> None:
    secret = Api(bea).headers["Authorization"].removeprefix("Bearer ")
    token = actor_for_bearer(secret)
    assert token is not None
    for actor in (token, Actor.system("timer")):
        with pytest.raises(NotAllowed):
            change_profile(actor=actor, name="Eve")
    assert User.objects.get(pk=bea.user.pk).name == "Bea"
