"""Payment milestones a shop proposes: shares of the price in whole percent. Pure functions."""

from collections.abc import Mapping, Sequence

from marketplace.core.errors import DomainError
from orders.models import Milestone
from quotes.comparison import shares

# When each share falls due, as people say it; the kinds are those of an order's milestones.
WHEN = {
    Milestone.Kind.DEPOSIT.value: "at order",
    Milestone.Kind.TOOLING.value: "when the tool is ready",
    Milestone.Kind.FIRST_ARTICLE.value: "when the first article is approved",
    Milestone.Kind.SHIPMENT.value: "at shipment",
    Milestone.Kind.ACCEPTANCE.value: "on acceptance",
}
Share = Mapping[str, object]


def check_milestones(proposed: Sequence[Share]) -> list[dict[str, object]]:
    """The shares in the order they fall due. Raises DomainError unless each kind is known and
    named once, each share is a whole percent from 1 to 100, and together they are 100."""
    found: dict[str, int] = {}
    for part in proposed:
        kind, percent = str(part.get("kind")), part.get("percent")
        if kind not in WHEN or kind in found:
            raise _fault("Name each milestone once.")
        if not isinstance(percent, int) or isinstance(percent, bool) or not 1 <= percent <= 100:
            raise _fault("A share is a whole percent from 1 to 100.")
        found[kind] = percent
    if found and sum(found.values()) != 100:
        raise _fault(f"The shares add up to {sum(found.values())} %. Make them 100 %.")
    return [{"kind": kind, "percent": found[kind]} for kind in WHEN if kind in found]


def _fault(sentence: str) -> DomainError:
    return DomainError(sentence, fields={"milestones": sentence})


def words_of(milestones: Sequence[Share]) -> str:
    """Such as "30% at order, 70% at shipment"; "" when nothing is proposed."""
    return ", ".join(
        f"{part['percent']}% {WHEN.get(str(part['kind']), str(part['kind']))}"
        for part in milestones
    )


def amounts_of(milestones: Sequence[Share], total_minor: int) -> list[tuple[str, int, int]]:
    """(when, percent, minor units) of each share; the amounts add up to `total_minor` exactly."""
    weights = {(at, 0): int(str(part["percent"])) for at, part in enumerate(milestones)}
    parts = shares(total_minor, weights) if weights else {}
    return [
        (WHEN.get(str(part["kind"]), str(part["kind"])), weights[at, 0], parts[at, 0])
        for at, part in enumerate(milestones)
    ]
