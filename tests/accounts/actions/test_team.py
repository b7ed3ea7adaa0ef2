"""Roles, limits, leaving and owning: an organization never loses its last owner."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from accounts.actions import team
from accounts.actions.tokens import create_api_token
from accounts.actor import Actor
from accounts.callers import actor_for_bearer
from accounts.models import Membership
from accounts.roles import Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event, Sighting
from tests.api.scene import facts_since, last_event
from tests.personas import Persona, make_buyer, make_member

Act = Callable[[Actor, str], Any]
VERBS: dict[str, Act] = {
    "change": lambda actor, person: team.change_member(
        actor=actor, person_id=person, role=Role.BUYER, spend_limit_minor=None
    ),
    "deactivate": lambda actor, person: team.deactivate_member(actor=actor, person_id=person),
    "reactivate": lambda actor, person: team.reactivate_member(actor=actor, person_id=person),
    "remove": lambda actor, person: team.remove_member(actor=actor, person_id=person),
    "transfer": lambda actor, person: team.transfer_ownership(actor=actor, person_id=person),
}


def roles_of(organization: Any) -> dict[str, str]:
    rows = Membership.objects.filter(organization=organization)
    return dict(rows.values_list("user__name", "role"))


@pytest.fixture
def emil(bea: Persona) -> Persona:
    return make_member(bea, "Emil", Role.ENGINEER)


@pytest.fixture
def ada(bea: Persona) -> Persona:
    return make_member(bea, "Ada", Role.ADMIN)


def test_a_role_and_a_limit_change_at_once_each_as_one_fact(bea: Persona, emil: Persona) -> None:
    start = last_event()
    team.change_member(
        actor=bea.actor, person_id=emil.user.public_id, role=Role.BUYER, spend_limit_minor=250_000
    )
    assert emil.actor.role == "buyer" and emil.actor.may("award")
    assert facts_since(start) == ["role_changed", "spend_limit_changed"]
    role, limit = Event.objects.filter(pk__gt=start).order_by("pk")
    assert role.sentence.endswith("changed the role of Emil from engineer to buyer")
    assert limit.data == {"name": "Emil", "old": "no limit", "new": "2,500.00 EUR"}
    seen = Sighting.objects.filter(event__in=[role, limit])
    assert set(seen.values_list("organization", flat=True)) == {bea.organization.public_id}


def test_saving_the_same_again_is_no_fact(bea: Persona, emil: Persona) -> None:
    start = last_event()
    team.change_member(
        actor=bea.actor, person_id=emil.user.public_id, role="engineer", spend_limit_minor=None
    )
    assert facts_since(start) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_finds_nobody_and_a_member_without_the_right_is_refused(
    verb: str, bea: Persona, emil: Persona, stefan: Persona
) -> None:
    before, start = roles_of(bea.organization), last_event()
    with pytest.raises(NotFound):
        VERBS[verb](stefan.actor, emil.user.public_id)
    viewer = make_member(bea, "Vic", Role.VIEWER)
    with pytest.raises(NotAllowed):
        VERBS[verb](viewer.actor, emil.user.public_id)
    assert roles_of(bea.organization) == {**before, "Vic": "viewer"}
    assert facts_since(start) == []


@pytest.mark.parametrize("verb", VERBS)
def test_an_admin_touches_no_owner(verb: str, bea: Persona, ada: Persona) -> None:
    start = last_event()
    with pytest.raises(NotAllowed):
        VERBS[verb](ada.actor, bea.user.public_id)
    assert roles_of(bea.organization) == {"Bea": "owner", "Ada": "admin"}
    assert facts_since(start) == []


def test_an_admin_appoints_no_owner(bea: Persona, ada: Persona, emil: Persona) -> None:
    for person in (emil, ada):
        with pytest.raises(NotAllowed):
            team.change_member(
                actor=ada.actor,
                person_id=person.user.public_id,
                role=Role.OWNER,
                spend_limit_minor=None,
            )
    with pytest.raises(NotAllowed):
        team.transfer_ownership(actor=ada.actor, person_id=emil.user.public_id)
    assert roles_of(bea.organization)["Emil"] == "engineer"


def test_nobody_raises_their_own_limit_and_anybody_may_lower_it(bea: Persona) -> None:
    ada = make_member(bea, "Ada", Role.ADMIN, spend_limit_minor=1000)

    def to(limit: int | None) -> None:
        team.change_member(
            actor=ada.actor,
            person_id=ada.user.public_id,
            role=Role.ADMIN,
            spend_limit_minor=limit,
        )

    for higher in (1001, None):
        with pytest.raises(NotAllowed, match="your own spend limit"):
            to(higher)
    to(500)
    assert Membership.objects.get(user=ada.user).spend_limit_minor == 500


def test_deactivating_ends_pages_and_tokens_at_once_and_twice_is_once(
    bea: Persona, ada: Persona
) -> None:
    _, secret = create_api_token(actor=ada.actor, name="ERP")
    page = "/settings/members/"
    assert ada.client.get(page).status_code == 200
    start = last_event()
    for _ in range(2):
        team.deactivate_member(actor=bea.actor, person_id=ada.user.public_id)
    assert facts_since(start) == ["member_deactivated"]
    assert ada.actor.organization is None and actor_for_bearer(secret) is None
    assert ada.client.get(page).url == "/organizations/new/"
    for _ in range(2):
        team.reactivate_member(actor=bea.actor, person_id=ada.user.public_id)
    assert facts_since(start) == ["member_deactivated", "member_reactivated"]
    assert ada.actor.role == "admin" and actor_for_bearer(secret) is not None


def test_nobody_deactivates_or_removes_themselves_by_accident(bea: Persona) -> None:
    other = make_member(bea, "Olga", Role.OWNER)
    for verb in ("deactivate", "remove"):
        with pytest.raises(DomainError, match="This is you"):
            VERBS[verb](other.actor, other.user.public_id)
    assert other.actor.role == "owner"


def test_a_removed_member_is_off_the_list_and_history_keeps_the_name(
    bea: Persona, emil: Persona
) -> None:
    team.remove_member(actor=bea.actor, person_id=emil.user.public_id)
    assert roles_of(bea.organization) == {"Bea": "owner"}
    assert emil.actor.organization is None
    assert Event.objects.get(type="member_removed").data == {"name": "Emil"}


def test_the_last_owner_cannot_go(bea: Persona, ada: Persona) -> None:
    start = last_event()
    with pytest.raises(DomainError, match="needs an owner"):
        team.leave_organization(actor=bea.actor)
    with pytest.raises(DomainError, match="needs an owner"):
        team.change_member(
            actor=bea.actor,
            person_id=bea.user.public_id,
            role=Role.ADMIN,
            spend_limit_minor=None,
        )
    # A deactivated owner, and one whose account is closed, do not count.
    olga = make_member(bea, "Olga", Role.OWNER)
    olga.user.is_active = False
    olga.user.save()
    with pytest.raises(DomainError, match="needs an owner"):
        team.leave_organization(actor=bea.actor)
    assert bea.actor.role == "owner" and facts_since(start) == []


def test_ownership_is_handed_over_whole(bea: Persona, emil: Persona) -> None:
    start = last_event()
    team.transfer_ownership(actor=bea.actor, person_id=emil.user.public_id)
    assert roles_of(bea.organization) == {"Bea": "admin", "Emil": "owner"}
    assert facts_since(start) == ["ownership_transferred"]
    with pytest.raises(NotAllowed):
        team.transfer_ownership(actor=bea.actor, person_id=emil.user.public_id)


def test_ownership_goes_to_nobody_who_cannot_act(bea: Persona, emil: Persona) -> None:
    team.deactivate_member(actor=bea.actor, person_id=emil.user.public_id)
    for person in (emil, bea):
        with pytest.raises(DomainError):
            team.transfer_ownership(actor=bea.actor, person_id=person.user.public_id)
    assert roles_of(bea.organization)["Bea"] == "owner"


def test_who_leaves_is_gone_and_a_token_does_not_leave(bea: Persona, emil: Persona) -> None:
    _, secret = create_api_token(actor=bea.actor, name="ERP")
    program = actor_for_bearer(secret)
    assert program is not None
    with pytest.raises(NotAllowed):
        team.leave_organization(actor=program)
    start = last_event()
    team.leave_organization(actor=emil.actor)
    assert facts_since(start) == ["member_left"]
    assert roles_of(bea.organization) == {"Bea": "owner"}


def test_a_role_taken_away_meanwhile_counts_for_nothing(bea: Persona, ada: Persona) -> None:
    emil = make_member(bea, "Emil", Role.ENGINEER)
    stale = ada.actor
    team.change_member(
        actor=bea.actor, person_id=ada.user.public_id, role=Role.VIEWER, spend_limit_minor=None
    )
    with pytest.raises(NotAllowed):
        team.remove_member(actor=stale, person_id=emil.user.public_id)
    assert roles_of(bea.organization)["Emil"] == "engineer"


@pytest.mark.parametrize("race", ["leave", "demote"])
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_go_at_the_same_moment_one_stays(race: str) -> None:
    if connection.vendor != "postgresql":
        pytest.fail("Races are tried on PostgreSQL; SQLite has one writer.")
    bea = make_buyer("Bea", "Bea Robotics")
    olga = make_member(bea, "Olga", Role.OWNER)
    organization, actors = bea.organization, [bea.actor, olga.actor]
    start, refused = threading.Barrier(2), []

    def go(me: Actor, other: Actor) -> None:
        start.wait()
        try:
            if race == "leave":
                team.leave_organization(actor=me)
            else:
                VERBS["change"](me, other.public_id)
        except DomainError as error:
            refused.append(error.sentence)
        finally:
            connections.close_all()

    pairs = [actors, actors[::-1]]
    threads = [threading.Thread(target=go, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(roles_of(organization).values()).count("owner") == 1
    assert len(refused) == 1


def test_the_person_concerned_is_told(
    bea: Persona, emil: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    team.change_member(
        actor=bea.actor, person_id=emil.user.public_id, role=Role.BUYER, spend_limit_minor=100
    )
    team.deactivate_member(actor=bea.actor, person_id=emil.user.public_id)
    team.reactivate_member(actor=bea.actor, person_id=emil.user.public_id)
    team.transfer_ownership(actor=bea.actor, person_id=emil.user.public_id)
    team.leave_organization(actor=bea.actor)
    work()
    told = [(mail.to[0], mail.subject) for mail in mailoutbox]
    assert told == [
        ("emil@example.com", "Your role at Bea Robotics is now buyer"),
        ("emil@example.com", "Your spend limit at Bea Robotics changed"),
        ("emil@example.com", "Your access to Bea Robotics ended"),
        ("emil@example.com", "You can act for Bea Robotics again"),
        ("emil@example.com", "You own Bea Robotics now"),
        ("emil@example.com", "Bea left Bea Robotics"),
    ]
