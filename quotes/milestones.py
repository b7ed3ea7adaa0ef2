"""In which parts an order is paid: what a list of milestones may look like."""

from collections.abc import Sequence
from typing import Any

from marketplace.core.errors import DomainError

# In the order in which they come due.
KINDS = {
    "deposit": "Deposit",
    "tooling": "Tooling",
    "first_article": "First article",
    "shipment": "Shipment",
    "acceptance": "Acceptance",
}


def check_milestones(milestones: Sequence[dict[str, Any]]) -> None:
    """Raise DomainError unless they are empty (all of it on acceptance), or known, each once, and
    whole percents that add up to 100."""
    if not milestones:
        return
    kinds = [part["kind"] for part in milestones]
    percents = [part["percent"] for part in milestones]
    sentence = ""
    if set(kinds) - set(KINDS) or len(set(kinds)) < len(kinds):
        sentence = "Name each part of the payment once: " + ", ".join(KINDS) + "."
    elif any(not isinstance(p, int) or not 1 <= p <= 100 for p in percents):
        sentence = "A part of the payment is a whole percent from 1 to 100."
    elif sum(percents) != 100:
        sentence = f"The parts of the payment come to {sum(percents)} %. Make them 100 %."
    if sentence:
        raise DomainError(sentence, fields={"milestones": sentence})


def milestone_words(milestones: Sequence[dict[str, Any]]) -> str:
    """Such as "30 % deposit, 70 % acceptance"."""
    parts = [
        f"{part['percent']} % {KINDS.get(part['kind'], part['kind']).lower()}"
        for part in milestones
    ]
    return ", ".join(parts) or "all on acceptance"
