"""What an award needs: pure functions over plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.money import Money


@dataclass(frozen=True)
class Rule:
    """Awards of more than `over` need `needed` people: of `approvers`, or anyone if empty.

    `approvers` are public ids of people.
    """

    over: Money
    needed: int
    approvers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Need:
    """How many approvals an award needs, by whom, and why. Nothing is needed at 0.

    `approvers` are public ids; empty means anyone whose role may approve.
    """

    approvals: int = 0
    approvers: frozenset[str] = frozenset()
    reason: str = ""


def approvals_needed(total: Money, limit: Money | None, rules: Sequence[Rule]) -> Need:
    """What an award of `total` needs, by the organization's rules and the member's own `limit`.

    The rule with the highest amount below the total names the approvers; as many are needed as the
    strictest rule below the total says, so that more money never needs fewer. A limit that is
    exceeded asks for at least one. Rules and limits in another currency cannot be compared with the
    total, so each of them counts as exceeded: better one question too many.
    """
    exceeded = sorted(
        (rule for rule in rules if _exceeds(total, rule.over)), key=lambda rule: rule.over.minor
    )
    over_limit = limit is not None and _exceeds(total, limit)
    if not exceeded and not over_limit:
        return Need()
    needed = max((rule.needed for rule in exceeded), default=1)
    approvers = exceeded[-1].approvers if exceeded else frozenset()
    return Need(needed, approvers, _reason(total, limit if over_limit else None, exceeded))


def _exceeds(total: Money, threshold: Money) -> bool:
    return total.currency != threshold.currency or total.minor > threshold.minor


def _reason(total: Money, limit: Money | None, exceeded: Sequence[Rule]) -> str:
    own = exceeded[-1].over if exceeded else limit
    assert own is not None  # something is exceeded
    if own.currency != total.currency:
        return (
            f"The award is in {total.currency}; your organization's rules and limits are in "
            f"{own.currency}, so it cannot be compared and is approved by a person."
        )
    parts = []
    if exceeded:
        parts.append(f"awards over {own} are approved first")
    if limit is not None:
        parts.append(f"the spend limit of {limit} is exceeded")
    sentence = ", and ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."
