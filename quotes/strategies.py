"""Ways to award a request: one supplier, the cheapest mix, the earliest delivery, by hand.

Pure functions over the offers as asked; alternates are chosen by hand only. A plan's total is the
sum of its lines' landed prices in the request's currency. A line whose documents or inspections
are not all priced costs an unknown amount more, so it is taken only where no other can be had.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from marketplace.core.money import line_total
from quotes import cover
from quotes.comparison import Exchange, Landed, Lead, Offer, landed_lines
from quotes.pricing import Pick

# Up to here every set of suppliers is tried: 2^8 sets x 30 lines are 0.1 s of processor time.
EXACT_OFFERS = 8


@dataclass(frozen=True)
class Choice:
    """One line from one quote."""

    quote_id: str
    pick: Pick
    landed: Landed


@dataclass(frozen=True)
class Plan:
    """What to order from whom. `missing` are lines that nobody quotes as asked; `below_minimum`
    quotes whose minimum order the choice does not reach; `is_exact` False when a cheaper mix may
    exist: more than EXACT_OFFERS quotes, or minimum orders that took more than cover.MOST_TRIED
    assignments to try out.
    """

    choices: Sequence[Choice]
    missing: Sequence[int] = ()
    below_minimum: Sequence[str] = ()
    is_exact: bool = True

    @property
    def total_minor(self) -> int:
        """All lines, minor units of the request's currency."""
        return sum(choice.landed.total_minor for choice in self.choices)

    @property
    def not_said(self) -> int:
        """How many documents and inspections asked for have no price in it."""
        return sum(len(choice.landed.not_said) for choice in self.choices)

    @property
    def lead_time_days(self) -> int:
        """Until the last of it ships."""
        return max((choice.landed.lead_time_days for choice in self.choices), default=0)

    @property
    def starts_later(self) -> bool:
        """Whether some of it counts its days from a first article."""
        return any(choice.landed.starts_later for choice in self.choices)

    @property
    def quote_ids(self) -> list[str]:
        """Those that get an order, each once."""
        return list(dict.fromkeys(choice.quote_id for choice in self.choices))


Assigned = Mapping[int, Offer]
Allowed = Callable[[Offer, int], bool]


def best_single(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """Everything from the one quote where it costs least, of those that leave fewest lines partly
    unknown; None when none quotes all of it and delivers that little."""
    plans = [
        plan
        for offer in offers
        if (plan := _plan(dict.fromkeys(chosen, offer), offers, chosen, exchange))
        and not plan.below_minimum
    ]
    return min(plans, key=lambda plan: (_unknown(plan), plan.total_minor), default=None)


def _unknown(plan: Plan) -> int:
    """How many lines of a plan cost more than is known."""
    return sum(bool(choice.landed.not_said) for choice in plan.choices)


def cheapest_mix(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """The lines where each set of suppliers costs least, freight counted once for each of them,
    with as few lines as can be whose cost is partly unknown.

    Of equal totals the one with fewer suppliers, then with the earlier ones. None when nothing
    that is quoted can be ordered.
    """
    return _cheapest(offers, chosen, exchange, lambda offer, line_id: True)[0]


def earliest_delivery(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """The cheapest mix among those that ship everything as early as it can be had, minimum orders
    reached."""
    costs = _costs(offers, chosen, exchange)
    leads = [
        [_lead(offer, line_id, chosen) for offer in offers if offer.quote_id in row]
        for line_id, row in costs.items()
        if row
    ]
    last = max((min(row) for row in leads), default=(False, 0))
    # What can be ordered by a day can be ordered by a later one, so the days are halved; mostly
    # the first one does.
    days = sorted({lead for row in leads for lead in row if lead >= last})
    found, is_whole = None, True
    low, high, middle = 0, len(days), 0
    while low < high:
        plan, was_whole = _cheapest(offers, chosen, exchange, _ships_by(days[middle], chosen))
        is_whole = is_whole and was_whole
        if plan is None:
            low = middle + 1
        else:
            found, high = plan, middle
        middle = (low + high) // 2
    return found and replace(found, is_exact=found.is_exact and is_whole)


def _ships_by(day: Lead, chosen: Mapping[int, int]) -> Allowed:
    return lambda offer, line_id: _lead(offer, line_id, chosen) <= day


def by_hand(
    offers: Sequence[Offer], picks: Mapping[str, Sequence[Pick]], exchange: Exchange
) -> Plan:
    """What the buyer picked of each quote; picks that are not quoted or not comparable are
    left out."""
    by_id = {offer.quote_id: offer for offer in offers}
    choices: list[Choice] = []
    low = []
    for quote_id, wanted in picks.items():
        offer = by_id.get(quote_id)
        known = [p for p in wanted if offer and landed_lines(offer, [p], exchange)]
        if offer is None or not known:
            continue
        landed = landed_lines(offer, known, exchange) or {}
        choices += [Choice(quote_id, pick, landed[pick.key]) for pick in known]
        if _goods(offer, known) < offer.minimum_order_minor:
            low.append(quote_id)
    return Plan(sorted(choices, key=lambda c: c.pick.key), below_minimum=low)


def _goods(offer: Offer, picks: Sequence[Pick]) -> int:
    """Worth of the goods in the quote's own currency, as its minimum order is."""
    return sum(
        line_total(offer.lines[p.key].prices[p.quantity].unit_price, p.quantity, offer.currency)
        for p in picks
    )


def _lead(offer: Offer, line_id: int, chosen: Mapping[int, int]) -> Lead:
    return offer.starts_later, offer.lines[line_id, 0].prices[chosen[line_id]].lead_time_days


def _costs(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> dict[int, dict[str, int]]:
    """By line and quote what the line costs without freight; absent where unknown.

    What is partly unknown costs more than everything known together, so that it comes last.
    """
    found: dict[int, dict[str, Landed]] = {}
    for line_id, quantity in chosen.items():
        found[line_id] = {}
        for offer in offers:
            alone = landed_lines(offer, [Pick(line_id, quantity)], exchange)
            if alone:
                found[line_id][offer.quote_id] = alone[line_id, 0]
    last = 1 + sum(one.total_minor for row in found.values() for one in row.values())
    return {
        line_id: {
            quote_id: one.total_minor - one.freight_minor + (last if one.not_said else 0)
            for quote_id, one in row.items()
        }
        for line_id, row in found.items()
    }


def _plan(
    assigned: Assigned, offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """The plan of an assignment of lines to offers; None when a line is not quoted so."""
    choices: list[Choice] = []
    low = []
    for offer in offers:
        picks = [Pick(key, chosen[key]) for key, to in sorted(assigned.items()) if to is offer]
        if not picks:
            continue
        landed = landed_lines(offer, picks, exchange)
        if landed is None:
            return None
        choices += [Choice(offer.quote_id, pick, landed[pick.key]) for pick in picks]
        if _goods(offer, picks) < offer.minimum_order_minor:
            low.append(offer.quote_id)
    return Plan(sorted(choices, key=lambda c: c.pick.key), below_minimum=low)


def _cheapest(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange, allowed: Allowed
) -> tuple[Plan | None, bool]:
    """The plan, and whether everything was tried that could have led to a cheaper or to any one."""
    known = [offer for offer in offers if exchange.knows(offer.currency)]
    costs = {
        line_id: {
            at: row[offer.quote_id]
            for at, offer in enumerate(known)
            if offer.quote_id in row and allowed(offer, line_id)
        }
        for line_id, row in _costs(known, chosen, exchange).items()
    }
    wanted = sorted(line_id for line_id, row in costs.items() if row)
    if not wanted:
        return None, True
    task = cover.Task(
        costs=[costs[line_id] for line_id in wanted],
        goods=[
            {at: _goods(known[at], [Pick(line_id, chosen[line_id])]) for at in costs[line_id]}
            for line_id in wanted
        ],
        freight=[exchange.into(offer.freight_minor, offer.currency) or 0 for offer in known],
        least=[offer.minimum_order_minor for offer in known],
    )
    best = cover.cheapest(task, _sets(task))
    is_exact = len(known) <= EXACT_OFFERS and best.is_whole
    if best.assigned is None:
        return None, is_exact
    assigned = {line_id: known[at] for line_id, at in zip(wanted, best.assigned, strict=True)}
    plan = _plan(assigned, known, chosen, exchange)
    missing = [line_id for line_id, row in costs.items() if not row]
    return plan and replace(plan, missing=missing, is_exact=is_exact), is_exact


def _sets(task: cover.Task) -> list[tuple[int, ...]]:
    """Every set of suppliers; above EXACT_OFFERS each alone, all, and all without each."""
    number = len(task.freight)
    if number <= EXACT_OFFERS:
        sizes = range(1, number + 1)
        return [members for size in sizes for members in combinations(range(number), size)]
    return [(at,) for at in range(number)] + _shrinking(task)


def _shrinking(task: cover.Task) -> list[tuple[int, ...]]:
    """From all suppliers to few: leave out whoever makes the rest cheapest, one at a time."""
    members = tuple(range(len(task.freight)))
    steps = [members]
    while len(members) > 1:
        rests = [tuple(at for at in members if at != left) for left in members]
        able = [
            (worth, rest) for rest in rests if (worth := cover.worth_of(task, rest)) is not None
        ]
        if not able:
            break
        members = min(able)[1]
        steps.append(members)
    return steps
