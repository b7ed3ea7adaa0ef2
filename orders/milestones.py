"""The parts in which an order is paid: in words, and what shows that one is done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.roles import Side
from orders.models import FirstArticle, Milestone, MilestoneEvidence, Order, OrderDocument
from orders.quality import papers_asked
from orders.states import N_ENDED, RUNNING, FirstArticleState, MilestoneState, OrderState

K, E = Milestone.Kind, MilestoneEvidence.Kind
# When each part falls due, in that order.
WHEN = {
    K.DEPOSIT.value: "at order",
    K.TOOLING.value: "when the tool is ready",
    K.FIRST_ARTICLE.value: "when the first article is approved",
    K.SHIPMENT.value: "at shipment",
    K.ACCEPTANCE.value: "on acceptance",
}
# The shop submits these and the buyer decides on them; the others follow from other acts.
BY_HAND = (K.TOOLING.value,)
HOW = {
    K.DEPOSIT.value: "Released when the manufacturer confirms the order.",
    K.TOOLING.value: "Submitted with its evidence, then approved by the buyer.",
    K.FIRST_ARTICLE.value: "Submitted and approved with the first article report, under Quality.",
    K.SHIPMENT.value: "Submitted when the last pieces leave, approved when all have arrived.",
    K.ACCEPTANCE.value: "Submitted when the last pieces leave, approved with the acceptance.",
}
# What has to be there before a milestone is submitted: kind of evidence -> how many at least.
REQUIRED: Mapping[str, Mapping[str, int]] = {K.TOOLING.value: {E.PHOTO: 1, E.REPORT: 1}}
OPEN = (MilestoneState.PENDING, MilestoneState.REJECTED)


@dataclass(frozen=True)
class Asked:
    """One thing a milestone needs, and whether it is there."""

    label: str
    is_there: bool


def payment_words(milestones: Sequence[Mapping[str, object]]) -> str:
    """Such as "30% at order, 70% at shipment"; "all on acceptance" when there are none."""
    parts = [
        f"{part['percent']}% {WHEN.get(str(part['kind']), str(part['kind']))}"
        for part in milestones
    ]
    return ", ".join(parts) or "all on acceptance"


def asked_by_hand(kind: str, evidence: Iterable[MilestoneEvidence]) -> list[Asked]:
    """What a milestone that is submitted by hand asks for, and what of it is there."""
    have = [row.kind for row in evidence]
    asked = []
    for wanted, least in REQUIRED.get(kind, {}).items():
        name = str(E(wanted).label).lower()
        label = f"{least} {name}{'' if least == 1 else 's'} at least"
        asked.append(Asked(label, have.count(wanted) >= least))
    return asked


def evidence_asked(order: Order, milestones: Sequence[Milestone]) -> dict[int, list[Asked]]:
    """Row of a milestone -> what it needs. Eight queries for any number; the evidence of the
    milestones is prefetched."""
    kinds = {milestone.kind for milestone in milestones}
    papers = set(order.documents.values_list("kind", flat=True))
    found: dict[str, list[Asked]] = {}
    if K.DEPOSIT in kinds:
        there = OrderDocument.Kind.CONFIRMATION in papers
        found[K.DEPOSIT] = [Asked("Order confirmation", there)]
    if K.FIRST_ARTICLE in kinds:
        approved = FirstArticle.objects.filter(order=order, state=FirstArticleState.APPROVED)
        found[K.FIRST_ARTICLE] = [Asked("Approved first article report", approved.exists())]
    if K.SHIPMENT in kinds:
        found[K.SHIPMENT] = [
            Asked("Delivery note", OrderDocument.Kind.DELIVERY_NOTE in papers),
            Asked("Packing list", OrderDocument.Kind.PACKING_LIST in papers),
            *(
                Asked(f"{paper.name} for {paper.line.part_number}", not paper.is_missing)
                for paper in papers_asked(order)
            ),
        ]
    return {
        milestone.pk: found.get(milestone.kind)
        or asked_by_hand(milestone.kind, milestone.evidence.all())
        for milestone in milestones
    }


def stands_still(order: Order) -> bool:
    """Whether the time to answer a milestone stands still: the order is on hold or disputed, or a
    problem with it is open. One query."""
    if order.state in (OrderState.ON_HOLD, OrderState.DISPUTED):
        return True
    return order.nonconformances.exclude(state__in=N_ENDED).exists()


def turn_of(milestone: Milestone) -> str:
    """Whose act comes next, "" for nobody or for one that is not made on this page."""
    if milestone.kind not in BY_HAND:
        return ""
    if milestone.state in OPEN:
        return Side.MANUFACTURER
    return Side.BUYER if milestone.state == MilestoneState.SUBMITTED else ""


def milestone_in_turn(order: Order, side: str) -> Milestone | None:
    """The milestone that waits for this side on its page: submitted ones for the buyer; for the
    shop rejected ones, and pending ones once the order is confirmed. Milestones are prefetched."""
    if order.state not in RUNNING:
        return None
    mine = (row for row in order.milestones.all() if turn_of(row) == side)
    return next(mine, None)
