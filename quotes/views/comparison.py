"""What an address of the comparison asks for: `q_<line>`, `was_<line>`, `p_<line>`, `strategy`."""

from collections.abc import Mapping, Sequence

from django.http import QueryDict

from quotes.actions.shares import Look
from quotes.compared import Compared, compare_rfq, quantities_of
from quotes.forms.award import read_picks
from quotes.models import RFQ, Quote, RFQLine
from quotes.pricing import Pick
from quotes.queries import quotes_for_buyer

Quantities = Mapping[int, Sequence[int]]


def chosen_from(
    data: QueryDict, lines: Sequence[RFQLine], quantities: Quantities
) -> dict[int, int]:
    """The quantity chosen for each line (`q_<line>`), one of `quantities` (`quantities_of`); the
    smallest asked one unless said."""
    chosen = {}
    for line in lines:
        text = data.get(f"q_{line.public_id}", "")
        # Not str.isdigit: it takes digits of other scripts and "²", on which int() fails.
        wanted = int(text) if text.isdecimal() and len(text) < 9 else 0
        chosen[line.pk] = wanted if wanted in quantities[line.pk] else line.quantities[0]
    return chosen


def picks_from(
    data: QueryDict, lines: Sequence[RFQLine], quantities: Quantities
) -> dict[str, list[Pick]]:
    """By quote what `p_<line>=<quote>:<option>:<quantity>` picks of the quantities there are."""
    found: dict[str, list[Pick]] = {}
    for named in read_picks(data, lines):
        if named.quantity in quantities[named.line.pk]:
            pick = Pick(named.line.pk, named.quantity, named.option)
            found.setdefault(named.quote_id, []).append(pick)
    return found


def look_of(rfq: RFQ, quotes: Sequence[Quote], data: QueryDict) -> Look:
    """What an address looks at, to be shared as it is. `quotes` are `quotes_for_buyer`."""
    lines = [line for line in rfq.lines.all() if line.quantities]
    quantities = quantities_of(lines, quotes)
    return Look(
        chosen_from(data, lines, quantities),
        picks_from(data, lines, quantities),
        data.get("strategy", ""),
    )


def compared(rfq: RFQ, data: QueryDict) -> Compared:
    """The comparison an address asks for; what it names wrongly is left out."""
    lines = [line for line in rfq.lines.all() if line.quantities]
    quotes = quotes_for_buyer(rfq)
    look = look_of(rfq, quotes, data)
    return compare_rfq(rfq, lines, quotes, look.chosen, look.picks, look.strategy)
