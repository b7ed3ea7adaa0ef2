"""Reads of the lists of requests, both sides: filters, search, order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.actor import Actor
from marketplace.core.pages import Page, Sort, keyset_page, sorted_page
from quotes.models import RFQ, Invitation, Quote, RFQLine
from quotes.queries import SEEN_BY_BUYER, invitations_for
from quotes.states import InvitationState, QuoteState, RFQState

# Requests without a deadline stand last.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
SOON = timedelta(days=3)
# A quote that was withdrawn, replaced or has expired is nothing to compare any more.
STANDING = [state for state in SEEN_BY_BUYER if state != QuoteState.EXPIRED]


def _moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        raise ValueError(text)
    return found


# The list's orders by their name in the address; "" is newest first.
SORTS: Mapping[str, Sort] = {
    "deadline": Sort("due", read=_moment),
    "title": Sort("folded_title"),
}


@dataclass(frozen=True)
class ListFilter:
    """What a list of requests is narrowed to; "" narrows nothing. All of it stands in the address.

    `due` is "soon" (within three days) or "over"; `process` a code; `mine` only what the acting
    person started.
    """

    text: str = ""
    state: str = ""
    due: str = ""
    process: str = ""
    mine: bool = False
    sort: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any], states: type[RFQState] | type[InvitationState]) -> Any:
        """From an address; what means nothing is left out."""

        def known(name: str, values: Any) -> str:
            value = str(data.get(name, ""))
            return value if value in values else ""

        return cls(
            text=" ".join(str(data.get("text", "")).replace("\x00", "").split())[:60],
            state=known("state", states.values),
            due=known("due", ("soon", "over")),
            process=str(data.get("process", ""))[:40],
            mine=data.get("mine") == "1",
            sort=known("sort", SORTS),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the order was chosen."""
        return bool(self.text or self.state or self.due or self.process or self.mine)


EVERYTHING = ListFilter()


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of `rows` (filtered to the outer row by `rfq`) there are, as a subquery: a join
    for each count would multiply the rows of the others."""
    counted = rows.order_by().values("rfq").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def rfq_rows(actor: Actor, chosen: ListFilter = EVERYTHING, external_id: str = "") -> QuerySet[RFQ]:
    """The acting organization's requests with their lines and the quotes that stand counted; those
    its own system calls `external_id` if given."""
    own = RFQ.objects.filter(organization=actor.organization)
    own = own.filter(external_id=external_id) if external_id else own
    rows = own.annotate(
        line_count=_count(RFQLine.objects.filter(rfq=OuterRef("pk"))),
        quote_count=_count(
            Quote.objects.filter(rfq=OuterRef("pk"), state__in=STANDING, submitted_at__isnull=False)
        ),
    )
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.mine:
        rows = rows.filter(created_by=actor.user)
    if chosen.text:
        rows = rows.filter(_about("", "pk", chosen.text))
    return _narrowed(rows, chosen, "", "pk")


def rfq_page(actor: Actor, chosen: ListFilter, after: str) -> Page[RFQ]:
    """One page of `rfq_rows` in the chosen order."""
    rows = rfq_rows(actor, chosen).annotate(
        due=Coalesce("deadline", Value(NEVER), output_field=DateTimeField()),
        folded_title=Lower("title"),
    )
    return _page(rows, chosen, after)


def invitation_rows(actor: Actor, chosen: ListFilter = EVERYTHING) -> QuerySet[Invitation]:
    """What the acting shop was asked to quote."""
    rows = invitations_for(actor, chosen.state)
    if chosen.text:
        by_buyer = Q(rfq__organization__name__icontains=chosen.text)
        rows = rows.filter(_about("rfq__", "rfq", chosen.text) | by_buyer)
    return _narrowed(rows, chosen, "rfq__", "rfq")


def invitation_page(actor: Actor, chosen: ListFilter, after: str) -> Page[Invitation]:
    """One page of `invitation_rows` in the chosen order."""
    rows = invitation_rows(actor, chosen)
    rows = rows.annotate(due=F("rfq__deadline"), folded_title=Lower("rfq__title"))
    return _page(rows, chosen, after)


def _about(prefix: str, rfq: str, text: str) -> Q:
    """Title, reference, or the number or name of a part in the request."""
    parts = RFQLine.objects.filter(rfq=OuterRef(rfq)).filter(
        Q(part_revision__part__number__icontains=text)
        | Q(part_revision__part__name__icontains=text)
    )
    return (
        Q(**{f"{prefix}title__icontains": text})
        | Q(**{f"{prefix}reference__icontains": text})
        | Q(Exists(parts))
    )


def _narrowed(rows: QuerySet[Any], chosen: ListFilter, prefix: str, rfq: str) -> QuerySet[Any]:
    now = timezone.now()
    if chosen.due == "soon":
        window = {f"{prefix}deadline__gt": now, f"{prefix}deadline__lte": now + SOON}
        rows = rows.filter(**window, **{f"{prefix}state": RFQState.OPEN})
    if chosen.due == "over":
        rows = rows.filter(**{f"{prefix}deadline__lte": now})
    if chosen.process:
        lines = RFQLine.objects.filter(rfq=OuterRef(rfq), process__code=chosen.process)
        rows = rows.filter(Exists(lines))
    return rows


def _page(rows: QuerySet[Any], chosen: ListFilter, after: str) -> Page[Any]:
    sort = SORTS.get(chosen.sort)
    return sorted_page(rows, sort, after) if sort else keyset_page(rows, after)
