"""Reads of a quote with everything its document shows, for either side."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from accounts.actor import Actor
from marketplace.core.errors import Conflict
from quotes import admission, queries
from quotes.models import RFQ, Quote, RFQLine
from quotes.states import QuoteState


class Paper(NamedTuple):
    """A request, a quote on it, and the request's lines."""

    rfq: RFQ
    quote: Quote
    lines: Sequence[RFQLine]


def received_paper(actor: Actor, rfq_id: str, quote_id: str) -> Paper:
    """A submitted quote on the acting buyer's own request. Raises NotFound, for sealed ones too."""
    quote = queries.get_quote_for_buyer(actor, rfq_id, quote_id)
    return _paper(quote.rfq, quote)


def own_paper(actor: Actor, quote_id: str) -> Paper:
    """The acting shop's own submitted quote.

    Raises NotFound, also when its access to the request was ended; NotAllowed before it accepted
    the request's NDA; Conflict for a draft.
    """
    quote = queries.get_own_quote(actor, quote_id)
    rfq = queries.get_invitation(actor, quote.rfq.public_id).rfq
    admission.check_may_open(actor, rfq)
    if quote.state == QuoteState.DRAFT or quote.submitted_at is None:
        raise Conflict("This quote is a draft. Submit it, then it can be downloaded.")
    return _paper(rfq, quote)


def _paper(rfq: RFQ, quote: Quote) -> Paper:
    related = ["lines__process", "lines__material", "lines__finish", "files__file"]
    prefetch_related_objects([quote], *related)
    return Paper(rfq, quote, queries.lines_with_files_of(rfq))
