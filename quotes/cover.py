"""Which supplier delivers which line when everybody's minimum order has to be reached.

Pure integers: lines and suppliers are numbers. For a set of suppliers each line goes where it
costs least; where that leaves somebody below the minimum, lines are moved there as cheaply as can
be, found by branch and bound. A set whose lower bound is not below the best found is not looked
at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# Assignments looked at for one task; 0.1 s of processor time at 30 lines and 8 suppliers.
MOST_TRIED = 6000


@dataclass(frozen=True)
class Task:
    """`costs` and `goods` are by line: supplier -> minor units; a supplier that is absent does not
    deliver the line. Costs are in one currency, without freight. `goods` and `least` (the minimum
    order, 0 for none) are in each supplier's own; `freight` is paid once by supplier."""

    costs: Sequence[Mapping[int, int]]
    goods: Sequence[Mapping[int, int]]
    freight: Sequence[int]
    least: Sequence[int]

    def total(self, assigned: Sequence[int]) -> int:
        """What an assignment costs, freight of those that deliver included."""
        freight = sum(self.freight[at] for at in set(assigned))
        return freight + sum(self.costs[line][at] for line, at in enumerate(assigned))


@dataclass(frozen=True)
class Found:
    """The cheapest assignment (line -> supplier); None when nothing can be ordered. `is_whole`
    False when not everything was tried."""

    assigned: Sequence[int] | None
    is_whole: bool


@dataclass
class _Search:
    """What is left of the tries, and whether they were enough."""

    left: int = MOST_TRIED
    is_whole: bool = True
    best: list[int] | None = None
    rank: tuple[int, int, tuple[int, ...]] = field(default=(0, 0, ()))

    def offer(self, task: Task, assigned: list[int]) -> None:
        """Keep an assignment when it is cheaper, or of the same total has fewer or earlier
        suppliers."""
        used = tuple(sorted(set(assigned)))
        rank = (task.total(assigned), len(used), used)
        if self.best is None or rank < self.rank:
            self.best, self.rank = list(assigned), rank


def cheapest(task: Task, sets: Iterable[tuple[int, ...]]) -> Found:
    """The best assignment that uses one of the sets and reaches every minimum order in it.

    Exact over `sets` when `is_whole`; over all sets of suppliers it is the optimum.
    """
    search = _Search()
    bounded = [(worth, len(s), s) for s in sets if (worth := worth_of(task, s)) is not None]
    for worth, _, members in sorted(bounded):
        if search.best is not None and worth > search.rank[0]:
            break
        _try(task, members, search)
    return Found(search.best, search.is_whole)


def worth_of(task: Task, members: Sequence[int]) -> int | None:
    """The least the lines can cost from these suppliers with the freight of all of them, minimum
    orders left aside; None when they do not deliver every line."""
    total = sum(task.freight[at] for at in members)
    for row in task.costs:
        able = [row[at] for at in members if at in row]
        if not able:
            return None
        total += min(able)
    return total


def _try(task: Task, members: Sequence[int], search: _Search) -> None:
    """Offer the best assignment of the lines to `members` in which each reaches its minimum."""
    plain = [min((row[at], at) for at in members if at in row)[1] for row in task.costs]
    short = [at for at in set(plain) if _goods_of(task, plain, at) < task.least[at]]
    if not short:
        search.offer(task, plain)
        return
    bound = [at for at in members if task.least[at]]
    # Lines that nobody with a minimum order delivers stay where they cost least.
    movable = [line for line, row in enumerate(task.costs) if any(at in row for at in bound)]
    # Big lines first: they decide whether a minimum is reached.
    movable.sort(key=lambda line: (-max(task.goods[line].values()), line))
    need = {at: task.least[at] for at in bound}
    floor = sum(task.costs[line][plain[line]] for line in range(len(plain)))
    floor += sum(task.freight[at] for at in members)
    # What the lines left can bring each supplier, and how many minimum orders they can reach at
    # most, whoever delivers them.
    rest, most = [dict.fromkeys(bound, 0)], [0.0]
    for line in reversed(movable):
        goods = task.goods[line]
        rest.append({at: rest[-1][at] + goods.get(at, 0) for at in bound})
        most.append(most[-1] + max(goods[at] / task.least[at] for at in bound if at in goods))
    rest.reverse()
    most.reverse()
    cheap = {at: _by_worth(task, members, movable, at) for at in bound}
    _Branch(task, tuple(members), movable, rest, most, cheap, search, plain).go(0, need, floor)


def _by_worth(
    task: Task, members: Sequence[int], movable: Sequence[int], at: int
) -> list[tuple[float, int, int]]:
    """(what moving the line to a supplier costs more for each unit of goods, its goods, place among
    the movable lines), the cheapest first."""
    found = []
    for place, line in enumerate(movable):
        row, goods = task.costs[line], task.goods[line].get(at, 0)
        if goods > 0:
            extra = row[at] - min(row[member] for member in members if member in row)
            found.append((extra / goods, goods, place))
    return sorted(found)


def _goods_of(task: Task, assigned: Sequence[int], supplier: int) -> int:
    return sum(task.goods[line][at] for line, at in enumerate(assigned) if at == supplier)


@dataclass
class _Branch:
    """Depth first over `movable` lines; `assigned` is the present assignment."""

    task: Task
    members: tuple[int, ...]
    movable: Sequence[int]
    rest: Sequence[Mapping[int, int]]
    most: Sequence[float]
    cheap: Mapping[int, Sequence[tuple[float, int, int]]]
    search: _Search
    assigned: list[int]

    def go(self, here: int, need: Mapping[int, int], floor: int) -> None:
        """Assign the lines from `here` on. `need` is what each supplier still lacks, `floor` what
        the lines cost at least."""
        search = self.search
        if search.left <= 0:
            search.is_whole = False
            return
        search.left -= 1
        if any(lack > self.rest[here][at] for at, lack in need.items()):
            return
        lacks = sum(lack / self.task.least[at] for at, lack in need.items())
        if lacks > self.most[here] * (1 + 1e-9):
            return
        if search.best is not None and floor + self._lack(here, need) >= search.rank[0]:
            return
        if here == len(self.movable):
            search.offer(self.task, self.assigned)
            return
        line = self.movable[here]
        row, goods = self.task.costs[line], self.task.goods[line]
        was = self.assigned[line]
        for cost, at in sorted((row[at], at) for at in self.members if at in row):
            self.assigned[line] = at
            left = {**need, at: max(0, need[at] - goods[at])} if at in need else need
            self.go(here + 1, left, floor + cost - row[was])
        self.assigned[line] = was

    def _lack(self, here: int, need: Mapping[int, int]) -> int:
        """What reaching the minimum orders costs more at least: each supplier alone, lines taken
        in parts, those that cost least for their worth first. A line is delivered by one supplier
        only, so the amounts add up."""
        more = 0.0
        for at, lack in need.items():
            for each, goods, place in self.cheap[at]:
                if lack <= 0:
                    break
                if place >= here:
                    more += each * min(goods, lack)
                    lack -= goods
        # Rounded down, less what fractions may be off: never above the true amount.
        return int(more * (1 - 1e-9))
