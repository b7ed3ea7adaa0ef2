"""Who is told what about requests and quotes."""

from django.urls import reverse

from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.notifications.actions import notify
from quotes.actions import award
from quotes.models import RFQ, Invitation, Quote
from quotes.states import InvitationState, QuoteState


def tell_invited(event: Event) -> None:
    """The manufacturer's estimators learn of a request, and why it came to them."""
    invitation = Invitation.objects.select_related(
        "rfq__organization", "manufacturer__organization"
    ).get(public_id=event.subject)
    _tell_shop(event, invitation, "quotes/emails/manufacturer_invited")


def tell_buyer_of_quote(event: Event) -> None:
    """The buyer learns of a submitted or withdrawn quote."""
    quote = Quote.objects.select_related("rfq__organization", "manufacturer__organization").get(
        public_id=event.subject
    )
    _tell_buyer(event, quote.rfq, shop=quote.manufacturer.organization.name)


def tell_buyer_of_no_bid(event: Event) -> None:
    """The buyer learns that a manufacturer declines, and why."""
    invitation = Invitation.objects.select_related(
        "rfq__organization", "manufacturer__organization"
    ).get(public_id=event.subject)
    _tell_buyer(event, invitation.rfq, shop=invitation.manufacturer.organization.name)


def tell_buyer_of_closing(event: Event) -> None:
    """The deadline passed; the buyer decides."""
    _tell_buyer(event, RFQ.objects.select_related("organization").get(public_id=event.subject))


def tell_loser(event: Event) -> None:
    """A shop learns that it was not chosen; nothing of who was."""
    quote = Quote.objects.get(public_id=event.subject)
    if quote.submitted_at is None or quote.state != QuoteState.DECLINED:
        return
    invitation = Invitation.objects.select_related(
        "rfq__organization", "manufacturer__organization"
    ).get(rfq=quote.rfq_id, manufacturer=quote.manufacturer_id)
    _tell_shop(event, invitation, "quotes/emails/quote_not_chosen")


def finish_award(event: Event) -> None:
    """The last approval is given: the quote is accepted and the rivals are declined."""
    award.finish_award(order_id=event.thread)


def release_award(event: Event) -> None:
    """An award was rejected or its order cancelled before it was approved."""
    award.release_award(order_id=event.thread)


def tell_asked_of_cancelling(event: Event) -> None:
    """Everybody who was asked learns that the request ended."""
    invitations = Invitation.objects.filter(
        rfq__public_id=event.subject, rfq__published_at__isnull=False
    ).exclude(state__in=[InvitationState.NO_BID, InvitationState.REVOKED])
    for invitation in invitations.select_related("rfq__organization", "manufacturer__organization"):
        _tell_shop(event, invitation, "quotes/emails/rfq_cancelled")


def _tell_shop(event: Event, invitation: Invitation, template: str) -> None:
    organization = invitation.manufacturer.organization
    notify(
        event,
        members_with(organization, Permission.QUOTE),
        organization=organization,
        template=template,
        link=reverse("portal_request_detail", args=[invitation.rfq.public_id]),
        link_text="Open the request",
        rfq=invitation.rfq,
        invitation=invitation,
        line_count=invitation.rfq.lines.count(),
    )


def _tell_buyer(event: Event, rfq: RFQ, **context: str) -> None:
    notify(
        event,
        members_with(rfq.organization, Permission.EDIT_RFQS),
        organization=rfq.organization,
        template=f"quotes/emails/{event.type}",
        link=reverse("rfq_detail", args=[rfq.public_id]),
        link_text="Open the request",
        rfq=rfq,
        **context,
    )
