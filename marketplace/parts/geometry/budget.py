"""The share of processor time that measuring may take beyond reading the file."""

import time


class OutOfTime(Exception):
    """The share is used up; what was being measured stays unknown."""


class Budget:
    """Seconds of processor time from now on."""

    def __init__(self, seconds: float) -> None:
        self.until = time.process_time() + seconds

    def check(self) -> None:
        """Raise OutOfTime when the share is used up."""
        if time.process_time() > self.until:
            raise OutOfTime
