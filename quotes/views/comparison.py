"""What an address of the comparison asks for: `q_<line>`, `p_<line>` and `strategy`."""

from collections.abc import Sequence

from django.http import QueryDict

from quotes.actions.shares import Look
from quotes.compared import Compared, compare_rfq
from quotes.models import RFQ, RFQLine
from quotes.pricing import Pick


def chosen_from(data: QueryDict, lines: Sequence[RFQLine]) -> dict[int, int]:
    """The quantity chosen for each line (`q_<line>`); the smallest asked one unless said."""
    chosen = {}
    for line in lines:
        text = data.get(f"q_{line.public_id}", "")
        # Not str.isdigit: it takes digits of other scripts and "²", on which int() fails.
        wanted = int(text) if text.isdecimal() and len(text) < 9 else 0
        chosen[line.pk] = wanted if wanted in line.quantities else line.quantities[0]
    return chosen


def picks_from(data: QueryDict, lines: Sequence[RFQLine]) -> dict[str, list[Pick]]:
    """By quote what `p_<line>=<quote>:<option>:<quantity>` picks."""
    found: dict[str, list[Pick]] = {}
    for line in lines:
        parts = data.get(f"p_{line.public_id}", "").split(":")
        if len(parts) != 3 or not all(p.isdecimal() and len(p) < 9 for p in parts[1:]):
            continue
        option, quantity = int(parts[1]), int(parts[2])
        if quantity in line.quantities:
            found.setdefault(parts[0], []).append(Pick(line.pk, quantity, option))
    return found


def look_of(rfq: RFQ, data: QueryDict) -> Look:
    """What an address looks at, to be shared as it is."""
    lines = [line for line in rfq.lines.all() if line.quantities]
    return Look(chosen_from(data, lines), picks_from(data, lines), data.get("strategy", ""))


def compared(rfq: RFQ, data: QueryDict) -> Compared:
    """The comparison an address asks for; what it names wrongly is left out."""
    lines = [line for line in rfq.lines.all() if line.quantities]
    look = look_of(rfq, data)
    return compare_rfq(rfq, lines, look.chosen, look.picks, look.strategy)
