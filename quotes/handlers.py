"""Who is told what about requests and quotes."""

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.core.mail import send_letter, write_letter
from marketplace.messaging.queries import answers_on, message_with_id
from marketplace.notifications.actions import notify
from quotes.actions import award, guests
from quotes.actions.scorecards import keep_response_figures
from quotes.guest_links import path_of
from quotes.models import (
    RFQ,
    BestAndFinal,
    CounterOffer,
    GuestLink,
    Invitation,
    Quote,
    QuoteSide,
)
from quotes.queries.loss_feedback import loss_feedback_of
from quotes.states import InvitationState, QuoteState


def tell_invited(event: Event) -> None:
    """The manufacturer's estimators learn of a request, and why it came to them."""
    invitation = _invitation(event.subject)
    _tell_shop(event, invitation, "quotes/emails/manufacturer_invited")


def tell_buyer_of_quote(event: Event) -> None:
    """The buyer learns of a submitted or withdrawn quote."""
    quote = Quote.objects.select_related("rfq__organization", "manufacturer__organization").get(
        public_id=event.subject
    )
    _tell_buyer(event, quote.rfq, shop=quote.manufacturer.organization.name)


def tell_buyer_of_no_bid(event: Event) -> None:
    """The buyer learns that a manufacturer declines, and why."""
    invitation = _invitation(event.subject)
    _tell_buyer(event, invitation.rfq, shop=invitation.manufacturer.organization.name)


def tell_buyer_of_closing(event: Event) -> None:
    """The deadline passed; the buyer decides."""
    _tell_buyer(event, RFQ.objects.select_related("organization").get(public_id=event.subject))


def tell_loser(event: Event) -> None:
    """A shop learns that it was not chosen, the buyer's reason and how close it was; nothing of
    who was chosen at which price."""
    quote = Quote.objects.select_related("rfq").get(public_id=event.subject)
    if quote.submitted_at is None or quote.state != QuoteState.DECLINED:
        return
    invitation = Invitation.objects.select_related(
        "rfq__organization", "manufacturer__organization"
    ).get(rfq=quote.rfq_id, manufacturer=quote.manufacturer_id)
    feedback = loss_feedback_of(quote)
    template = "quotes/emails/quote_not_chosen"
    _tell_shop(event, invitation, template, quote=quote, feedback=feedback)


def tell_of_counter(event: Event) -> None:
    """Who did not act learns of an offer and of its answer; of its end its author does."""
    counter = CounterOffer.objects.select_related(
        "quote__rfq__organization", "quote__manufacturer__organization"
    ).get(public_id=event.subject)
    to_other = event.type in ("counter_proposed", "counter_withdrawn")
    buyer_wrote = counter.by_side == QuoteSide.BUYER
    _tell_side(event, counter.quote, to_buyer=buyer_wrote != to_other, counter=counter)


def tell_of_best_and_final(event: Event) -> None:
    """The shop learns that it is asked; the buyer of its answer, or that none came."""
    asked = BestAndFinal.objects.select_related(
        "quote__rfq__organization", "quote__manufacturer__organization"
    ).get(public_id=event.subject)
    to_buyer = event.type != "best_and_final_asked"
    _tell_side(event, asked.quote, to_buyer=to_buyer, asked=asked)


def _tell_side(event: Event, quote: Quote, *, to_buyer: bool, **context: Any) -> None:
    """Tell the buyer's or the shop's people of the negotiation of one quote."""
    template = f"quotes/emails/{event.type}"
    names = {"shop": quote.manufacturer.organization.name, "to_buyer": to_buyer}
    if to_buyer:
        notify(
            event,
            members_with(quote.rfq.organization, Permission.AWARD),
            organization=quote.rfq.organization,
            template=template,
            link=reverse("negotiate_quote", args=[quote.rfq.public_id, quote.public_id]),
            link_text="Open the negotiation",
            rfq=quote.rfq,
            **names,
            **context,
        )
        return
    invitation = Invitation.objects.select_related(
        "rfq__organization", "manufacturer__organization"
    ).get(rfq=quote.rfq_id, manufacturer=quote.manufacturer_id)
    link = reverse("portal_negotiate_quote", args=[quote.public_id])
    _tell_shop(event, invitation, template, link=link, **names, **context)


def mail_guest_link(event: Event) -> None:
    """A shop without an account gets its link."""
    _tell_shop(event, _invitation(event.subject), "quotes/emails/guest_invited")


def mail_guest_code(event: Event) -> None:
    """A second browser asked for a code."""
    guests.mail_guest_code(invitation_id=event.subject)


def tell_buyer_of_joining(event: Event) -> None:
    """The buyer learns that a shop takes part in the open request."""
    invitation = _invitation(event.subject)
    _tell_buyer(event, invitation.rfq, shop=invitation.manufacturer.organization.name)


def tell_shop_of_access(event: Event) -> None:
    """A shop learns that its access to a request ended, or is back."""
    invitation = _invitation(event.subject)
    ended = invitation.state == InvitationState.REVOKED
    link = reverse("portal_requests") if ended else ""
    _tell_shop(event, invitation, f"quotes/emails/{event.type}", link=link)


def tell_buyer_of_question(event: Event) -> None:
    """The buyer learns that a shop asked something."""
    message = message_with_id(event.subject)
    rfq = RFQ.objects.select_related("organization").get(public_id=message.thread.subject)
    link = reverse("rfq_thread", args=[rfq.public_id, message.thread.public_id])
    shop = message.thread.asker.name
    _tell_buyer(event, rfq, link=link, shop=shop, message=message)


def tell_shop_of_answer(event: Event) -> None:
    """The shop learns of the buyer's answer."""
    message = message_with_id(event.subject)
    invitation = _asked(message.thread.subject).filter(
        manufacturer__organization=message.thread.asker
    )
    for one in invitation:
        _tell_shop(event, one, "quotes/emails/message_answered", message=message)


def tell_asked_of_answer(event: Event) -> None:
    """Every shop that was asked learns of a published answer, the one that asked like the rest."""
    answer = answers_on(event.thread).get(public_id=event.subject)
    for invitation in _asked(event.thread):
        _tell_shop(event, invitation, "quotes/emails/answer_published", answer=answer)


def finish_award(event: Event) -> None:
    """The last approval is given: the quote is accepted and the rivals are declined."""
    award.finish_award(order_id=event.thread)


def release_award(event: Event) -> None:
    """An award was rejected or its order cancelled before it was approved."""
    award.release_award(order_id=event.thread)


def tell_asked(event: Event) -> None:
    """Everybody who was asked learns that the request ended, changed or is open longer."""
    rfq = RFQ.objects.get(public_id=event.subject)
    amendment = rfq.amendments.filter(created_at__lte=event.at).first()
    for invitation in _asked(event.subject):
        _tell_shop(event, invitation, f"quotes/emails/{event.type}", amendment=amendment)


def tell_shop_of_deadline(event: Event) -> None:
    """A shop that has not answered is reminded."""
    _tell_shop(event, _invitation(event.subject), "quotes/emails/invitation_reminded")


def _invitation(public_id: str) -> Invitation:
    return Invitation.objects.select_related("rfq__organization", "manufacturer__organization").get(
        public_id=public_id
    )


def _asked(rfq_id: str) -> QuerySet[Invitation]:
    """The invitations of a published request whose shops neither declined nor were revoked."""
    return (
        Invitation.objects.filter(rfq__public_id=rfq_id, rfq__published_at__isnull=False)
        .exclude(state__in=[InvitationState.NO_BID, InvitationState.REVOKED])
        .select_related("rfq__organization", "manufacturer__organization")
    )


def _tell_shop(
    event: Event, invitation: Invitation, template: str, *, link: str = "", **context: Any
) -> None:
    organization = invitation.manufacturer.organization
    if organization.is_guest:
        _mail_guest(event, invitation, template, **context)
        return
    notify(
        event,
        members_with(organization, Permission.QUOTE),
        organization=organization,
        template=template,
        link=link or reverse("portal_request_detail", args=[invitation.rfq.public_id]),
        link_text="Open the request",
        rfq=invitation.rfq,
        invitation=invitation,
        line_count=invitation.rfq.lines.count(),
        **context,
    )


def _mail_guest(event: Event, invitation: Invitation, template: str, **context: Any) -> None:
    """A mail to the invited address: a guest has no inbox. Over links are not written to."""
    link = GuestLink.objects.filter(invitation=invitation, revoked_at=None).first()
    if link is None or link.expires_at <= timezone.now():
        return
    line_count = invitation.rfq.lines.count()
    known = {"rfq": invitation.rfq, "invitation": invitation, "line_count": line_count}
    letter = write_letter(template, {**known, **context, "event": event, "link": link})
    # Whose access ended reads so, and finds no button to a page that is gone.
    is_over = invitation.state == InvitationState.REVOKED
    send_letter(
        letter,
        to=link.email,
        link=settings.SITE_URL + ("" if is_over else path_of(link)),
        link_text=settings.SITE_NAME if is_over else "Open the request",
    )


def _tell_buyer(event: Event, rfq: RFQ, *, link: str = "", **context: Any) -> None:
    notify(
        event,
        members_with(rfq.organization, Permission.EDIT_RFQS),
        organization=rfq.organization,
        template=f"quotes/emails/{event.type}",
        link=link or reverse("rfq_detail", args=[rfq.public_id]),
        link_text="Open the request",
        rfq=rfq,
        **context,
    )


def keep_response(event: Event) -> None:
    """How the shops an event concerns answer what they are asked, counted anew."""
    quotes = Quote.objects.filter(public_id=event.subject)
    asked = Invitation.objects.filter(
        Q(public_id=event.subject)
        | Q(rfq__public_id=event.subject)
        | Q(rfq__in=quotes.values("rfq"), manufacturer__in=quotes.values("manufacturer"))
    )
    shops = asked.order_by("pk").values_list("manufacturer__organization_id", flat=True)
    for organization_id in list(shops):
        keep_response_figures(organization_id)
