"""What a shop that was not chosen learns of how close it was, in steps; pure functions.

No name and no price: in which step its own landed price and lead time stand against what was
chosen, at the awarded lines and quantities only, and a rank where so many quotes were compared
that it points at nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models

from quotes.comparison import Exchange, Landed, Offer, landed_lines
from quotes.pricing import Pick

# Of fewer quotes a rank would say that there was one other, and which place it had.
LEAST_RANKED = 3
NUMBERS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")
PLACES = ("lowest", "second lowest", "third lowest", "fourth lowest", "fifth lowest")


class PriceBand(models.TextChoices):
    """The own landed price against the chosen one; a step holds its upper end."""

    BELOW = "below", "below the chosen price"
    WITHIN_5 = "within_5", "at most 5 % above the chosen price"
    ABOVE_5 = "above_5", "5 to 15 % above the chosen price"
    ABOVE_15 = "above_15", "15 to 30 % above the chosen price"
    ABOVE_30 = "above_30", "more than 30 % above the chosen price"


class LeadTimeGap(models.TextChoices):
    """The own lead time against the chosen one, in weeks of seven days."""

    MUCH_SHORTER = "much_shorter", "more than three weeks shorter than the chosen one"
    SHORTER = "shorter", "one to three weeks shorter than the chosen one"
    LITTLE_SHORTER = "little_shorter", "up to a week shorter than the chosen one"
    SAME = "same", "the same as the chosen one"
    LITTLE_LONGER = "little_longer", "up to a week longer than the chosen one"
    LONGER = "longer", "one to three weeks longer than the chosen one"
    MUCH_LONGER = "much_longer", "more than three weeks longer than the chosen one"


# Upper end of each step in percent of the chosen price.
STEPS = (
    (105, PriceBand.WITHIN_5),
    (115, PriceBand.ABOVE_5),
    (130, PriceBand.ABOVE_15),
)
LONGER = (LeadTimeGap.LITTLE_LONGER, LeadTimeGap.LONGER, LeadTimeGap.MUCH_LONGER)
SHORTER = (LeadTimeGap.LITTLE_SHORTER, LeadTimeGap.SHORTER, LeadTimeGap.MUCH_SHORTER)


@dataclass(frozen=True)
class Chosen:
    """What was awarded to one quote."""

    offer: Offer
    picks: Sequence[Pick]


@dataclass(frozen=True)
class Feedback:
    """How close a quote was. None is not known: nothing comparable, or no rate.

    `rank` is by price among `ranked` quotes that price everything awarded, 1 the lowest, equal ones
    share a rank; None where it could point at somebody. `is_partial`: only some of the awarded
    lines were priced at the awarded quantity, and those are compared.
    """

    price_band: PriceBand | None = None
    lead_time_gap: LeadTimeGap | None = None
    rank: int | None = None
    ranked: int | None = None
    is_partial: bool = False

    @property
    def sentences(self) -> list[str]:
        """In words, for pages and mails."""
        found = ["Another quote was chosen."]
        if self.rank is not None and self.ranked is not None:
            found = [f"Your price was the {_place(self.rank)} of {_number(self.ranked)}."]
        if self.price_band is not None:
            of = " for the awarded lines that you priced" if self.is_partial else ""
            found.append(
                f"Your price with freight and one-time cost was {self.price_band.label}{of}."
            )
        if self.lead_time_gap is not None:
            found.append(f"Your lead time was {self.lead_time_gap.label}.")
        if self.price_band is None and self.lead_time_gap is None:
            found.append(
                "Your quote could not be compared with the chosen one: it has no price for what "
                "was awarded, or the currencies differ and no exchange rate was known."
            )
        return found


def feedback_of(
    own: Offer, chosen: Sequence[Chosen], others: Sequence[Offer], exchange: Exchange
) -> Feedback:
    """How `own`, which got nothing, stands against what was `chosen`.

    `others` are the further submitted quotes that got nothing. Figures are landed prices in the
    currency of `exchange`, of the awarded lines at the awarded quantities; each quote's freight
    counts as if it delivered what it prices of them.
    """
    winners = _won(chosen, exchange)
    wanted = [Pick(pick.line_id, pick.quantity) for winner in chosen for pick in winner.picks]
    mine = _landed(own, wanted, exchange)
    if winners is None or not mine:
        return Feedback()
    theirs = [winners[line_id] for line_id in mine]
    price, against = _total(mine.values()), _total(theirs)
    gap = _lead(mine.values()) - _lead(theirs)
    is_partial = len(mine) < len(wanted)
    rank, ranked = None, None
    if not is_partial:
        offers = [*others, *(winner.offer for winner in chosen if len(chosen) > 1)]
        known = [] if len(chosen) > 1 else [against]
        rank, ranked = _rank(price, known, offers, wanted, exchange)
    return Feedback(price_band(price, against), lead_time_gap(gap), rank, ranked, is_partial)


def price_band(price_minor: int, chosen_minor: int) -> PriceBand | None:
    """The step of a price against the chosen one, both in minor units of one currency; None when
    the chosen one is zero. Whole numbers only, so that no step is missed by rounding."""
    if chosen_minor <= 0:
        return None
    if price_minor < chosen_minor:
        return PriceBand.BELOW
    for percent, band in STEPS:
        if price_minor * 100 <= chosen_minor * percent:
            return band
    return PriceBand.ABOVE_30


def lead_time_gap(days: int) -> LeadTimeGap:
    """The step of a difference in days; above zero is longer than the chosen one."""
    if days == 0:
        return LeadTimeGap.SAME
    steps = LONGER if days > 0 else SHORTER
    return steps[0 if abs(days) <= 7 else 1 if abs(days) <= 21 else 2]


def _won(chosen: Sequence[Chosen], exchange: Exchange) -> dict[int, Landed] | None:
    """What each awarded line costs; None when one is not known."""
    found: dict[int, Landed] = {}
    for winner in chosen:
        landed = landed_lines(winner.offer, winner.picks, exchange)
        if landed is None:
            return None
        found |= {line_id: cost for (line_id, _), cost in landed.items()}
    return found


def _landed(offer: Offer, wanted: Sequence[Pick], exchange: Exchange) -> dict[int, Landed]:
    """What a quote asks for those of the awarded lines that it prices as asked."""
    priced = [
        pick
        for pick in wanted
        if (line := offer.lines.get(pick.key)) is not None and line.at(pick.quantity) is not None
    ]
    found = landed_lines(offer, priced, exchange) if priced else None
    return {line_id: cost for (line_id, _), cost in (found or {}).items()}


def _rank(
    price_minor: int,
    known: Sequence[int],
    offers: Sequence[Offer],
    wanted: Sequence[Pick],
    exchange: Exchange,
) -> tuple[int | None, int | None]:
    """The place of a price among `known` totals and the quotes of `offers` that price everything
    awarded, the own one included."""
    whole = [_landed(offer, wanted, exchange) for offer in offers]
    totals = [*known, *(_total(w.values()) for w in whole if len(w) == len(wanted))]
    ranked = len(totals) + 1
    if ranked < LEAST_RANKED:
        return None, None
    return 1 + sum(total < price_minor for total in totals), ranked


def _total(costs: Iterable[Landed]) -> int:
    return sum(cost.total_minor for cost in costs)


def _lead(costs: Iterable[Landed]) -> int:
    return max(cost.lead_time_days for cost in costs)


def _place(rank: int) -> str:
    return PLACES[rank - 1] if rank <= len(PLACES) else f"number {rank} from the lowest"


def _number(count: int) -> str:
    at = count - LEAST_RANKED
    return NUMBERS[at] if at < len(NUMBERS) else str(count)
