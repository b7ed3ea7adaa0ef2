"""Whether a change order can be: asked when it is proposed, accepted and paid."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts.roles import Side
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.money import MAX_MINOR
from marketplace.core.states import WrongState
from orders.actions.money import free_minor
from orders.blanket_rules import MOST_PIECES
from orders.change_queries import newer_revisions
from orders.change_states import REVISABLE
from orders.change_terms import LineTerms, OrderTerms, Proposal, Totals, differences, priced
from orders.change_terms import proposed as with_wanted
from orders.models import CallOffLine, Milestone, Order
from orders.progress import progress_of
from orders.quality import check_papers
from orders.states import MADE, FirstArticleState, MilestoneState

MOST_PRICE = Decimal("9999999999.9999")
ENDED = (MilestoneState.APPROVED, MilestoneState.CANCELLED)


def read_proposal(order: Order, side: str, before: OrderTerms, wanted: Proposal) -> OrderTerms:
    """The terms as they would be, with the files of new revisions.

    Raises NotFound for a foreign line, NotAllowed when the manufacturer names a revision,
    DomainError whose fields are named as `<value>_<line>`, `freight` and `ship_by`.
    """
    unknown = set(wanted.lines) - set(before.lines)
    if unknown:
        raise DomainError("A line of this change is not a line of this order. Reload the page.")
    faults: dict[str, str] = {}
    for name, change in wanted.lines.items():
        if change.quantity is not None and not 0 <= change.quantity <= MOST_PIECES:
            faults[f"quantity_{name}"] = f"Enter 0 to {MOST_PIECES:,} pieces."
        if change.unit_price is not None and not _is_price(change.unit_price):
            faults[f"unit_price_{name}"] = "Enter a unit price above zero, with four decimals."
        charges = before.lines[name].charges
        once = {"setup": change.setup_minor, "tooling": change.tooling_minor}
        once |= {f"charge{place}": amount for place, amount in change.charges.items()}
        for what, minor in once.items():
            if minor is not None and not 0 <= minor <= MAX_MINOR:
                faults[f"{what}_{name}"] = "Enter an amount of 0 or more."
        if any(not 0 <= place < len(charges) for place in change.charges):
            raise DomainError("A charge of this change is not a charge of its line.")
    if wanted.freight_minor is not None and not 0 <= wanted.freight_minor <= MAX_MINOR:
        faults["freight"] = "Enter an amount of 0 or more."
    _check_day(before, wanted.ship_by, faults)
    if faults:
        raise DomainError(" ".join(dict.fromkeys(faults.values())), fields=faults)
    return _with_files(order, side, with_wanted(before, wanted), before)


def _is_price(price: Decimal) -> bool:
    if not price.is_finite() or not 0 < price <= MOST_PRICE:
        return False
    return price == price.quantize(Decimal("0.0001"))


def _check_day(before: OrderTerms, day: date | None, faults: dict[str, str]) -> None:
    today = timezone.localdate()
    if day is None or day == before.ship_by:
        return
    if day < today or (day - today).days > 3 * 366:
        faults["ship_by"] = "Enter a day from today on, at most three years ahead."


def _with_files(order: Order, side: str, after: OrderTerms, before: OrderTerms) -> OrderTerms:
    """The files and labels of revisions that are new. Raises NotAllowed or DomainError."""
    wanted = {
        name: row.revision
        for name, row in after.lines.items()
        if row.revision != before.lines[name].revision
    }
    if not wanted:
        return after
    if side != Side.BUYER:
        raise NotAllowed("The buyer, whose part it is, proposes another revision.")
    newer = newer_revisions(order)
    lines = dict(after.lines)
    for name, revision in wanted.items():
        found = next((row for row in newer[name] if row.public_id == revision), None)
        if found is None:
            sentence = "Choose a newer revision of the same part whose files have been read."
            raise DomainError(sentence, fields={f"revision_{name}": sentence})
        files = [{"name": file.name, "sha256": file.sha256} for file in found.files]
        values = {**vars(lines[name]), "label": found.label, "files": files}
        lines[name] = LineTerms(**values)
    return OrderTerms(lines, after.freight_minor, after.ship_by)


def check_fits(order: Order, before: OrderTerms, after: OrderTerms) -> Totals:
    """The totals of a change that can be made now. The caller holds the order's lock.

    Raises DomainError or WrongState with a sentence when it cannot.
    """
    if not differences(before, after, order.currency):
        raise DomainError("Nothing is changed. Enter what should become other.", code="no_change")
    if not any(row.quantity for row in after.lines.values()):
        raise DomainError(
            "An order keeps at least one piece. To end it, propose that under Problems."
        )
    try:
        totals = priced(after, order.currency)
    except ValueError as error:
        raise DomainError("This comes to more than an order can hold.") from error
    if totals.goods_minor <= 0:
        raise DomainError("The pieces that are left cost nothing. An order has a price.")
    _check_pieces(order, before, after)
    _check_revisions(order, before, after)
    _check_call_off(order, after)
    _check_money(order, totals.total_minor)
    return totals


def _check_pieces(order: Order, before: OrderTerms, after: OrderTerms) -> None:
    judged = {
        row.line.public_id: row.accepted + row.rejected
        for row in order.judgments.select_related("line")
    }
    faults = {}
    left = 0
    for row in progress_of(order):
        name = row.line.public_id
        old, new = before.lines[name], after.lines[name]
        least = max(row.shipped, judged.get(name, 0))
        if new.quantity < least:
            faults[f"quantity_{name}"] = (
                f"{row.line.part_number}: {least} pieces have been shipped already, so it cannot "
                f"be fewer than {least}."
            )
        if row.shipped and new.revision != old.revision:
            faults[f"revision_{name}"] = (
                f"{row.line.part_number}: pieces of revision {old.label} have been shipped. Order "
                "the other revision with an order of its own."
            )
        left += new.quantity - row.shipped
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)
    if left == 0:
        _check_can_end_shipping(order)


def _check_can_end_shipping(order: Order) -> None:
    """After the change nothing is left to ship, so the order counts as shipped."""
    if order.state not in MADE:
        raise WrongState(
            "After this change nothing would be left to ship. Production is finished and the "
            "check passed first."
        )
    check_papers(order)


def _check_revisions(order: Order, before: OrderTerms, after: OrderTerms) -> None:
    names = [n for n, row in after.lines.items() if row.revision != before.lines[n].revision]
    if not names:
        return
    if (order.left_state or order.state) not in REVISABLE:
        raise WrongState(
            "The parts are made and checked, so their revision no longer changes. Order the other "
            "revision with an order of its own."
        )
    in_review = order.first_articles.filter(
        line__public_id__in=names, state=FirstArticleState.SUBMITTED
    )
    if in_review.exists():
        raise WrongState("A first article of this line waits for the buyer's answer. Answer it.")


def _check_call_off(order: Order, after: OrderTerms) -> None:
    """A call-off takes no more than its blanket order leaves, and no less than agreed."""
    faults = {}
    for name, row in call_off_lines(order).items():
        new, line = after.lines[name].quantity, row.line
        most = line.left + row.quantity
        if new != row.quantity and not line.least <= new <= most:
            faults[f"quantity_{name}"] = (
                f"{after.lines[name].part_number}: a call-off of this blanket order has "
                f"{line.least} to {most} pieces now."
            )
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)


def call_off_lines(order: Order) -> Mapping[str, CallOffLine]:
    """Line of a call-off's order (public id) -> its pieces in the blanket order; {} for any other
    order. The lines of both stand in the same order."""
    rows = CallOffLine.objects.filter(call_off__order=order, call_off__counts=True)
    found = list(rows.select_related("line").order_by("line__position"))
    names = order.lines.order_by("position").values_list("public_id", flat=True)
    return dict(zip(names, found, strict=True)) if found else {}


def _check_money(order: Order, total_minor: int) -> None:
    """What comes back is not paid yet or still held, and the milestones already approved fit into
    the new price."""
    less = order.total_minor - total_minor
    back = less - order.unpaid_minor
    free = free_minor(order)
    if back > free:
        raise DomainError(
            f"{order.gross_words(back)} would come back to the buyer, and only "
            f"{order.gross_words(free)} of this order is still held and free.",
            code="not_held",
        )
    if less > open_milestones_minor(order):
        raise DomainError(
            "The milestones that were paid already come to more than the new price.",
            code="not_held",
        )


def open_milestones_minor(order: Order) -> int:
    """What the milestones that are not approved yet come to, minor units."""
    rows = Milestone.objects.filter(order=order).exclude(state__in=ENDED)
    return int(rows.aggregate(sum=Sum("amount_minor", default=0))["sum"])
