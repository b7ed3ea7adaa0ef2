"""Reads of requests and quotes. Every function starts from the actor; a stranger finds nothing."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData
from marketplace.core.templatetags.formats import moment_text
from marketplace.directory.models import Manufacturer
from orders.models import Order
from orders.states import OrderState
from quotes.comparison import Offer
from quotes.models import (
    NDA,
    RFQ,
    Award,
    AwardLine,
    BestAndFinal,
    CounterOffer,
    Invitation,
    NDAAcceptance,
    Quote,
    QuoteFile,
    QuoteLine,
    RFQLine,
)
from quotes.pricing import Key, Price, Priced
from quotes.states import InvitationState, QuoteState, RFQState

# Lines with what is decided by, and with the files a page shows as well: their joins double what
# PostgreSQL plans for, so an action does without.
BARE_LINES = RFQLine.objects.select_related(
    "process", "material", "finish", "inspection", "part_revision__part"
).prefetch_related("documents")
LINES = Prefetch(
    "lines",
    BARE_LINES.select_related(
        "part_revision__thumbnail",
        "part_revision__preview",
        "part_revision__model_file",
        "part_revision__drawing_file",
    ),
)
# Lines of a quote as asked and as alternates, with what an alternate names.
QUOTE_LINES = Prefetch(
    "lines", QuoteLine.objects.select_related("rfq_line", "process", "material", "finish")
)
QUOTE_FILES = Prefetch("files", QuoteFile.objects.select_related("file"))
# A buyer sees a quote once it was submitted; drafts belong to the shop alone.
SEEN_BY_BUYER = [
    QuoteState.SUBMITTED,
    QuoteState.NEEDS_RECONFIRMATION,
    QuoteState.ACCEPTED,
    QuoteState.PARTIALLY_ACCEPTED,
    QuoteState.DECLINED,
    QuoteState.EXPIRED,
]


def get_rfq(actor: Actor, public_id: str) -> RFQ:
    """The acting buyer's own request with lines and invitations. Raises NotFound."""
    found = (
        RFQ.objects.filter(organization=actor.organization, public_id=public_id)
        .select_related("organization", "nda", "reissued_from")
        .prefetch_related(
            LINES,
            "certifications",
            Prefetch(
                "invitations",
                Invitation.objects.select_related("manufacturer__organization", "guest_link"),
            ),
        )
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def waiting_awards(rfq: RFQ) -> QuerySet[Award]:
    """Awards of a request that wait for an approval, or for the news of it."""
    over = Order.objects.filter(rfq_id=rfq.public_id, state=OrderState.CANCELLED)
    rows = rfq.awards.filter(is_live=True, is_settled=False).select_related("quote")
    return rows.exclude(order_id__in=over.values("public_id"))


def waiting_order_of(rfq: RFQ) -> Order | None:
    """An order that keeps a buyer's own request from being awarded: it waits for approval."""
    if rfq.state not in (RFQState.OPEN, RFQState.CLOSED, RFQState.PARTIALLY_AWARDED):
        return None
    waiting = waiting_awards(rfq).values("order_id")
    return Order.objects.filter(buyer=rfq.organization_id, public_id__in=waiting).first()


def awarded_lines(rfq: RFQ) -> dict[int, AwardLine]:
    """Row of a request's line -> its award, one that waits for approval too. One query."""
    rows = AwardLine.objects.filter(award__rfq=rfq, is_live=True)
    rows = rows.select_related(
        "award__quote__manufacturer__organization", "award__decided_by", "quote_line"
    )
    return {row.rfq_line_id: row for row in rows}


def awarded_sentence(line: RFQLine, row: AwardLine) -> str:
    """Who awarded a line to whom, when, and by which order. One query."""
    order = Order.objects.filter(public_id=row.award.order_id).values_list("reference", flat=True)
    by = row.award.decided_by
    return (
        f"{line.part_revision.part.number} was awarded to "
        f"{row.award.quote.manufacturer.organization.name} already, by "
        f"{by.name if by else 'a colleague'} on {moment_text(row.award.created_at)}: order "
        f"{order.first() or row.award.order_id}."
    )


def taken_back_quotes(rfq: RFQ, public_ids: Collection[str]) -> dict[str, Quote]:
    """Those of a buyer's own request that could be read once and are not shown any more, by id."""
    rows = rfq.quotes.filter(public_id__in=public_ids).filter(
        Q(edition__gt=0) | ~Q(state__in=[QuoteState.DRAFT, QuoteState.WITHDRAWN])
    )
    rows = rows.select_related("manufacturer__organization")
    return {quote.public_id: quote for quote in rows}


def lock_rfq(public_id: str) -> RFQ:
    """One request, locked until the transaction ends. Raises NotFound."""
    found = (
        RFQ.objects.select_for_update(of=("self",))
        .select_related("organization", "nda")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def lock_quote(public_id: str) -> Quote:
    """One quote, locked; lock its request first (order: rfq, quote, order, payment)."""
    found = (
        Quote.objects.select_for_update(of=("self",))
        .select_related("manufacturer__organization")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def submitted_quotes(rfq: RFQ) -> QuerySet[Quote]:
    """Submitted quotes of a buyer's own request, with their prices. Three queries more.

    None while they are sealed: what is not loaded cannot be shown.
    """
    if rfq.is_sealed_now:
        return Quote.objects.none()
    return (
        rfq.quotes.filter(state__in=SEEN_BY_BUYER, submitted_at__isnull=False)
        .select_related("manufacturer__organization")
        .prefetch_related(QUOTE_LINES, QUOTE_FILES, "lines__prices", "lines__charges")
    )


def sealed_count(rfq: RFQ) -> int:
    """How many sealed quotes wait for the deadline; 0 when nothing is sealed."""
    if not rfq.is_sealed_now:
        return 0
    return rfq.quotes.filter(state__in=SEEN_BY_BUYER, submitted_at__isnull=False).count()


def quotes_for_buyer(rfq: RFQ) -> list[Quote]:
    """Submitted quotes of a request with their prices, in the order they came. Four queries."""
    return list(submitted_quotes(rfq).order_by("submitted_at", "pk"))


def get_quote_for_buyer(actor: Actor, rfq_id: str, public_id: str) -> Quote:
    """One submitted quote on the acting buyer's own request. Raises NotFound."""
    rfq = get_rfq(actor, rfq_id)
    found = next((q for q in quotes_for_buyer(rfq) if q.public_id == public_id), None)
    if found is None:
        raise NotFound()
    found.rfq = rfq
    return found


def invitations_for(actor: Actor, state: str = "") -> QuerySet[Invitation]:
    """The acting manufacturer's invitations to published requests, in `state` if given."""
    rows = (
        Invitation.objects.filter(manufacturer__organization=actor.organization)
        .exclude(rfq__state=RFQState.DRAFT)
        .exclude(state=InvitationState.REVOKED)
        .select_related("rfq__organization")
        .annotate(line_count=Count("rfq__lines"))
    )
    return rows.filter(state=state) if state else rows


def get_invitation(actor: Actor, rfq_id: str) -> Invitation:
    """The acting manufacturer's own invitation to a published request. Raises NotFound.

    Nothing of the other invitations is loaded, so nothing of them can be shown.
    """
    found = (
        Invitation.objects.filter(
            manufacturer__organization=actor.organization, rfq__public_id=rfq_id
        )
        .exclude(rfq__state=RFQState.DRAFT)
        .exclude(state=InvitationState.REVOKED)
        .select_related("rfq__organization", "rfq__nda", "manufacturer__organization")
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def lines_of(rfq: RFQ) -> list[RFQLine]:
    """The lines of a request with all but their files, in order."""
    return list(BARE_LINES.filter(rfq=rfq).order_by("position"))


def lines_with_files_of(rfq: RFQ) -> list[RFQLine]:
    """The lines of a request with their files, in order."""
    return list(LINES.queryset.filter(rfq=rfq).order_by("position"))  # type: ignore[union-attr]


def quote_of(invitation: Invitation) -> Quote | None:
    """The shop's own quote on this request, unless withdrawn or replaced."""
    return (
        Quote.objects.filter(rfq=invitation.rfq, manufacturer=invitation.manufacturer)
        .exclude(state__in=[QuoteState.WITHDRAWN, QuoteState.SUPERSEDED])
        .prefetch_related(
            QUOTE_LINES,
            QUOTE_FILES,
            "lines__prices",
            "lines__charges",
            "lines__rfq_line__part_revision__part",
        )
        .first()
    )


def quotes_of_shop(actor: Actor, state: str = "", external_id: str = "") -> QuerySet[Quote]:
    """The acting manufacturer's own quotes, in `state` if given, or what it calls `external_id`."""
    rows = Quote.objects.filter(manufacturer__organization=actor.organization).select_related(
        "rfq__organization", "manufacturer__organization"
    )
    rows = rows.filter(external_id=external_id) if external_id else rows
    return rows.filter(state=state) if state else rows


def own_quotes_on(actor: Actor, invitations: Sequence[Invitation]) -> dict[int, Quote]:
    """The acting shop's current quotes on these invitations' requests, by RFQ. One query."""
    rows = quotes_of_shop(actor).filter(rfq__in=[i.rfq_id for i in invitations])
    rows = rows.exclude(state__in=[QuoteState.WITHDRAWN, QuoteState.SUPERSEDED])
    return {quote.rfq_id: quote for quote in rows}


def unanswered(actor: Actor) -> QuerySet[Invitation]:
    """Invitations to open requests on which the acting shop has not submitted a quote yet."""
    submitted = quotes_of_shop(actor).filter(state=QuoteState.SUBMITTED).values("rfq")
    waiting = [InvitationState.SENT, InvitationState.VIEWED, InvitationState.QUOTING]
    rows = invitations_for(actor).filter(state__in=waiting, rfq__state=RFQState.OPEN)
    return rows.exclude(rfq__in=submitted)


def get_own_quote(actor: Actor, public_id: str) -> Quote:
    """One of the acting manufacturer's own quotes. Raises NotFound."""
    found = (
        quotes_of_shop(actor)
        .prefetch_related(QUOTE_LINES, QUOTE_FILES, "lines__prices", "lines__charges")
        .filter(public_id=public_id)
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def fingerprint_of(rfq: RFQ) -> str:
    """SHA-256 over what a quote prices: lines, how they are made, and the files' own hashes."""
    rows = [
        [
            line.public_id,
            line.part_revision.public_id,
            [file.sha256 for file in line.part_revision.files],
            line.process.code if line.process else "",
            line.material.code if line.material else "",
            line.finish.code if line.finish else "",
            line.tolerance,
            line.inspection.code if line.inspection else "",
            line.threads,
            sorted(document.code for document in line.documents.all()),
            line.quantities,
            line.notes,
        ]
        for line in lines_with_files_of(rfq)
    ]
    return hashlib.sha256(json.dumps([rfq.revision, rfq.precedence, rows]).encode()).hexdigest()


def priced_lines(
    quote: Quote, asked: Mapping[int, Collection[str]] | None = None
) -> dict[Key, Priced]:
    """The quote's prices as plain values, by RFQ line and option.

    `asked` maps request lines to the documents and inspections they ask for; without it nothing
    counts as not said.
    """
    asked = asked or {}
    return {
        (line.rfq_line_id, line.option): Priced(
            line_id=line.rfq_line_id,
            prices={
                p.quantity: Price(p.quantity, p.unit_price, p.lead_time_days, p.is_agreed)
                for p in line.prices.all()
            },
            tooling_minor=line.tooling_minor,
            setup_minor=line.setup_minor,
            charges=(charges := {f"{c.kind}:{c.code}": c.amount_minor for c in line.charges.all()}),
            option=line.option,
            min_quantity=line.min_quantity,
            is_declined=line.is_declined,
            not_said=tuple(key for key in asked.get(line.rfq_line_id, ()) if key not in charges),
        )
        for line in quote.lines.all()
    }


def offer_of(quote: Quote, asked: Mapping[int, Collection[str]] | None = None) -> Offer:
    """The quote as the comparison sees it; `asked` as in `priced_lines`."""
    return Offer(
        quote.public_id,
        quote.currency,
        quote.freight_minor,
        priced_lines(quote, asked),
        quote.minimum_order_minor,
        starts_later=quote.lead_time_from == Quote.LeadTimeFrom.FIRST_ARTICLE,
    )


def manufacturers_by_id(public_ids: list[str]) -> list[Manufacturer]:
    """Manufacturers by public id, unknown ones left out."""
    return list(
        Manufacturer.objects.filter(public_id__in=public_ids).select_related("organization")
    )


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: what the person started, wrote and accepted for an organization."""
    rows = RFQ.objects.filter(created_by=user)
    return {
        "awards": list(
            Award.objects.filter(decided_by=user).values(
                "rfq__reference", "quote__reference", "order_id", "is_live", "created_at"
            )
        ),
        "best_and_finals": list(
            BestAndFinal.objects.filter(asked_by=user).values(
                "quote__reference", "message", "due_at", "state", "created_at"
            )
        ),
        "counter_offers": list(
            CounterOffer.objects.filter(Q(created_by=user) | Q(decided_by=user)).values(
                "quote__reference", "by_side", "lines", "message", "reason", "state", "created_at"
            )
        ),
        "ndas": list(
            NDA.objects.filter(created_by=user).values(
                "organization__name", "version", "text", "created_at"
            )
        ),
        "nda_acceptances": list(
            NDAAcceptance.objects.filter(user=user).values(
                "nda__organization__name", "nda__version", "organization__name", "name", "at"
            )
        ),
        "requests": list(
            rows.values("reference", "title", "notes", "organization__name", "created_at")
        ),
    }
