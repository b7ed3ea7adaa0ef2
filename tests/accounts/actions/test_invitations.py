"""Invitations: for one address, once, for a week; the link's secret is kept nowhere."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.actions import invitations, team
from accounts.models import Membership, TeamInvitation, User
from accounts.roles import Role
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from tests.api.scene import facts_since, last_event
from tests.personas import PASSWORD, Persona, make_member, make_person

EMAIL = "nora@example.com"
GOOD = "Very-Long-Pass-9!"


def invite(bea: Persona, email: str = EMAIL, role: str = Role.APPROVER) -> TeamInvitation:
    return invitations.invite_member(
        actor=bea.actor, email=email, role=role, spend_limit_minor=5000
    )


def path_of(invitation: TeamInvitation) -> str:
    return f"/join/{invitations.secret_of(invitation)}/"


def age(invitation: TeamInvitation, **by: float) -> None:
    """Move the sending of an invitation into the past; its link stays as it is."""
    secret = invitations.secret_of(invitation)
    then = invitation.expires_at - timedelta(**by)
    TeamInvitation.objects.filter(pk=invitation.pk).update(expires_at=then)
    assert invitations.digest_of(secret) == invitation.digest


def test_the_link_comes_by_mail_and_its_secret_is_kept_nowhere(
    bea: Persona, work: Callable[[], None], mailoutbox: list[Any], settings: Any
) -> None:
    start = last_event()
    invitation = invite(bea, " Nora@Example.com ")
    assert facts_since(start) == ["member_invited"]
    work()
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([EMAIL], "Bea invites you to Bea Robotics")
    secret = re.search(rf"{settings.SITE_URL}/join/([\w-]+)/", mail.body)
    assert secret and len(secret[1]) == 43
    assert invitations.digest_of(secret[1]) == invitation.digest
    kept = json.dumps(list(Event.objects.values()), default=str) + str(vars(invitation))
    assert secret[1] not in kept


def test_a_newcomer_reads_who_invites_to_what_signs_up_and_is_in(bea: Persona) -> None:
    invitation = invite(bea)
    client, path = Client(), path_of(invitation)
    page = client.get(path).content.decode()
    for words in ("Bea invites", "Bea Robotics", "Approver", "Approve awards", EMAIL):
        assert words in page
    assert not Membership.objects.filter(user__email=EMAIL).exists()
    start = last_event()
    answer = client.post(path, {"name": "Nora\r\nBcc: x@y.z", "password": GOOD})
    assert (answer.status_code, answer.url) == (302, "/go/")
    nora = User.objects.get(email=EMAIL)
    assert nora.name == "Nora Bcc: x@y.z" and nora.check_password(GOOD)
    assert EmailAddress.objects.get(user=nora).verified
    member = Membership.objects.get(user=nora)
    assert (member.role, member.spend_limit_minor) == ("approver", 5000)
    assert "member_joined" in facts_since(start)
    assert client.get("/home/").status_code == 200


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "Nora", "password": "short"}, "12 characters"),
        ({"name": "Nora", "password": "nora@example.com-X1"}, "too similar"),
        ({"name": "", "password": GOOD}, "required"),
    ],
)
def test_a_weak_password_comes_back_and_nothing_is_made(
    bea: Persona, form: dict[str, str], sentence: str
) -> None:
    invitation = invite(bea)
    answer = Client().post(path_of(invitation), form)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not User.objects.filter(email=EMAIL).exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_somebody_with_an_account_signs_in_and_joins_once(bea: Persona) -> None:
    nora = Persona(make_person("Nora"))
    invitation = invite(bea)
    path = path_of(invitation)
    page = Client().get(path).content.decode()
    assert f"/accounts/login/?next={path}" in page and "password" not in page
    refused = Client().post(path, {"name": "Eve", "password": GOOD})
    assert refused.status_code == 422 and User.objects.get(email=EMAIL).check_password(PASSWORD)
    start = last_event()
    for _ in range(2):
        assert nora.client.post(path).status_code == 302
    assert facts_since(start) == ["member_joined"]
    assert nora.client.get(path).url == "/go/"
    assert nora.actor.organization == bea.organization


def test_an_address_must_be_the_invited_one_and_proved(bea: Persona, stefan: Persona) -> None:
    invitation = invite(bea)
    path = path_of(invitation)
    assert "for another address" in stefan.client.get(path).content.decode()
    assert stefan.client.post(path).status_code == 422
    EmailAddress.objects.create(user=stefan.user, email=EMAIL, verified=False)
    with pytest.raises(DomainError, match="This invitation is for nora"):
        invitations.join_organization(actor=stefan.actor, secret=invitations.secret_of(invitation))
    assert not Membership.objects.filter(organization=bea.organization, user=stefan.user).exists()
    EmailAddress.objects.filter(email=EMAIL).update(verified=True)
    assert stefan.client.post(path).status_code == 302
    # Joining acts for the new organization at once; the old one is one click away.
    assert "Bea Robotics" in stefan.client.get("/home/").content.decode()


def test_used_revoked_and_expired_links_say_so(bea: Persona) -> None:
    used, revoked, expired = (invite(bea, f"{name}@example.com") for name in ("a", "b", "c"))
    paths = [path_of(one) for one in (used, revoked, expired)]
    Client().post(paths[0], {"name": "A", "password": GOOD})
    invitations.revoke_invitation(actor=bea.actor, public_id=revoked.public_id)
    age(expired, days=7, seconds=1)
    sentences = ["is used already", "was taken back", "has expired"]
    people = User.objects.count()
    for path, sentence in zip(paths, sentences, strict=True):
        for answer in (Client().get(path), Client().post(path, {"name": "E", "password": GOOD})):
            page = answer.content.decode()
            assert sentence in page and "Bea Robotics" not in page
    assert User.objects.count() == people


def test_a_guessed_link_is_not_found(db: None) -> None:
    for guess in ("x", "A" * 43, "..", "%00"):
        assert Client().get(f"/join/{guess}/").status_code == 404
        assert Client().post(f"/join/{guess}/").status_code == 404


def test_an_invitation_is_worth_what_its_sender_is_worth_now(bea: Persona) -> None:
    ada = make_member(bea, "Ada", Role.ADMIN)
    invitation = invite(ada)
    team.change_member(
        actor=bea.actor, person_id=ada.user.public_id, role=Role.VIEWER, spend_limit_minor=None
    )
    answer = Client().post(path_of(invitation), {"name": "Nora", "password": GOOD})
    assert "may not invite people any more" in answer.content.decode()
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_deactivated_person_does_not_come_back_through_an_old_link(bea: Persona) -> None:
    emil = make_member(bea, "Emil", Role.ENGINEER)
    EmailAddress.objects.create(user=emil.user, email=EMAIL, verified=False)
    invitation = invite(bea)
    EmailAddress.objects.filter(email=EMAIL).update(verified=True)
    team.deactivate_member(actor=bea.actor, person_id=emil.user.public_id)
    with pytest.raises(DomainError, match="was ended"):
        invitations.join_organization(actor=emil.actor, secret=invitations.secret_of(invitation))
    assert emil.actor.organization is None


def test_sending_again_ends_the_old_link_and_waits_ten_minutes(bea: Persona) -> None:
    invitation = invite(bea)
    old = path_of(invitation)
    with pytest.raises(Conflict, match="a moment ago"):
        invitations.resend_invitation(actor=bea.actor, public_id=invitation.public_id)
    age(invitation, minutes=11)
    invitations.resend_invitation(actor=bea.actor, public_id=invitation.public_id)
    invitation.refresh_from_db()
    assert Client().get(old).status_code == 404
    assert Client().get(path_of(invitation)).status_code == 200


def test_a_second_invitation_is_refused_until_the_first_has_expired(bea: Persona) -> None:
    invitation = invite(bea)
    with pytest.raises(Conflict, match="invited already"):
        invite(bea)
    with pytest.raises(Conflict, match="belongs to the organization"):
        invite(bea, bea.user.email)
    age(invitation, days=8)
    assert invite(bea, role=Role.VIEWER).pk == invitation.pk
    assert TeamInvitation.objects.get().role == "viewer"


def test_only_managers_invite_and_only_owners_invite_owners(bea: Persona, stefan: Persona) -> None:
    ada = make_member(bea, "Ada", Role.ADMIN)
    buyer = make_member(bea, "Bob", Role.BUYER)
    for actor, role in ((buyer.actor, Role.VIEWER), (ada.actor, Role.OWNER)):
        with pytest.raises(NotAllowed):
            invitations.invite_member(actor=actor, email=EMAIL, role=role)
    assert not TeamInvitation.objects.exists()
    owner = invite(bea, role=Role.OWNER)
    for verb in (invitations.revoke_invitation, invitations.resend_invitation):
        with pytest.raises(NotAllowed):
            verb(actor=ada.actor, public_id=owner.public_id)
        with pytest.raises(NotFound):
            verb(actor=stefan.actor, public_id=owner.public_id)
    owner.refresh_from_db()
    assert owner.revoked_at is None


def test_revoking_twice_is_once_and_a_used_one_is_not_revoked(bea: Persona) -> None:
    invitation = invite(bea)
    start = last_event()
    for _ in range(2):
        invitations.revoke_invitation(actor=bea.actor, public_id=invitation.public_id)
    assert facts_since(start) == ["invitation_revoked"]
    used = invite(bea)
    invitations.sign_up_by_invitation(
        secret=invitations.secret_of(used), name="Nora", password=GOOD
    )
    with pytest.raises(Conflict, match="is used"):
        invitations.revoke_invitation(actor=bea.actor, public_id=used.public_id)


def test_a_key_that_was_rotated_still_opens_the_link(bea: Persona, settings: Any) -> None:
    invitation = invite(bea)
    path = path_of(invitation)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a" * 60
    assert path_of(invitation) == path and Client().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(DomainError, match="Send it again"):
        invitations.secret_of(invitation)
    assert invitation.expires_at > timezone.now()
