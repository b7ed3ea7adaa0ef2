"""A price broken down: the rows that a page or a paper shows, which add up to its total."""

from collections.abc import Sequence
from typing import Protocol


class Priced(Protocol):
    """What a contract or an offer is made of, in minor units of one currency."""

    @property
    def goods_minor(self) -> int: ...
    @property
    def setup_minor(self) -> int: ...
    @property
    def tooling_minor(self) -> int: ...
    @property
    def charges_minor(self) -> int: ...
    @property
    def freight_minor(self) -> int: ...


def price_rows(priced: Priced, incoterm: str = "") -> list[tuple[str, int]]:
    """Named amounts in minor units; parts and freight always, the others when they are not 0.

    `incoterm` stands beside the freight when it is given.
    """
    table = price_table([priced], incoterm)
    return [(name, minor) for name, [minor] in table if minor is not None]


def price_table(
    columns: Sequence[Priced | None], incoterm: str = ""
) -> list[tuple[str, list[int | None]]]:
    """The same rows for several prices side by side; None where a price is not known.

    A row that is 0 in every column is left out, except parts and freight.
    """
    freight = f"Freight ({incoterm})" if incoterm else "Freight"
    parts = [_amounts_of(one) for one in columns]
    names = ("Parts", "Setup", "Tooling", "Documents and inspections", freight)
    rows = [
        (name, [None if amounts is None else amounts[at] for amounts in parts])
        for at, name in enumerate(names)
    ]
    return [row for row in rows if any(row[1]) or row[0] in ("Parts", freight)]


def _amounts_of(priced: Priced | None) -> tuple[int, ...] | None:
    if priced is None:
        return None
    return (
        priced.goods_minor,
        priced.setup_minor,
        priced.tooling_minor,
        priced.charges_minor,
        priced.freight_minor,
    )
