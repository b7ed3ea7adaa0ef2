"""The taxonomy's words as a person writes them: by code, by name, or by enough of the name."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.directory.models import (
    Certification,
    Finish,
    InspectionLevel,
    Material,
    Process,
    QualityDocument,
)
from quotes.models import RFQLine
from quotes.rules import MAX_QUANTITIES, MAX_QUANTITY


class UnknownTerm(ValueError):
    """A word the taxonomy does not have; the message is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class Terms:
    """The taxonomy's choices by code, read once for all lines of a builder."""

    processes: Mapping[str, Process]
    materials: Mapping[str, Material]
    finishes: Mapping[str, Finish]
    inspections: Mapping[str, InspectionLevel]
    documents: Mapping[str, QualityDocument]
    certifications: Mapping[str, Certification]

    @classmethod
    def read(cls) -> "Terms":
        """Six queries."""

        def by_code(rows: Iterable[Any]) -> dict[str, Any]:
            return {row.code: row for row in rows}

        return cls(
            by_code(Process.objects.filter(is_active=True)),
            by_code(Material.objects.filter(is_active=True)),
            by_code(Finish.objects.filter(is_active=True)),
            by_code(InspectionLevel.objects.filter(is_active=True)),
            by_code(QualityDocument.objects.filter(is_active=True)),
            by_code(Certification.objects.filter(is_active=True)),
        )


# What people write for the general tolerances of ISO 2768-1.
_TOLERANCES = {
    **{code.value: code.value for code in RFQLine.Tolerance},
    "fine": "f",
    "medium": "m",
    "coarse": "c",
    "very coarse": "v",
    "as drawing": "drawing",
    "as on drawing": "drawing",
    "as on the drawing": "drawing",
}


def find_term(text: str, rows: Mapping[str, Any], what: str) -> Any:
    """The row `text` names: its code, its name, or a part of exactly one name.

    Raises UnknownTerm with what comes near it.
    """
    wanted = " ".join(text.split()).casefold()
    named = {row.name.casefold(): row for row in rows.values()}
    exact = rows.get(wanted) or named.get(wanted)
    if exact is not None:
        return exact
    inside = [row for name, row in named.items() if wanted in name]
    if len(inside) == 1:
        return inside[0]
    near = [row.name for row in inside[:3]] or [
        named[name].name for name in difflib.get_close_matches(wanted, list(named), 2, 0.5)
    ]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownTerm(f"“{text[:60]}” is not {what} we know.{hint}")


def find_tolerance(text: str) -> str:
    """The tolerance class of "m", "ISO 2768-m", "ISO 2768-1 mK", "fine", "as drawing".

    Raises UnknownTerm.
    """
    wanted = " ".join(text.split()).casefold()
    for start in ("din iso 2768-1", "iso 2768-1", "din iso 2768", "iso 2768", "2768"):
        wanted = wanted.removeprefix(start)
    wanted = wanted.strip(" -:()")
    # The second letter of "mK" is the class of ISO 2768-2, which a line does not carry.
    if len(wanted) == 2 and wanted[1] in "hkl":
        wanted = wanted[0]
    found = _TOLERANCES.get(wanted)
    if found is None:
        raise UnknownTerm(
            f"“{text[:60]}” is not a tolerance class. Write f, m, c, v or “as drawing”."
        )
    return found


def quantities_of(text: str) -> list[int]:
    """Whole numbers from 1, divided by commas, semicolons, slashes or spaces, rising.

    Raises ValueError with a sentence for anything else.
    """
    for divider in ";/|\n\t ":
        text = text.replace(divider, ",")
    words = [word for word in text.split(",") if word]
    if any(not word.isascii() or not word.isdigit() or len(word) > 8 for word in words):
        raise ValueError("Enter whole numbers such as 1, 10, 100.")
    quantities = sorted({int(word) for word in words})
    if quantities and quantities[0] == 0:
        raise ValueError("A quantity is at least 1.")
    if quantities and quantities[-1] > MAX_QUANTITY:
        raise ValueError("A quantity is at most 10,000,000.")
    if len(quantities) > MAX_QUANTITIES:
        raise ValueError("Ask for at most five quantities a line.")
    return quantities
