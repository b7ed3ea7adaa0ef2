"""The index of an evidence pack: everything one side may see of an order, on paper."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.roles import Side
from marketplace.core.events import timeline
from marketplace.core.pdf import Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import moment_text as moment
from marketplace.core.templatetags.formats import money, plain_day, quantity
from orders.change_queries import changes_of
from orders.evidence import organization_of
from orders.first_articles import first_articles_of
from orders.message_queries import messages_of_order
from orders.models import ClaimRefund, Nonconformance, Order
from orders.papers.purchase_order import agreed
from orders.templatetags.order_pages import gross

# More rows than anybody reads; the newest are kept, and what is left out is said.
MOST_FACTS, MOST_MESSAGES, MOST_ROWS = 600, 200, 600
SIDES = {
    Side.BUYER: "the buyer",
    Side.MANUFACTURER: "the manufacturer",
    Side.STAFF: "the platform",
}


def evidence_index(
    order: Order, number: str, *, side: str, at: datetime, problem: Nonconformance | None = None
) -> Document:
    """What happened, as `side` may see it at the moment `at`; with a problem only its claim.

    The files are not on it: they are listed when the pack is written.
    """
    blocks: list[Any] = [
        Facts(
            [
                ("Order", f"{order.reference}, {order.title}"),
                ("Buyer", order.buyer_name),
                ("Manufacturer", order.manufacturer_name),
                ("State", order.get_state_display()),
                ("About", problem.reference if problem else "the whole order"),
                ("As seen by", SIDES[Side(side)]),
                ("As of", moment(at)),
            ]
        ),
        *agreed(order),
        *_changes(order, side),
        *_milestones(order),
        *_claims(order, problem),
        *_shipments(order),
        *_quality(order, side),
        *_money(order),
        *_facts(order, side),
        *_messages(order),
    ]
    footer = f"{order.reference} · {order.buyer_name} · {order.manufacturer_name}"
    return Document("Evidence pack", number, at, blocks, footer=footer)


def _changes(order: Order, side: str) -> list[Any]:
    rows = [
        [
            change.reference,
            SIDES[Side(change.proposed_by)],
            moment(change.created_at),
            change.get_state_display(),
            "; ".join(str(difference) for difference in change.differences),
            change.reason,
        ]
        for change in changes_of(order, side).order_by("pk")
    ]
    head = ["Change order", "Proposed by", "When", "State", "What", "Why"]
    return _titled("Change orders", head, rows, (1.6, 1.3, 1.4, 1.2, 3, 2))


def _milestones(order: Order) -> list[Any]:
    rows = [
        [
            milestone.get_kind_display(),
            money(milestone.amount),
            plain_day(milestone.due_on) if milestone.due_on else "-",
            milestone.get_state_display(),
            moment(milestone.state_changed_at),
            milestone.reason or milestone.note or "-",
        ]
        for milestone in order.milestones.all()
    ]
    head = ["Milestone", "Amount", "Due", "State", "Since", "Note"]
    return _titled("Milestones", head, rows, (1.6, 1.3, 1.3, 1.3, 1.6, 3))


def _claims(order: Order, problem: Nonconformance | None) -> list[Any]:
    rows: QuerySet[Nonconformance] = order.nonconformances.select_related("line", "order")
    if problem is not None:
        rows = rows.filter(pk=problem.pk)
    blocks: list[Any] = []
    for row in rows.order_by("pk"):
        about = f"{quantity(row.quantity)} of {row.line.part_number}" if row.line else "the order"
        facts = [
            ("Claim", f"{row.get_kind_display()}, {about}, by {SIDES[Side(row.raised_by)]}"),
            ("Raised", moment(row.created_at)),
            ("In words", row.description),
            ("State", row.get_state_display()),
            ("Claimed" if row.after_acceptance else "Held for it", gross(row.at_stake, order)),
        ]
        if row.offer_disposition:
            facts.append(
                (
                    "Offer",
                    f"{row.get_offer_disposition_display()}, "
                    f"{gross(row.offer_refund, order)} back: {row.offer_note}",
                )
            )
        named = [
            ("RMA number", row.rma_number),
            ("Put right", row.remedy_note),
            ("Decision of the platform", row.decision),
        ]
        facts += [
            *((name, text) for name, text in named if text),
            ("Goes back", gross(row.refunded_minor, order)),
        ]
        blocks += [Heading(row.reference), Facts(facts)]
    return blocks


def _shipments(order: Order) -> list[Any]:
    rows = [
        [
            str(row.number),
            row.get_purpose_display(),
            ", ".join(f"{piece.quantity} x {piece.line.part_number}" for piece in row.lines.all()),
            str(row),
            moment(row.shipped_at),
            f"{moment(row.delivered_at)}, {row.arrival_source}"
            if row.delivered_at
            else row.get_status_display(),
        ]
        for row in order.shipments.prefetch_related("lines__line")
    ]
    head = ["", "What", "Pieces", "Carrier and number", "Left", "Arrived"]
    return _titled("Shipments", head, rows, (0.5, 2, 3, 2.5, 2, 2.5))


def _quality(order: Order, side: str) -> list[Any]:
    reports = [
        [
            row.line.part_number,
            str(row.revision),
            row.get_state_display(),
            f"{row.out_of_tolerance} of {len(row.characteristics)}",
            row.reason or "-",
        ]
        for row in first_articles_of(order, side)
    ]
    inspections = [
        [
            row.line.part_number,
            row.lot or "-",
            row.plan_label,
            f"{row.defects} of {row.sample_size}",
            row.result_label,
            row.inspector,
            plain_day(row.inspected_on),
        ]
        # A lot that failed and was inspected again is two rows of the story.
        for row in order.inspections.select_related("line").order_by("pk")
    ]
    certificates = [
        [row.line.part_number, row.name, row.number or "-", str(row.quantity), row.lot or "-"]
        for row in order.certificates.select_related("line")
    ]
    judged = [
        [row.line.part_number, moment(row.at), str(row.accepted), str(row.rejected)]
        for row in order.judgments.select_related("line")
    ]
    first = ["Part", "Rev", "State", "Out of tolerance", "Why rejected"]
    lots = ["Part", "Lot", "Plan", "Failed", "Result", "Inspector", "Day"]
    papers = ["Part", "Certificate", "Number", "Pieces", "Lot"]
    return [
        *_titled("First article reports", first, reports, (2, 0.6, 1.4, 1.6, 4)),
        *_titled("Inspections", lots, inspections, (2, 1.2, 2.6, 1.2, 1, 1.8, 1.4)),
        *_titled("Certificates", papers, certificates, (2, 3.4, 2, 1, 1.4)),
        *_titled("Judged by the buyer", ["Part", "When", "Good", "Rejected"], judged, (3, 2, 1, 1)),
    ]


def _money(order: Order) -> list[Any]:
    rows = [
        [
            moment(row.created_at),
            row.get_kind_display(),
            row.get_because_display(),
            gross(row.amount_minor, order),
        ]
        for row in order.money_decisions.all()
    ]
    owed = ClaimRefund.objects.filter(nonconformance__order=order)
    rows += [
        [
            moment(row.created_at),
            "Owed by the manufacturer",
            row.nonconformance.reference,
            gross(row.amount_minor, order),
        ]
        for row in owed.select_related("nonconformance")
    ]
    head = ["When", "What", "Because", "Amount"]
    return _titled("Money decided", head, rows, (2, 2.4, 3, 1.6))


def _facts(order: Order, side: str) -> list[Any]:
    events = timeline(order, organization_of(order, side), limit=MOST_FACTS)
    rows = [[moment(event.at), event.actor_label, event.sentence] for event in events]
    blocks = _titled("What happened", ["When", "Who", "What"], rows, (1.6, 2, 6))
    if len(events) == MOST_FACTS:
        blocks.append(Paragraph(f"The newest {MOST_FACTS} facts are listed.", is_muted=True))
    return blocks


def _messages(order: Order) -> list[Any]:
    newest = list(messages_of_order(order).order_by("-pk")[:MOST_MESSAGES])
    names = {order.buyer_id: order.buyer_name, order.manufacturer_id: order.manufacturer_name}
    blocks: list[Any] = [Heading("Messages")] if newest else []
    for message in reversed(newest):
        writer = f"{message.author_name}, {names.get(message.organization_id, '')}".strip(", ")
        blocks += [
            Paragraph(f"{moment(message.created_at)} · {writer}", is_muted=True),
            Paragraph(message.text),
        ]
    if len(newest) == MOST_MESSAGES:
        blocks.append(Paragraph(f"The newest {MOST_MESSAGES} messages are listed.", is_muted=True))
    return blocks


def _titled(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
) -> list[Any]:
    if not rows:
        return []
    blocks: list[Any] = [Heading(title), table_of(head, rows[:MOST_ROWS], widths=widths)]
    if len(rows) > MOST_ROWS:
        blocks.append(Paragraph(f"{MOST_ROWS} of {len(rows)} rows are listed.", is_muted=True))
    return blocks
