"""Faults on purpose: the answers a network and a busy Stripe give."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

KINDS = ("500", "429", "slow", "late", "lost_response", "cut")


@dataclass
class Fault:
    """One planned fault.

    ``500``: nothing is done and a 500 is answered (and kept under the idempotency key);
    ``429``: nothing is done; ``slow``: wait ``seconds``, then do it; ``late``: do it, answer
    after ``seconds``; ``lost_response``: do it, answer a 500 that is kept under the key;
    ``cut``: do it and close the connection without an answer.
    """

    kind: str
    method: str = "POST"
    path: str = ".*"
    times: int = 1
    seconds: float = 1.0


class Faults:
    """The planned faults; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a fault; raises ``ValueError`` for a kind or pattern that does not exist."""
        if fault.kind not in KINDS:
            raise ValueError(f"Unknown fault {fault.kind}; choose one of {', '.join(KINDS)}.")
        re.compile(fault.path)
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self._planned.clear()

    def planned(self) -> list[Fault]:
        """Return what is still to come."""
        with self._lock:
            return list(self._planned)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault this call meets and use it up once."""
        with self._lock:
            for fault in self._planned:
                if fault.method in (method, "*") and re.search(fault.path, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._planned.remove(fault)
                    return fault
        return None
