"""Shops without an account: invited by mail, let in by a link, taken over by an account."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.actions.guests import end_guest_access, let_guest_in, make_guest_organization
from accounts.actions.guests import take_over_guest as take_over
from accounts.actions.tokens import digest_of
from accounts.actor import Actor
from accounts.models import Organization
from accounts.models.organization import COUNTRY_CODE
from accounts.queries import members_of
from accounts.roles import Permission
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.mail import Letter, send_letter
from marketplace.core.states import WrongState
from marketplace.directory.actions.manufacturer import make_guest_profile
from marketplace.directory.queries import listed_manufacturers, manufacturer_of
from marketplace.files.actions import hand_over_files
from marketplace.messaging.actions import hand_over_threads
from quotes import events, rules
from quotes.guest_links import code_digest, derive, new_code
from quotes.models import RFQ, GuestLink, Invitation
from quotes.queries import lock_rfq
from quotes.states import InvitationState

MOST_GUESTS = 50
# A second mail within this time is a double click, or somebody being pestered.
PAUSE = timedelta(minutes=2)
CODE_LIFE = timedelta(minutes=15)
MOST_TRIES = 5
OVER = "This link opens nothing any more. Ask the company that sent it for a new one."


@transaction.atomic
def invite_guest(*, actor: Actor, public_id: str, email: str, company: str) -> Invitation:
    """Ask a shop that has no account; a worker mails the link. The same address again is once.

    Raises WrongState when the request takes no quotes, DomainError for values that cannot be, for
    who needs no link (a colleague, a verified shop) and for a request that asks for checked
    certificates, which a shop without an account cannot show.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    if not rfq.takes_quotes or rfq.deadline is None:
        raise WrongState("The request is not open, so nobody can be invited.")
    if rfq.is_export_controlled or rfq.certifications.exists():
        raise DomainError(
            "This request asks for checked certificates or is under export control, so only "
            "verified manufacturers can quote it."
        )
    email, name = _clean_email(email), " ".join(company.split())[:120]
    if not name:
        raise DomainError("Enter the company.", fields={"company": "Enter the company."})
    links = GuestLink.objects.filter(invitation__rfq=rfq)
    if known := links.filter(email=email).select_related("invitation__manufacturer").first():
        return known.invitation
    _check_needs_a_link(actor, email, name)
    if links.count() >= MOST_GUESTS:
        raise DomainError(f"At most {MOST_GUESTS} companies are invited by mail to one request.")
    organization = make_guest_organization(
        name=name, country=rfq.organization.country, currency=rfq.currency
    )
    invitation = Invitation.objects.create(
        rfq=rfq, manufacturer=make_guest_profile(organization=organization), reasons=[]
    )
    link = GuestLink(invitation=invitation, email=email, expires_at=_end(rfq))
    link.token_hash = digest_of(derive(link))
    link.save()
    _record(events.GUEST_INVITED, invitation, actor)
    return invitation


@transaction.atomic
def resend_guest_link(*, actor: Actor, public_id: str, invitation_id: str) -> GuestLink:
    """Mail a new link; the old one, and whoever is in by it, is out.

    Raises NotFound, WrongState when the access was ended, Conflict within two minutes.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    link = _link_of(rfq, invitation_id)
    if link.invitation.state == InvitationState.REVOKED:
        raise WrongState("You ended this company's access. Give it access again first.")
    now = timezone.now()
    if now - link.sent_at < PAUSE:
        raise Conflict("A link was sent a moment ago. Wait two minutes to send another.")
    link.sent_at, link.expires_at, link.revoked_at, link.opened_at = now, _end(rfq), None, None
    link.token_hash = digest_of(derive(link))
    link.save()
    end_guest_access(organization=link.invitation.manufacturer.organization)
    _record(events.GUEST_LINK_SENT, link.invitation, actor)
    return link


def get_link(secret: str) -> GuestLink:
    """The link a secret names. Raises NotFound when it is unknown, over, or its access ended."""
    link = (
        GuestLink.objects.select_related(
            "invitation__rfq__organization", "invitation__manufacturer__organization"
        )
        .filter(token_hash=digest_of(secret), revoked_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if link is None or link.invitation.state == InvitationState.REVOKED:
        raise NotFound(OVER)
    return link


@transaction.atomic
def open_guest_link(*, secret: str, name: str, company: str, country: str) -> tuple[GuestLink, str]:
    """The first browser with the link is let in, and the key it keeps. Who it is, it says itself.

    Raises NotFound for a link that is over, Conflict when another browser was first.
    """
    link = _locked(secret)
    if link.opened_at is not None:
        raise Conflict("This link was opened in another browser. Confirm it by the mailed code.")
    person, firm = _clean_name(name), " ".join(company.split())[:120]
    if not firm:
        raise DomainError("Enter your company.", fields={"company": "Enter your company."})
    try:
        COUNTRY_CODE(country)
    except ValidationError as error:
        sentence = "Use the two-letter country code, such as DE or US."
        raise DomainError(sentence, fields={"country": sentence}) from error
    organization = link.invitation.manufacturer.organization
    Organization.objects.filter(pk=organization.pk).update(name=firm, country=country)
    organization.name = firm
    return _let_in(link, person)


@transaction.atomic
def send_guest_code(*, secret: str) -> None:
    """Mail six digits to the invited address, for a second browser. Raises Conflict too soon."""
    link = _locked(secret)
    now = timezone.now()
    if link.code_sent_at and now - link.code_sent_at < PAUSE:
        raise Conflict("A code was sent a moment ago. Look into the mailbox, or wait two minutes.")
    # The worker makes the code when it writes the mail, so it stands in no row and no queue.
    link.code_hash, link.code_sent_at, link.code_tries = "", now, 0
    link.save(update_fields=["code_hash", "code_sent_at", "code_tries"])
    _record(events.GUEST_CODE_ASKED, link.invitation, Actor.system("guest link"), private=True)


@transaction.atomic
def mail_guest_code(*, invitation_id: str) -> None:
    """Write the mail with the code, called by the worker; a repetition sends a new code."""
    link = (
        GuestLink.objects.select_for_update(of=("self",))
        .select_related("invitation__rfq")
        .get(invitation__public_id=invitation_id)
    )
    if link.code_sent_at is None or timezone.now() - link.code_sent_at > CODE_LIFE:
        return
    code = new_code()
    link.code_hash = code_digest(link, code)
    link.save(update_fields=["code_hash"])
    send_letter(
        Letter(
            f"Your code for {link.invitation.rfq.reference}: {code}",
            "Somebody opened the link we sent you in another browser. If it was you, enter this "
            f"code there within 15 minutes: {code}\n\nIf it was not you, do nothing.",
        ),
        to=link.email,
        link=settings.SITE_URL,
        link_text=settings.SITE_NAME,
    )


def confirm_guest_code(*, secret: str, code: str, name: str) -> tuple[GuestLink, str]:
    """A second browser proved that it reads the invited mailbox; the first one is out.

    Raises DomainError for a wrong or old code; a wrong try is counted.
    """
    with transaction.atomic():
        link = _locked(secret)
        person = _clean_name(name)
        fresh = link.code_sent_at and timezone.now() - link.code_sent_at <= CODE_LIFE
        if not fresh or not link.code_hash or link.code_tries >= MOST_TRIES:
            raise DomainError("This code is over. Let us send a new one.")
        digest = code_digest(link, "".join(code.split()))
        if constant_time_compare(digest, link.code_hash):
            link.code_hash = ""
            link.save(update_fields=["code_hash"])
            return _let_in(link, person)
        link.code_tries += 1
        link.save(update_fields=["code_tries"])
    # Outside of the transaction, so that the counted try stays.
    raise DomainError("That is not the code.", fields={"code": "That is not the code."})


@transaction.atomic
def claim_guest_quote(*, actor: Actor, secret: str) -> Invitation:
    """The invited address has an account: it keeps invitation, quote and questions.

    A person without an organization becomes the owner of the one the guest acted for; a member of
    a shop moves them there. Raises NotAllowed for another address, DomainError when neither goes.
    """
    link = _locked(secret)
    invitation = link.invitation
    verified = EmailAddress.objects.filter(user=actor.user, email__iexact=link.email, verified=True)
    if actor.user is None or actor.is_program or actor.visit or not verified.exists():
        raise NotAllowed("This invitation was sent to another address than yours.")
    guest = invitation.manufacturer
    if actor.organization is None:
        take_over(actor=actor, organization=guest.organization)
    else:
        _move_to_own_shop(actor, invitation)
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    _record(events.GUEST_CLAIMED, invitation, actor, with_name=False)
    return invitation


def _move_to_own_shop(actor: Actor, invitation: Invitation) -> None:
    guest, own = invitation.manufacturer, manufacturer_of(actor)
    actor.check(Permission.QUOTE)
    if own is None:
        raise DomainError("Describe your company as a manufacturer first, then open this again.")
    if invitation.rfq.invitations.filter(manufacturer=own).exists():
        raise DomainError("Your company was asked to quote this request already. Quote it there.")
    invitation.manufacturer = own
    invitation.save(update_fields=["manufacturer"])
    invitation.rfq.quotes.filter(manufacturer=guest).update(manufacturer=own)
    hand_over_files(giver=guest.organization, taker=own.organization)
    hand_over_threads(
        subject=invitation.rfq.public_id, giver=guest.organization, taker=own.organization
    )
    end_guest_access(organization=guest.organization)


def _locked(secret: str) -> GuestLink:
    link = get_link(secret)
    lock_rfq(link.invitation.rfq.public_id)
    return get_link(secret)


def _let_in(link: GuestLink, person: str) -> tuple[GuestLink, str]:
    key = let_guest_in(
        organization=link.invitation.manufacturer.organization, ends_at=link.expires_at
    )
    link.opened_at = timezone.now()
    link.save(update_fields=["opened_at"])
    actor = Actor(name=person)
    name = f"{person} ({link.invitation.manufacturer.organization.name})"
    _record(events.GUEST_OPENED, link.invitation, actor, name=name)
    return link, key


def _link_of(rfq: RFQ, invitation_id: str) -> GuestLink:
    link = (
        GuestLink.objects.filter(invitation__rfq=rfq, invitation__public_id=invitation_id)
        .select_related("invitation__rfq", "invitation__manufacturer__organization")
        .first()
    )
    if link is None or not link.invitation.manufacturer.organization.is_guest:
        raise NotFound()
    return link


def _end(rfq: RFQ) -> datetime:
    return max(rfq.deadline or timezone.now(), timezone.now()) + timedelta(
        days=settings.GUEST_LINK_DAYS
    )


def _check_needs_a_link(actor: Actor, email: str, company: str) -> None:
    """Refuse the buyer's own people and shops of the public directory.

    Both are known to the buyer anyway: its team, and the names of verified shops. Whose account an
    address belongs to is not looked up, since the answer would tell strangers who has one.
    """
    if members_of(actor).filter(user__email__iexact=email).exists():
        sentence = "This is the address of somebody in your own organization. Enter the shop's."
        raise DomainError(sentence, fields={"email": sentence})
    listed = listed_manufacturers().filter(organization__name__iexact=company).first()
    if listed is not None:
        sentence = (
            f"{listed.organization.name} is a verified manufacturer here: invite it among the "
            "manufacturers, then it needs no link. If you mean another company of that name, add "
            "its town to the name."
        )
        raise DomainError(sentence, fields={"company": sentence})


def _clean_email(email: str) -> str:
    clean = email.strip().lower()
    try:
        validate_email(clean)
    except ValidationError as error:
        sentence = "Enter an e-mail address such as quotes@company.com."
        raise DomainError(sentence, fields={"email": sentence}) from error
    return clean


def _clean_name(name: str) -> str:
    clean = " ".join(name.split())[:140]
    if not clean:
        raise DomainError("Enter your name.", fields={"name": "Enter your name."})
    return clean


def _record(
    fact: Fact,
    invitation: Invitation,
    actor: Actor,
    *,
    name: str = "",
    with_name: bool = True,
    private: bool = False,
) -> None:
    """For the buyer and the guest's own organization; `private` for the buyer only."""
    shop = invitation.manufacturer.organization
    data: dict[str, Any] = {"name": name or shop.name} if with_name else {}
    seen_by = [invitation.rfq.organization] if private else [invitation.rfq.organization, shop]
    record(fact, invitation, actor=actor, thread=invitation.rfq, visible_to=seen_by, **data)
