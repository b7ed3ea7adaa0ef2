"""A change order takes effect: the order, its milestones, its call-off and its papers follow.

The caller holds the order's lock and has checked that the change fits.
"""

from functools import partial

from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import Fact, record
from marketplace.core.money import split
from marketplace.core.states import move
from marketplace.parts.actions.parts import note_use
from orders import events
from orders.actions.blanket_orders import count_called
from orders.actions.change_fits import ENDED, call_off_lines
from orders.actions.documents import issue_document
from orders.actions.instalments import ask_less
from orders.actions.milestones import reach_milestones, reschedule
from orders.actions.money import Because, Kind, decide_money
from orders.blanket_queries import lock_blanket
from orders.change_queries import revisions_in
from orders.change_states import CHANGE, ChangeState
from orders.change_terms import OrderTerms, priced
from orders.models import ChangeOrder, Milestone, Order, OrderDocument
from orders.papers.purchase_order import order_confirmation, purchase_order
from orders.progress import everything_shipped, progress_of
from orders.states import FIRST_ARTICLE, MADE, ORDER, FirstArticleState

K = OrderDocument.Kind


def put_in_force(*, actor: Actor, order: Order, change: ChangeOrder, verb: str, by: str) -> None:
    """From now on the order says what `change` says; what it costs less is not asked for any more,
    and where it is paid already it goes back to the buyer.

    Raises DomainError when more should go back than is still held.
    """
    _issue_purchase_order(actor, order)
    change.edition = order.edition + 1
    change.save(update_fields=["edition"])
    move(change, CHANGE, verb, by=by, to=ChangeState.IN_FORCE)
    _write_terms(order, change)
    _share_milestones(order)
    reschedule(order)
    _follow_call_off(order, change)
    _ask_for_first_articles_again(order, change)
    record_change(
        events.CHANGE_IN_FORCE,
        change,
        actor,
        changes=changes_in_words(change),
        total=str(order.total),
        edition=order.edition,
    )
    _issue_papers_again(actor, order, change)
    if change.difference_minor < 0:
        decide_money(
            actor=actor,
            order=order,
            kind=Kind.REFUND,
            because=Because.CHANGE,
            subject=change.public_id,
            amount_minor=ask_less(order, -change.difference_minor),
        )
    _end_shipping(order)


def record_change(
    fact: Fact, change: ChangeOrder, actor: Actor, *, private: bool = False, **data: object
) -> None:
    """One fact about a change order. The manufacturer hears of what was shown to it; who approves
    for the buyer is `private`."""
    order = change.order
    seen_by = order.parties if change.shown_at and not private else [order.buyer]
    record(
        fact,
        change,
        thread=order,
        actor=actor,
        visible_to=seen_by,
        reference=change.reference,
        **data,
    )


def changes_in_words(change: ChangeOrder) -> str:
    """Everything that becomes other, in one line."""
    return "; ".join(str(difference) for difference in change.differences)[:300]


def _write_terms(order: Order, change: ChangeOrder) -> None:
    """The one place where what was agreed becomes other; the database lets nothing else."""
    before, after = change.old_terms, change.new_terms
    totals = priced(after, order.currency)
    revisions = revisions_in(change)
    for line in order.lines.all():
        old, new = before.lines[line.public_id], after.lines[line.public_id]
        if old == new:
            continue
        line.quantity, line.unit_price = new.quantity, new.unit_price
        line.total_minor = totals.lines[line.public_id]
        line.setup_minor, line.tooling_minor = new.setup_minor, new.tooling_minor
        line.charges = [{"name": name, "amount_minor": minor} for name, minor in new.charges]
        if line.public_id in revisions:
            line.part_revision = revisions[line.public_id]
            line.revision_label, line.files = new.label, list(new.files)
        line.save()
    order.goods_minor, order.setup_minor = totals.goods_minor, totals.setup_minor
    order.tooling_minor, order.charges_minor = totals.tooling_minor, totals.charges_minor
    order.freight_minor, order.total_minor = totals.freight_minor, totals.total_minor
    if _moves_the_day(before, after):
        order.ship_by = after.ship_by
    order.edition += 1
    order.save(
        update_fields=[
            "goods_minor",
            "setup_minor",
            "tooling_minor",
            "charges_minor",
            "freight_minor",
            "total_minor",
            "ship_by",
            "edition",
        ]
    )
    note_use(
        revisions=revisions.values(), kind="order", thing=order.public_id, label=order.reference
    )


def _moves_the_day(before: OrderTerms, after: OrderTerms) -> bool:
    """False for a change of something else: the day may have moved by itself since."""
    return before.ship_by != after.ship_by


def _share_milestones(order: Order) -> None:
    """What is not paid yet shares the new rest in the proportions it had, to the minor unit."""
    rows = list(Milestone.objects.filter(order=order))
    waiting = [row for row in rows if row.state not in ENDED]
    if not waiting:
        return
    rest = order.total_minor - sum(row.amount_minor for row in rows if row.state in ENDED)
    weights = [row.amount_minor for row in waiting]
    if not any(weights):
        weights[-1] = 1
    for row, amount in zip(waiting, split(rest, weights), strict=True):
        row.amount_minor = amount
        row.save(update_fields=["amount_minor"])


def _follow_call_off(order: Order, change: ChangeOrder) -> None:
    """The pieces of a call-off count against its blanket order as they are now."""
    rows = call_off_lines(order)
    if not rows:
        return
    after = change.new_terms.lines
    for name, row in rows.items():
        row.quantity = after[name].quantity
        row.save(update_fields=["quantity"])
    count_called(lock_blanket(order.call_off.blanket.public_id))


def _ask_for_first_articles_again(order: Order, change: ChangeOrder) -> None:
    """An approved report of a line that got another revision no longer counts."""
    approved = order.first_articles.filter(
        state=FirstArticleState.APPROVED, line__public_id__in=list(revisions_in(change))
    )
    for report in approved:
        move(report, FIRST_ARTICLE, "supersede_report", by=Side.SYSTEM)


def _issue_purchase_order(actor: Actor, order: Order) -> None:
    """The paper of the order as it was, before it changes: the worker may not have come to it."""
    if order.edition == 1:
        issue_document(
            actor=actor,
            order=order,
            kind=K.PURCHASE_ORDER,
            number=order.po_number or order.reference,
            write=lambda number: purchase_order(order),
        )


def _issue_papers_again(actor: Actor, order: Order, change: ChangeOrder) -> None:
    """Purchase order and, where there is one, the confirmation, with their revision."""
    issue_document(
        actor=actor,
        order=order,
        kind=K.PURCHASE_ORDER,
        number=order.po_number or order.reference,
        revision=order.edition,
        write=lambda number: purchase_order(order, change),
    )
    confirmed = order.documents.filter(kind=K.CONFIRMATION).first()
    if confirmed is not None:
        issue_document(
            actor=actor,
            order=order,
            kind=K.CONFIRMATION,
            number=confirmed.number,
            revision=order.edition,
            write=partial(order_confirmation, order, change=change),
        )


def _end_shipping(order: Order) -> None:
    """When the change left nothing to ship, the order is shipped."""
    if order.state not in MADE or not everything_shipped(progress_of(order)):
        return
    move(order, ORDER, "end_shipping", by=Side.SYSTEM)
    reach_milestones(order, [Milestone.Kind.SHIPMENT, Milestone.Kind.ACCEPTANCE])


def supplement_of(change: ChangeOrder) -> str:
    """What the buyer pays before a dearer change takes effect, in words, with its VAT."""
    return change.order.with_vat(str(change.difference_gross))


def is_late(change: ChangeOrder) -> bool:
    """The time to answer, or to pay, is over."""
    end = change.pay_by if change.state == ChangeState.ACCEPTED else change.answer_by
    return end is not None and end < timezone.now()
