"""The instalments an order is paid in: pure arithmetic on its milestones.

Each part of the work is paid before it starts and released when it is approved. Shipment and
acceptance are one part here: the goods leave once everything is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders.models import Milestone
from payments.models import PaymentRequest

M = Milestone.Kind
Kind, Stage, When = PaymentRequest.Kind, PaymentRequest.Stage, PaymentRequest.When
STAGE_OF: dict[str, str] = {
    M.DEPOSIT: Stage.DEPOSIT,
    M.TOOLING: Stage.TOOLING,
    M.FIRST_ARTICLE: Stage.FIRST_ARTICLE,
    M.SHIPMENT: Stage.BALANCE,
    M.ACCEPTANCE: Stage.BALANCE,
}


@dataclass(frozen=True)
class Instalment:
    """One payment of a plan; amounts in minor units."""

    kind: str
    stage: str
    due_when: str
    amount_minor: int
    commission_minor: int


def plan_of(steps: Sequence[tuple[str, int]], commission_minor: int) -> list[Instalment]:
    """The instalments of `steps`, each (kind of milestone, minor units) in their order.

    They add up to the steps exactly, and their commissions to `commission_minor`. The first is due
    with the order; one alone pays the whole.
    """
    amounts: dict[str, int] = {}
    for kind, minor in steps:
        stage = STAGE_OF[kind]
        amounts[stage] = amounts.get(stage, 0) + minor
    stages = [stage for stage, minor in amounts.items() if minor > 0]
    shares = commissions([amounts[stage] for stage in stages], commission_minor)
    if len(stages) == 1:
        whole = amounts[stages[0]]
        return [Instalment(Kind.FULL, Stage.WHOLE, When.ORDER, whole, commission_minor)]
    return [
        Instalment(
            _kind_of(stage),
            stage,
            When.ORDER if at == 0 else _when(stage, amounts),
            amounts[stage],
            shares[at],
        )
        for at, stage in enumerate(stages)
    ]


def _kind_of(stage: str) -> str:
    kinds: dict[str, str] = {Stage.DEPOSIT: Kind.DEPOSIT, Stage.BALANCE: Kind.BALANCE}
    return kinds.get(stage, Kind.MILESTONE)


def _when(stage: str, stages: dict[str, int]) -> str:
    """A step is due when the one before it is approved; the deposit is with the confirmation."""
    if stage == Stage.BALANCE:
        return When.FINISHED
    if stage == Stage.FIRST_ARTICLE and Stage.TOOLING in stages:
        return When.TOOLING
    return When.CONFIRMED


def commissions(amounts: Sequence[int], commission_minor: int) -> list[int]:
    """The commission on each of `amounts`, together exactly `commission_minor`, which is at most
    their sum. Minor units; each cumulative share is rounded half up, so none exceeds its amount.
    """
    whole, done, found = sum(amounts), 0, []
    before = 0
    for amount in amounts:
        done += amount
        after = (commission_minor * done * 2 + whole) // (2 * whole)
        found.append(after - before)
        before = after
    return found
