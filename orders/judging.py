"""Which pieces wait to be judged, and whether all are; the caller has found the order."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Sum

from orders.models import Order, OrderLine
from orders.progress import progress_of
from orders.states import NonconformanceState, OrderState


@dataclass(frozen=True)
class ToJudge:
    """Pieces of one line: arrived so far, and judged already."""

    line: OrderLine
    arrived: int
    judged: int

    @property
    def to_judge(self) -> int:
        """Arrived, and nobody has said whether they are good."""
        return self.arrived - self.judged


def pieces_to_judge(order: Order) -> list[ToJudge]:
    """Every line in order. Of a delivered order everything has arrived. Two queries."""
    judged = dict(
        order.judgments.order_by()
        .values_list("line")
        .annotate(pieces=Sum(F("accepted") + F("rejected")))
    )
    everything = order.state == OrderState.DELIVERED
    return [
        ToJudge(
            row.line,
            row.ordered if everything else row.delivered,
            judged.get(row.line.pk, 0),
        )
        for row in progress_of(order)
    ]


def waits_for_judgment(rows: Iterable[ToJudge]) -> bool:
    """Whether there is a piece to judge."""
    return any(row.to_judge > 0 for row in rows)


def everything_judged(order: Order) -> bool:
    """Whether the buyer has said of every piece that was ordered whether it is good. Two
    queries."""
    judged = order.judgments.aggregate(pieces=Sum(F("accepted") + F("rejected"), default=0))
    ordered = order.lines.aggregate(pieces=Sum("quantity", default=0))
    return bool(judged["pieces"] == ordered["pieces"])


def pieces_with_problems(order: Order) -> dict[int, int]:
    """Row of a line -> rejected pieces whose money goes with their problem; a piece whose problem
    was withdrawn counts as good again. One query."""
    return dict(
        order.nonconformances.filter(line__isnull=False, after_acceptance=False)
        .exclude(state=NonconformanceState.WITHDRAWN)
        .order_by()
        .values_list("line")
        .annotate(pieces=Sum("quantity"))
    )
