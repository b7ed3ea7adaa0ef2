"""Characteristics of a first article (form 3 of SAE AS9102 Rev C): typed or imported, compared.

Whether a measured value is within its tolerance is computed in decimal numbers, never typed.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from marketplace.core.errors import DomainError
from marketplace.core.spreadsheets import harmless
from orders.table_faults import TableFaults

MOST_ROWS = 500
# Column -> the headings it may have; the first one is what we write.
COLUMNS: Mapping[str, Sequence[str]] = {
    "number": ("number", "char no", "characteristic number", "no", "balloon"),
    "reference": ("reference", "zone", "reference location", "location"),
    "designator": ("designator", "characteristic designator", "class"),
    "requirement": ("requirement", "characteristic", "description"),
    "nominal": ("nominal", "nominal value", "target"),
    "lower": ("lower tolerance", "lower", "tol -", "lower deviation"),
    "upper": ("upper tolerance", "upper", "tol +", "upper deviation"),
    "unit": ("unit", "units"),
    "measured": ("measured", "result", "measured value", "actual"),
    "tool": ("tool", "gauge", "gage", "tooling", "measuring tool"),
    "note": ("note", "remark", "comment"),
}
LONGEST = {
    "number": 12,
    "reference": 40,
    "designator": 40,
    "requirement": 200,
    "unit": 12,
    "tool": 80,
    "note": 200,
}
NUMERIC = ("nominal", "lower", "upper")
NUMBER = re.compile(r"^[+-]?\d{1,9}([.,]\d{1,6})?$")
YES = ("ok", "pass", "conforms", "yes", "good", "in")
NO = ("not ok", "nok", "fail", "does not conform", "no", "out")


@dataclass(frozen=True)
class Characteristic:
    """One row. `lower` and `upper` are signed deviations from `nominal`; a missing one is no limit.

    Without a nominal the requirement is looked at rather than measured: `measured` is "ok" or
    "not ok".
    """

    number: str
    requirement: str
    reference: str = ""
    designator: str = ""
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    measured: str = ""
    tool: str = ""
    note: str = ""

    @property
    def result(self) -> str:
        """in, out, or open while nothing is measured."""
        if not self.measured:
            return "open"
        if self.nominal is None:
            return "in" if self.measured == "ok" else "out"
        value = Decimal(self.measured)
        is_low = self.lower is not None and value < self.nominal + self.lower
        is_high = self.upper is not None and value > self.nominal + self.upper
        return "out" if is_low or is_high else "in"

    @property
    def result_label(self) -> str:
        """The result in words."""
        return {"in": "In tolerance", "out": "Out of tolerance", "open": "Not measured"}[
            self.result
        ]

    @property
    def limits(self) -> str:
        """The lowest and the highest value that is in tolerance."""
        if self.nominal is None:
            return ""
        low = "" if self.lower is None else f"{self.nominal + self.lower}"
        high = "" if self.upper is None else f"{self.nominal + self.upper}"
        if low and high:
            return f"{low} to {high}"
        return f"at least {low}" if low else f"at most {high}"

    def plain(self) -> dict[str, str]:
        """As text, to be kept."""
        return {k: "" if v is None else str(v) for k, v in asdict(self).items()}

    @classmethod
    def from_plain(cls, row: Mapping[str, str]) -> "Characteristic":
        """What `plain` made."""
        numbers = {name: Decimal(row[name]) if row[name] else None for name in NUMERIC}
        return cls(**{**row, **numbers})  # type: ignore[arg-type]


def read_characteristics(rows: Iterable[tuple[str, Mapping[str, str]]]) -> list[Characteristic]:
    """The rows of a table, each with what to call it in a fault ("Row 3").

    Raises TableFaults with every fault by row and column.
    """
    found: list[Characteristic] = []
    faults: list[str] = []
    numbers: set[str] = set()
    for name, cells in rows:
        wrong: dict[str, str] = {}
        row = _read(cells, wrong)
        if row.number and row.number in numbers:
            wrong["number"] = f"{row.number} stands in an earlier row too."
        numbers.add(row.number)
        found.append(row)
        faults += [f"{name}, {COLUMNS[column][0]}: {why}" for column, why in wrong.items()]
    if len(found) > MOST_ROWS:
        faults.append(f"A report has at most {MOST_ROWS} characteristics.")
    if faults:
        raise TableFaults(faults)
    return found


def _read(cells: Mapping[str, str], wrong: dict[str, str]) -> Characteristic:
    texts = {name: " ".join(cells.get(name, "").split()) for name in COLUMNS}
    for name, most in LONGEST.items():
        if len(texts[name]) > most:
            wrong[name] = f"{len(texts[name])} characters are more than {most}."
            texts[name] = texts[name][:most]
    for name in ("number", "requirement"):
        if not texts[name]:
            wrong[name] = "Fill it in."
    figures = {name: _number(texts.pop(name), name, wrong) for name in NUMERIC}
    nominal, lower, upper = (figures[name] for name in NUMERIC)
    if nominal is None:
        for name in ("lower", "upper"):
            if figures[name] is not None:
                wrong["nominal"] = "A tolerance needs its nominal."
    elif lower is None and upper is None and not {"lower", "upper"} & set(wrong):
        wrong["upper"] = (
            "Give a lower or an upper tolerance, or leave the nominal empty and write ok or not ok."
        )
    elif lower is not None and upper is not None and lower > upper:
        wrong["lower"] = f"{lower} lies above the upper tolerance {upper}. Mind the signs."
    measured = texts.pop("measured")
    if "nominal" not in wrong:
        measured = _measured(measured, nominal is not None, wrong)
    plain = {name: "" if value is None else str(value) for name, value in figures.items()}
    return Characteristic.from_plain({**texts, **plain, "measured": measured})


def _number(cell: str, column: str, wrong: dict[str, str]) -> Decimal | None:
    plain = cell.removeprefix("'").replace("−", "-").replace(" ", "")
    if not plain:
        return None
    if not NUMBER.match(plain):
        wrong[column] = f"“{cell[:30]}” is no number we can read. Write it as -0.05."
        return None
    return Decimal(plain.replace(",", "."))


def _measured(cell: str, is_number: bool, wrong: dict[str, str]) -> str:
    if is_number:
        value = _number(cell, "measured", wrong)
        return "" if value is None else str(value)
    word = cell.casefold()
    if word in YES or word in NO:
        return "ok" if word in YES else "not ok"
    if word:
        wrong["measured"] = f"“{cell[:30]}”: without a nominal write ok or not ok."
    return ""


def rows_of_table(table: Sequence[Sequence[str]]) -> list[tuple[str, dict[str, str]]]:
    """The rows of a spreadsheet under their headings. Raises TableFaults for headings we do not
    know, DomainError for an empty table."""
    if len(table) < 2:
        raise DomainError("The table needs a row of headings and a row for each characteristic.")
    names = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}
    places: dict[str, int] = {}
    faults = []
    for at, cell in enumerate(table[0]):
        heading = " ".join(cell.replace("_", " ").casefold().split()).rstrip(".:")
        column = names.get(heading, "")
        if heading and not column and heading not in IGNORED:
            faults.append(f"Row 1: the heading “{cell[:40]}” is none we know.")
        elif column in places:
            faults.append(f"Row 1: two columns are the {COLUMNS[column][0]}.")
        elif column:
            places[column] = at
    for column in ("number", "requirement"):
        if column not in places:
            faults.append(f"Row 1: the column “{COLUMNS[column][0]}” is missing.")
    if faults:
        raise TableFaults(faults)
    return [
        (
            f"Row {number}",
            {column: cells[at] if at < len(cells) else "" for column, at in places.items()},
        )
        for number, cells in enumerate(table[1:], start=2)
    ]


# What we compute ourselves and write into the CSV; an import leaves it aside.
IGNORED = ("in tolerance",)


def csv_of(rows: Iterable[Characteristic]) -> str:
    """The table as CSV; it can be changed and imported again."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*(names[0] for names in COLUMNS.values()), IGNORED[0]])
    for row in rows:
        plain = row.plain()
        # A checked number is no formula, whatever sign it begins with.
        cells = [
            cell if NUMBER.match(cell) else harmless(cell)
            for cell in (plain[column] for column in COLUMNS)
        ]
        writer.writerow([*cells, row.result_label])
    return written.getvalue()
