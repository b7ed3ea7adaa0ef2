"""Taking an organization out of what is not agreed yet, when the organization is deleted."""

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from quotes.actions.publication import cancel_rfq
from quotes.actions.quote import withdraw_quote
from quotes.models import (
    RFQ,
    Amendment,
    BestAndFinal,
    CounterOffer,
    GuestLink,
    Quote,
    QuoteSide,
    RFQLine,
)
from quotes.states import QUOTE, RFQ_LIFECYCLE

GONE = "Deleted request"
REASON = "The buyer's account was deleted."


def forget_requests(*, actor: Actor, organization: Organization) -> None:
    """End its requests and quotes, and take its words out of them. Twice is once.

    Drafts go; a request that was sent out stays as an empty row, because the quotes on it are the
    manufacturers'. `actor` acts for the organization. The caller holds the transaction.
    """
    for quote in Quote.objects.filter(manufacturer__organization=organization):
        if QUOTE.find("withdraw_quote", quote.state):
            withdraw_quote(actor=actor, public_id=quote.public_id)
    Quote.objects.filter(manufacturer__organization=organization).update(
        notes="", own_number="", external_id="", metadata={}
    )
    for rfq in RFQ.objects.filter(organization=organization):
        if rfq.published_at is None:
            rfq.delete()
        elif RFQ_LIFECYCLE.find("cancel_rfq", rfq.state):
            cancel_rfq(actor=actor, public_id=rfq.public_id, reason=REASON)
    as_shop = CounterOffer.objects.filter(quote__manufacturer__organization=organization)
    as_shop.filter(by_side=QuoteSide.MANUFACTURER).update(message="")
    # Why an offer was declined are words of the side that did not write it.
    as_shop.filter(by_side=QuoteSide.BUYER).update(reason="")
    kept = RFQ.objects.filter(organization=organization)
    as_buyer = CounterOffer.objects.filter(quote__rfq__in=kept)
    as_buyer.filter(by_side=QuoteSide.BUYER).update(message="")
    as_buyer.filter(by_side=QuoteSide.MANUFACTURER).update(reason="")
    BestAndFinal.objects.filter(quote__rfq__in=kept).update(message="")
    RFQLine.objects.filter(rfq__in=kept).update(notes="")
    # Words of the request and addresses of people stand here too.
    Amendment.objects.filter(rfq__in=kept).update(changes=[])
    GuestLink.objects.filter(invitation__rfq__in=kept).update(email="", revoked_at=timezone.now())
    kept.update(title=GONE, ship_to="", notes="", external_id="", metadata={}, created_by=None)
