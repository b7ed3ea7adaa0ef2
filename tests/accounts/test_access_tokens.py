"""Access tokens: five minutes, worth what their credential is worth, dead with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from accounts.access_tokens import Claims, read_access_token, sign_access_token
from accounts.actions.tokens import create_api_token, issue_access_token, revoke_api_token
from accounts.callers import actor_for_bearer
from accounts.models import Membership
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.models import Event
from tests.personas import Persona

CLAIMS = Claims("usr_1", "org_1", "tok_1", frozenset({"view"}))


def access(persona: Persona, scopes: list[str] | None = None) -> tuple[Any, str]:
    """An API token and an access token made from it."""
    token, secret = create_api_token(actor=persona.actor, name="ERP", scopes=["view", "edit_parts"])
    actor = actor_for_bearer(secret)
    assert actor is not None
    return token, issue_access_token(actor=actor, scopes=scopes)


def test_what_was_signed_is_read() -> None:
    assert read_access_token(sign_access_token(CLAIMS)) == CLAIMS


def test_it_ends_after_five_minutes() -> None:
    text = sign_access_token(CLAIMS)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5, seconds=1)):
        assert read_access_token(text) is None


def test_keys_are_rotated_without_locking_anybody_out(settings: Any) -> None:
    old = sign_access_token(CLAIMS)
    settings.JWT_SECRET_KEYS = ["n" * 40, *settings.JWT_SECRET_KEYS]
    assert read_access_token(old) == CLAIMS
    settings.JWT_SECRET_KEYS = ["n" * 40]
    assert read_access_token(old) is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text[:-4] + "AAAA",
        lambda text: jwt.encode({"sub": "usr_1"}, "", algorithm="none"),
        lambda text: jwt.encode(
            jwt.decode(text, options={"verify_signature": False}),
            "another key of more than thirty-two characters",
            headers=jwt.get_unverified_header(text),
        ),
        lambda text: "a.b.c",
        lambda text: "..",
    ],
    ids=["changed", "unsigned", "foreign key", "junk", "empty"],
)
def test_forged_ones_are_refused(forge: Any) -> None:
    assert read_access_token(forge(sign_access_token(CLAIMS))) is None


def test_the_session_key_does_not_sign(settings: Any) -> None:
    assert settings.SECRET_KEY not in settings.JWT_SECRET_KEYS
    assert settings.ENCRYPTION_KEYS[0] not in settings.JWT_SECRET_KEYS


@pytest.mark.django_db
class TestFromAnApiToken:
    def test_it_speaks_for_the_same_organization(self, bea: Persona) -> None:
        _, text = access(bea)
        answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {text}"})
        assert answer.json()["permissions"] == ["edit_parts", "view"]
        assert Event.objects.filter(type="access_token_issued").count() == 1

    def test_it_can_be_narrower_and_never_wider(self, bea: Persona) -> None:
        _, text = access(bea, ["view"])
        actor = actor_for_bearer(text)
        assert actor is not None and actor.permissions == {"view"}
        with pytest.raises(DomainError, match="cannot do more"):
            access(bea, ["pay"])

    def test_it_ends_at_once_with_the_token_the_role_and_the_membership(self, bea: Persona) -> None:
        token, text = access(bea)
        Membership.objects.update(role="viewer")
        actor = actor_for_bearer(text)
        assert actor is not None and actor.permissions == {"view"}
        Membership.objects.update(role="owner")
        revoke_api_token(actor=bea.actor, public_id=token.public_id)
        assert actor_for_bearer(text) is None

    def test_none_is_made_from_another(self, bea: Persona) -> None:
        _, text = access(bea)
        actor = actor_for_bearer(text)
        assert actor is not None
        with pytest.raises(NotAllowed, match="not from another"):
            issue_access_token(actor=actor)


@pytest.mark.django_db
class TestFromASignIn:
    def sign_in(self, persona: Persona) -> Client:
        client = Client()
        form = {"login": persona.user.email, "password": "Correct-Horse-7!"}
        assert client.post("/accounts/login/", form).status_code == 302
        return client

    def test_it_ends_with_the_session(self, bea: Persona) -> None:
        client = self.sign_in(bea)
        made = client.post("/api/v1/access-tokens/", {}, content_type="application/json")
        assert made.status_code == 201 and made["Cache-Control"] == "no-store"
        headers = {"Authorization": f"Bearer {made.json()['access_token']}"}
        assert Client().get("/api/v1/parts/", headers=headers).status_code == 200
        client.post("/accounts/logout/")
        assert Client().get("/api/v1/parts/", headers=headers).status_code == 401

    def test_the_page_shows_one_once(self, bea: Persona) -> None:
        client = self.sign_in(bea)
        page = client.post("/settings/tokens/access/").content.decode()
        assert "An access token for 5 minutes" in page
        assert "eyJ" in page and "eyJ" not in client.get("/settings/tokens/").content.decode()

    def test_an_old_sign_in_is_repeated_first(self, bea: Persona) -> None:
        client = self.sign_in(bea)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=30)):
            refused = client.post("/api/v1/access-tokens/", {}, content_type="application/json")
            assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_again")
            away = client.post("/settings/tokens/access/")
            assert away.status_code == 302 and "reauthenticate" in away.url
        assert not Event.objects.filter(type="access_token_issued").exists()
