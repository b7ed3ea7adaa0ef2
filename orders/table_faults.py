"""All that is wrong with a table somebody sent."""

from collections.abc import Sequence

from marketplace.core.errors import DomainError


class TableFaults(DomainError):
    """Nothing of a table was taken; `faults` are all that is wrong with it, by row."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"Nothing was imported. {' '.join(faults[:20])}")
        self.faults = list(faults)
