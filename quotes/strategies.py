"""Ways to award a request: one supplier, the cheapest mix, the earliest delivery, by hand.

Pure functions over the offers as asked; alternates are chosen by hand only. A plan's total is the
sum of its lines' landed prices in the request's currency.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from marketplace.core.money import line_total
from quotes.comparison import Exchange, Landed, Offer, landed_lines
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
    exist: more than EXACT_OFFERS quotes, or minimum orders that only a dearer line would reach.
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
    def lead_time_days(self) -> int:
        """Until the last of it ships."""
        return max((choice.landed.lead_time_days for choice in self.choices), default=0)

    @property
    def quote_ids(self) -> list[str]:
        """Those that get an order, each once."""
        return list(dict.fromkeys(choice.quote_id for choice in self.choices))


Assigned = Mapping[int, Offer]
Allowed = Callable[[Offer, int], bool]


def best_single(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """Everything from the one quote where it costs least; None when none quotes all of it and
    delivers that little."""
    plans = [
        plan
        for offer in offers
        if (plan := _plan(dict.fromkeys(chosen, offer), offers, chosen, exchange))
        and not plan.below_minimum
    ]
    return min(plans, key=lambda plan: plan.total_minor, default=None)


def cheapest_mix(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """The lines where each set of suppliers costs least, freight counted once for each of them.

    Of equal totals the one with fewer suppliers, then with the earlier ones. None when nothing
    that is quoted can be ordered.
    """
    return _cheapest(offers, chosen, exchange, lambda offer, line_id: True)


def earliest_delivery(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> Plan | None:
    """The cheapest mix among those that ship everything as early as it can be had."""
    costs = _costs(offers, chosen, exchange)
    soonest = [
        min(_lead(offer, line_id, chosen) for offer in offers if offer.quote_id in costs[line_id])
        for line_id in chosen
        if costs[line_id]
    ]
    last = max(soonest, default=0)
    return _cheapest(
        offers, chosen, exchange, lambda offer, line_id: _lead(offer, line_id, chosen) <= last
    )


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


def _lead(offer: Offer, line_id: int, chosen: Mapping[int, int]) -> int:
    return offer.lines[line_id, 0].prices[chosen[line_id]].lead_time_days


def _costs(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> dict[int, dict[str, int]]:
    """By line and quote what the line costs without freight; absent where unknown."""
    costs: dict[int, dict[str, int]] = {}
    for line_id, quantity in chosen.items():
        costs[line_id] = {}
        for offer in offers:
            alone = landed_lines(offer, [Pick(line_id, quantity)], exchange)
            if alone:
                landed = alone[line_id, 0]
                costs[line_id][offer.quote_id] = landed.total_minor - landed.freight_minor
    return costs


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


@dataclass(frozen=True)
class _Problem:
    offers: Sequence[Offer]
    chosen: Mapping[int, int]
    exchange: Exchange
    costs: Mapping[int, Mapping[str, int]]

    def assign(self, members: Sequence[Offer]) -> dict[int, Offer] | None:
        """Each line to the member where it costs least; None when a line has none."""
        assigned = {}
        for line_id, row in self.costs.items():
            able = [offer for offer in members if offer.quote_id in row]
            if not able:
                return None
            assigned[line_id] = min(able, key=lambda offer: row[offer.quote_id])
        return assigned

    def cost(self, assigned: Assigned) -> int:
        """With the freight of those that deliver."""
        used = {id(offer): offer for offer in assigned.values()}
        freight = sum(
            self.exchange.into(offer.freight_minor, offer.currency) or 0 for offer in used.values()
        )
        return freight + sum(
            self.costs[line_id][offer.quote_id] for line_id, offer in assigned.items()
        )

    def is_short(self, assigned: Assigned) -> bool:
        """True when somebody's minimum order is not reached."""
        return any(
            offer.minimum_order_minor
            and _goods(
                offer,
                [Pick(key, self.chosen[key]) for key, to in assigned.items() if to is offer],
            )
            < offer.minimum_order_minor
            for offer in {id(o): o for o in assigned.values()}.values()
        )


def _cheapest(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange, allowed: Allowed
) -> Plan | None:
    known = [offer for offer in offers if exchange.knows(offer.currency)]
    costs = {
        line_id: {
            offer.quote_id: row[offer.quote_id]
            for offer in known
            if offer.quote_id in row and allowed(offer, line_id)
        }
        for line_id, row in _costs(known, chosen, exchange).items()
    }
    missing = [line_id for line_id, row in costs.items() if not row]
    problem = _Problem(
        known, chosen, exchange, {line_id: row for line_id, row in costs.items() if row}
    )
    if not problem.costs:
        return None
    best, was_short = _search(problem)
    if best is None:
        return None
    plan = _plan(best, known, chosen, exchange)
    return plan and Plan(
        plan.choices, missing, plan.below_minimum, len(known) <= EXACT_OFFERS and not was_short
    )


def _search(problem: _Problem) -> tuple[dict[int, Offer] | None, bool]:
    """The cheapest assignment, smaller and earlier sets first, and whether a minimum order kept a
    set out."""
    best: dict[int, Offer] | None = None
    lowest = 0
    was_short = False
    for members in _sets(problem):
        assigned = problem.assign(members)
        if assigned is None:
            continue
        cost = problem.cost(assigned)
        if best is not None and cost >= lowest:
            continue
        if problem.is_short(assigned):
            was_short = True
            continue
        best, lowest = assigned, cost
    return best, was_short


def _sets(problem: _Problem) -> Sequence[Sequence[Offer]]:
    """Every set of suppliers; above EXACT_OFFERS each alone, all, and all without each."""
    offers = problem.offers
    if len(offers) <= EXACT_OFFERS:
        return [
            members for size in range(1, len(offers) + 1) for members in combinations(offers, size)
        ]
    return [[offer] for offer in offers] + _shrinking(problem)


def _shrinking(problem: _Problem) -> list[Sequence[Offer]]:
    """From all suppliers to few: leave out whoever makes the rest cheapest, one at a time."""
    members = list(problem.offers)
    steps: list[Sequence[Offer]] = [list(members)]
    while len(members) > 1:
        rests = [[o for o in members if o is not left] for left in members]
        able = [(problem.cost(found), rest) for rest in rests if (found := problem.assign(rest))]
        if not able:
            break
        members = min(able, key=lambda pair: pair[0])[1]
        steps.insert(0, members)
    return steps
