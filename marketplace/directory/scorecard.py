"""A scorecard in words: each figure with what was counted and how. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.directory.models import Manufacturer, Scorecard

# A share of fewer says nothing and would name single cases.
LEAST = 3
TOO_FEW = "Too few to say"


@dataclass(frozen=True)
class Figure:
    """One figure: `numerator` of `denominator`, and what is shown of it.

    `percent` is None below LEAST; `value` is what is printed large, `sentence` says what was
    counted, `formula` how.
    """

    key: str
    label: str
    numerator: int
    denominator: int
    percent: int | None
    value: str
    sentence: str
    formula: str


@dataclass(frozen=True)
class Stars:
    """The mean stars of one criterion, over all published reviews that rate it."""

    key: str
    label: str
    mean: float


def card_of(manufacturer: Manufacturer) -> Scorecard | None:
    """The scorecard, None before anything was counted."""
    found: Scorecard | None = getattr(manufacturer, "scorecard", None)
    return found


def figures_of(card: Scorecard | None) -> list[Figure]:
    """The five figures; all of them too few without a card."""
    row = card or Scorecard()
    return [
        _share(
            "on_time",
            "On time",
            row.on_time_orders,
            row.due_orders,
            ("order", "orders", "shipped on or before the promised day"),
            "Orders shipped on or before the promised day, of all orders that shipped or whose "
            "promised day is over. Of several shipments the last one counts.",
        ),
        _quality(row),
        _response(row),
        _share(
            "quote_rate",
            "Quote rate",
            row.quoted,
            row.asked,
            ("request", "requests", "answered with a quote"),
            "Requests answered with a quote, of all requests it was asked in and that it answered "
            "or that closed.",
        ),
        _share(
            "disputes",
            "Disputes",
            row.disputed_orders,
            row.shipped_orders,
            ("order", "orders", "disputed after shipping"),
            "Orders the buyer disputed, of all orders that shipped.",
        ),
    ]


def stars_of(card: Scorecard | None) -> Sequence[Stars]:
    """The criteria buyers rate; none without such a review."""
    if card is None or not card.criteria_count:
        return ()
    sums = (
        ("quality", "Quality", card.quality_sum),
        ("on_time", "On time", card.on_time_sum),
        ("communication", "Communication", card.communication_sum),
    )
    return [Stars(key, label, total / card.criteria_count) for key, label, total in sums]


def _percent(numerator: int, denominator: int) -> int:
    """Whole percent, rounded down, so that 100 means all."""
    return 100 * numerator // denominator


def _share(
    key: str,
    label: str,
    numerator: int,
    denominator: int,
    words: tuple[str, str, str],
    formula: str,
) -> Figure:
    one, many, done = words
    noun = one if denominator == 1 else many
    percent = _percent(numerator, denominator) if denominator >= LEAST else None
    return Figure(
        key,
        label,
        numerator,
        denominator,
        percent,
        f"{percent} %" if percent is not None else TOO_FEW,
        f"{numerator} of {denominator} {noun} {done}",
        formula,
    )


def _quality(row: Scorecard) -> Figure:
    accepted, delivered = row.accepted_pieces, row.delivered_pieces
    known = row.decided_orders >= LEAST and delivered > 0
    percent = _percent(accepted, delivered) if known else None
    orders = "order" if row.decided_orders == 1 else "orders"
    return Figure(
        "quality",
        "Quality",
        accepted,
        delivered,
        percent,
        f"{percent} %" if percent is not None else TOO_FEW,
        f"{accepted:,} of {delivered:,} pieces accepted in {row.decided_orders} {orders}",
        "Pieces the buyers accepted, of all pieces of the orders they decided on.",
    )


def _response(row: Scorecard) -> Figure:
    known = row.answered >= LEAST and row.response_hours is not None
    noun = "request" if row.answered == 1 else "requests"
    return Figure(
        "response",
        "Response time",
        row.answered,
        row.asked,
        None,
        hours_text(float(row.response_hours or 0)) if known else TOO_FEW,
        f"median of {row.answered} {noun} answered",
        "Time from the invitation to the first quote or to a no: half of the answers came faster.",
    )


def hours_text(hours: float) -> str:
    """Such as "under an hour", "5 hours", "3 days"."""
    if hours < 1:
        return "under an hour"
    if hours < 48:
        whole = round(hours)
        return f"{whole} hour{'s' if whole != 1 else ''}"
    return f"{round(hours / 24)} days"
