"""What a mutant is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """In `file` the text `old` becomes `new`; then `drill` (a file and test of DRILLS) must fail.

    `sql` is run on the test's database before, for a safeguard that lives there. A control changes
    nothing that matters: its drills must pass.
    """

    name: str
    file: str
    old: str
    new: str
    drill: str
    sql: str = ""
    is_control: bool = False
