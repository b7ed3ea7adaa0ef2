"""Hidden defects: what the buyer claims after the goods were accepted."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.files.models import StoredFile
from orders.actions.problem_steps import Claim, open_nonconformance
from orders.models import ClaimRefund, MoneyDecision, Nonconformance, Order, OrderLine
from orders.queries import lock_order
from orders.rules import check_can_claim
from orders.states import N_ENDED


@transaction.atomic
def raise_claim(
    *,
    actor: Actor,
    public_id: str,
    claim: Claim,
    line: str = "",
    quantity: int = 0,
    claimed_minor: int = 0,
    files: Sequence[StoredFile] = (),
) -> Nonconformance:
    """Claim a defect that showed after the acceptance, within DISPUTE_WINDOW_DAYS of it.

    `quantity` pieces of `line` (its public id), or the order as a whole without one. The order
    stays as it is; the claim has the life of any problem. Raises NotFound, NotAllowed, WrongState
    after the time, DomainError for pieces that were not ordered or more money than was paid and is
    not claimed already.
    """
    order = lock_order(public_id)
    side = check_can_claim(actor, order)
    claim.check()
    found = _line_of(order, line, quantity)
    most = claimable_minor(order)
    if not 0 <= claimed_minor <= most:
        sentence = f"Between 0 and {order.net_words(most)} of this order can be claimed."
        raise DomainError(sentence, fields={"claimed": sentence})
    return open_nonconformance(
        actor=actor,
        order=order,
        side=side,
        claim=claim,
        line=found,
        quantity=quantity if found else 0,
        claimed_minor=claimed_minor,
        after_acceptance=True,
        files=files,
    )


def claimable_minor(order: Order) -> int:
    """What was paid, neither went back nor is claimed or owed already, minor units."""
    back = _sum(order.money_decisions.filter(kind=MoneyDecision.Kind.REFUND), "amount_minor")
    owed = _sum(ClaimRefund.objects.filter(nonconformance__order=order), "amount_minor")
    claims = order.nonconformances.filter(after_acceptance=True)
    claimed = _sum(claims.exclude(state__in=N_ENDED), "claimed_minor")
    return max(0, order.funded_minor - back - owed - claimed)


def _sum(rows: object, column: str) -> int:
    return int(rows.aggregate(sum=Sum(column, default=0))["sum"])  # type: ignore[attr-defined]


def _line_of(order: Order, public_id: str, quantity: int) -> OrderLine | None:
    if not public_id:
        if quantity:
            raise DomainError(
                "Say of which line the pieces are.", fields={"line": "Choose a line."}
            )
        return None
    line = order.lines.filter(public_id=public_id).first()
    if line is None:
        raise DomainError(
            "This line is not of this order. Reload the page.", fields={"line": "Choose a line."}
        )
    if not 1 <= quantity <= line.quantity:
        sentence = f"From 1 to {line.quantity} pieces of this line can be claimed."
        raise DomainError(sentence, fields={"quantity": sentence})
    return line
