"""Read one part file from the command line, exactly as the site reads an upload."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.parts.geometry.facts import (
    UNITS_A_PERSON_MAY_GIVE,
    GeometryError,
    PartFacts,
    hole_groups,
)
from marketplace.parts.geometry.figures import Figure
from marketplace.parts.geometry.reader import read_part

EXIT_REFUSED = 2


class Command(BaseCommand):
    """Print the facts of a part file and exit with 0, or print why it cannot be used, with 2."""

    help = "Read a part file: format, units, volume, area, size, bodies, warnings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, its unit, and where to and how to print."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--units",
            choices=UNITS_A_PERSON_MAY_GIVE,
            help="unit of files that do not name one",
        )
        parser.add_argument("--out", type=Path, help="folder for the pictures")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file and print; needs no database."""
        try:
            facts = _read(options["file"], options["out"], options["units"])
        except GeometryError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"error": error.as_dict()}, indent=2))
            else:
                self.stderr.write(f"{error.message} [{error.code}]")
            sys.exit(EXIT_REFUSED)
        if options["json"]:
            self.stdout.write(json.dumps(facts.as_dict(), indent=2))
        else:
            self.stdout.write(_table(facts))


def _read(path: Path, out: Path | None, units: str | None) -> PartFacts:
    if not path.is_file():
        raise GeometryError("not_found", f"There is no file {str(path)!r}.")
    return read_part(path, out, units=units)


def _table(facts: PartFacts) -> str:
    size = " x ".join(f"{side:,.3f}" for side in facts.bbox_mm) if facts.bbox_mm else "-"
    rows = [
        ("format", facts.format),
        ("units", f"{facts.units or '-'} ({facts.units_source})"),
        ("size", f"{size} mm"),
        ("volume", _number(facts.volume_mm3, "mm3")),
        ("area", _number(facts.area_mm2, "mm2")),
        ("bodies", f"{facts.solids:,}"),
        ("triangles", f"{facts.triangles:,}"),
        ("closed", "yes" if facts.watertight else "no"),
        ("pages", "-" if facts.pages is None else f"{facts.pages:,}"),
    ]
    lines = [f"{label:<10} {value}" for label, value in rows]
    lines += [_figure(name, figure) for name, figure in facts.figures.items()]
    for group in hole_groups(facts.holes):
        words = f"{group['count']} x {group['diameter_mm']:.3f} mm, {group['depth_mm']:.3f} deep"
        lines.append(f"hole       {words}, {group['kind']}")
    lines += [f"! {warning.message} [{warning.code}]" for warning in facts.warnings]
    return "\n".join(lines)


def _figure(name: str, figure: Figure) -> str:
    """Return one line for a figure: its value with unit and origin, or why there is none."""
    if figure.value is None:
        return f"  {name:<26} - ({figure.reason})"
    values = figure.value if isinstance(figure.value, list) else [figure.value]
    words = " ".join(f"{v:,.4g}" if isinstance(v, float) else str(v) for v in values)
    return f"  {name:<26} {words} {figure.unit} ({figure.how})"


def _number(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:,.3f} {unit}"
