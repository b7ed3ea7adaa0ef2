"""Reads of shared comparisons."""

from django.db.models import QuerySet

from accounts.actor import Actor
from quotes.models import RFQ, ComparisonShare

SHOWN = 50


def shares_of(actor: Actor, rfq: RFQ) -> QuerySet[ComparisonShare]:
    """The links of the acting buyer's own request, newest first, without what they show."""
    rows = ComparisonShare.objects.filter(rfq=rfq, rfq__organization=actor.organization)
    return rows.defer("snapshot").order_by("-pk")
