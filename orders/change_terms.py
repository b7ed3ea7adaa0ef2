"""What a change order changes: plain values of an order before and after, and their totals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.money import MAX_MINOR, Money, line_total
from marketplace.core.templatetags.formats import money, plain_day, quantity, unit_price


@dataclass(frozen=True)
class LineTerms:
    """One line: `unit_price` in major units, what is paid once in minor units.

    `revision` is the public id of a part revision, `label` what people call it; `files` are those
    that are made, `charges` documents and inspections by name.
    """

    part_number: str
    quantity: int
    unit_price: Decimal
    revision: str
    label: str
    files: Sequence[Mapping[str, str]] = ()
    setup_minor: int = 0
    tooling_minor: int = 0
    charges: Sequence[tuple[str, int]] = ()

    @property
    def charges_minor(self) -> int:
        """Documents and inspections together."""
        return sum(amount for _, amount in self.charges)


@dataclass(frozen=True)
class OrderTerms:
    """Everything a change can touch: the lines by public id, in the order's order."""

    lines: Mapping[str, LineTerms]
    freight_minor: int
    ship_by: date | None


@dataclass(frozen=True)
class LineChange:
    """What becomes other of one line; None leaves a value as it is. `charges` are amounts by the
    charge's place."""

    quantity: int | None = None
    unit_price: Decimal | None = None
    revision: str = ""
    setup_minor: int | None = None
    tooling_minor: int | None = None
    charges: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """What one side wants otherwise: lines by public id, freight (minor units), day to ship."""

    lines: Mapping[str, LineChange] = field(default_factory=dict)
    freight_minor: int | None = None
    ship_by: date | None = None


@dataclass(frozen=True)
class Totals:
    """What an order costs, minor units; `lines` are the goods of each line by public id."""

    lines: Mapping[str, int]
    setup_minor: int
    tooling_minor: int
    charges_minor: int
    freight_minor: int

    @property
    def goods_minor(self) -> int:
        """All pieces of all lines."""
        return sum(self.lines.values())

    @property
    def total_minor(self) -> int:
        """Goods, setup, tooling, documents and inspections, freight."""
        once = self.setup_minor + self.tooling_minor + self.charges_minor
        return self.goods_minor + once + self.freight_minor


def proposed(before: OrderTerms, wanted: Proposal) -> OrderTerms:
    """The terms with what is wanted otherwise. The new files of another revision are the caller's
    to fill in. Raises KeyError for a line that is not there, IndexError for such a charge."""
    lines = dict(before.lines)
    for name, change in wanted.lines.items():
        old = lines[name]
        charges = list(old.charges)
        for place, amount in change.charges.items():
            charges[place] = (charges[place][0], amount)
        lines[name] = replace(
            old,
            quantity=_or(change.quantity, old.quantity),
            unit_price=_or(change.unit_price, old.unit_price),
            revision=change.revision or old.revision,
            setup_minor=_or(change.setup_minor, old.setup_minor),
            tooling_minor=_or(change.tooling_minor, old.tooling_minor),
            charges=tuple(charges),
        )
    return OrderTerms(
        lines, _or(wanted.freight_minor, before.freight_minor), wanted.ship_by or before.ship_by
    )


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def priced(terms: OrderTerms, currency: str) -> Totals:
    """The totals: each line is rounded once, half up, as when the order was placed.

    Raises ValueError for an amount beyond the largest one allowed.
    """
    rows = terms.lines.values()
    totals = Totals(
        {
            name: line_total(row.unit_price, row.quantity, currency)
            for name, row in terms.lines.items()
        },
        sum(row.setup_minor for row in rows),
        sum(row.tooling_minor for row in rows),
        sum(row.charges_minor for row in rows),
        terms.freight_minor,
    )
    if totals.total_minor > MAX_MINOR:
        raise ValueError("This comes to more than an order can hold.")
    return totals


def plain(terms: OrderTerms, currency: str) -> dict[str, Any]:
    """The terms as JSON, with what each line comes to; `terms_from` gives them back."""
    totals = priced(terms, currency)
    return {
        "lines": {
            name: {
                **vars(row),
                "unit_price": f"{row.unit_price:.4f}",
                "files": [dict(file) for file in row.files],
                "charges": [[label, amount] for label, amount in row.charges],
                "total_minor": totals.lines[name],
            }
            for name, row in terms.lines.items()
        },
        "freight_minor": terms.freight_minor,
        "ship_by": terms.ship_by.isoformat() if terms.ship_by else None,
    }


def terms_from(kept: Mapping[str, Any]) -> OrderTerms:
    """What `plain` made."""
    lines = {}
    for name, row in kept["lines"].items():
        values = {key: value for key, value in row.items() if key != "total_minor"}
        values["unit_price"] = Decimal(values["unit_price"])
        values["charges"] = tuple((label, amount) for label, amount in values["charges"])
        lines[name] = LineTerms(**values)
    day = kept["ship_by"]
    return OrderTerms(lines, kept["freight_minor"], date.fromisoformat(day) if day else None)


@dataclass(frozen=True)
class Difference:
    """One value that becomes another, in words: of a line (its public id) or of the order ("")."""

    line: str
    part_number: str
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        about = f"{self.part_number}, " if self.part_number else ""
        return f"{about}{self.what}: {self.old} → {self.new}"


def differences(before: OrderTerms, after: OrderTerms, currency: str) -> list[Difference]:
    """Everything that becomes other, line by line, then the order's own values."""
    found = [
        Difference(name, old.part_number, what, was, now)
        for name, old in before.lines.items()
        for what, was, now in _of_line(old, after.lines[name], currency)
    ]
    freight = (before.freight_minor, after.freight_minor)
    if freight[0] != freight[1]:
        was, now = (money(Money(minor, currency)) for minor in freight)
        found.append(Difference("", "", "Freight", was, now))
    if before.ship_by != after.ship_by:
        was, now = (plain_day(day) if day else "not set" for day in (before.ship_by, after.ship_by))
        found.append(Difference("", "", "Ship by", was, now))
    return found


def _of_line(old: LineTerms, new: LineTerms, currency: str) -> Iterator[tuple[str, str, str]]:
    if old.quantity != new.quantity:
        now = quantity(new.quantity) if new.quantity else "none, the line is dropped"
        yield "quantity", quantity(old.quantity), now
    if old.unit_price != new.unit_price:
        prices = (unit_price(row.unit_price, currency) for row in (old, new))
        yield ("unit price", *prices)  # type: ignore[misc]
    if old.revision != new.revision:
        yield "revision", old.label, new.label
    once = [
        ("setup", old.setup_minor, new.setup_minor),
        ("tooling", old.tooling_minor, new.tooling_minor),
        *(
            (label, was, now)
            for (label, was), (_, now) in zip(old.charges, new.charges, strict=True)
        ),
    ]
    for what, was, is_now in once:
        if was != is_now:
            yield what, money(Money(was, currency)), money(Money(is_now, currency))
