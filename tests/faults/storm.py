"""Clients that write under unique keys while something is broken, and what came of each write.

`ok` was acknowledged, `refused` answered with an error, `unknown` got no answer. After the storm
every acknowledged write is there once, the others may or may not be, and each key sent again
converges: once, whatever happened before.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Address
from marketplace.core.models import Event
from tests.faults.house import Answer, Door, wait_for

PATH = "/api/v1/addresses/"


def address(label: str) -> dict[str, str]:
    """The body that adds an address; nothing but its label tells two of them apart."""
    return {"label": label, "recipient": "Bea", "lines": "Werkstr. 1, Aachen", "country": "DE"}


def written(label: str) -> tuple[int, int]:
    """How many addresses and how many facts of them there are."""
    ids = list(Address.objects.filter(label=label).values_list("public_id", flat=True))
    return len(ids), Event.objects.filter(type="address_added", subject__in=ids).count()


@dataclass
class Storm:
    """What each client got."""

    server: Door
    tokens: Sequence[str]
    # Two for each token are kept free: an organization has at most fifty addresses.
    writes: int
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    reads: list[Answer] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def blowing(self) -> Iterator[None]:
        """Clients write inside this block, which ends when all have written what they wanted."""
        threads = [threading.Thread(target=self._write, args=(token,)) for token in self.tokens]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for thread in threads:
                thread.join(timeout=120)

    def _write(self, token: str) -> None:
        for number in range(self.writes):
            if number == self.writes // 2:
                self._read(token)
            label = f"{token[-8:]}-{number}"
            answer = self.server.ask("POST", PATH, address(label), token=token, key=label)
            self.answers[token, label] = answer
            time.sleep(0.02)

    def _read(self, token: str) -> None:
        """Between its writes a client reads until it is told that it is enough."""
        while not self.enough.is_set():
            self.reads.append(self.server.ask("GET", PATH, token=token))
            time.sleep(0.05)

    def wait_for(self, count: int) -> None:
        """Until so many answers are there."""
        wait_for(lambda: len(self.answers) >= count)

    def counts(self) -> Counter[str]:
        return Counter(_outcome(answer) for answer in self.answers.values())

    def lost(self) -> int:
        """Acknowledged writes that are not there exactly once. Ask before `settle`."""
        done = [key[1] for key, answer in self.answers.items() if _outcome(answer) == "ok"]
        return sum(written(label) != (1, 1) for label in done)

    def settle(self) -> None:
        """Send every key again until it is answered; each write must be there once."""
        for token, label in self.answers:
            wait_for(lambda: self._again(token, label).status == 201)  # noqa: B023
            assert written(label) == (1, 1), label

    def _again(self, token: str, label: str) -> Answer:
        return self.server.ask("POST", PATH, address(label), token=token, key=label)

    def slowest(self) -> float:
        return max(answer.seconds for answer in self.answers.values())

    def said(self) -> str:
        """The outcomes in words."""
        found = self.counts()
        words = ", ".join(f"{found[name]} {name}" for name in ("ok", "refused", "unknown"))
        return f"{len(self.answers)} writes: {words}; slowest {self.slowest():.1f} s"

    def bare(self) -> list[Answer]:
        """Errors that told nobody anything."""
        return [
            answer
            for answer in self.answers.values()
            if _outcome(answer) == "refused" and not answer.is_sentence
        ]


def _outcome(answer: Answer) -> str:
    if answer.status == 0:
        return "unknown"
    return "ok" if answer.status == 201 else "refused"


def in_background(job: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    return thread
