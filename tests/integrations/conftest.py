"""A receiver process, and settings that let webhooks go to it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Receiver:
    """Another company's system on this machine."""

    folder: Path
    url: str

    def answers(
        self, status: int, text: str = "ok", *, seconds: float = 0, location: str = ""
    ) -> None:
        """From the next request on."""
        (self.folder / "answer").write_text(json.dumps([status, text, seconds, location]))

    def taken(self) -> list[dict[str, Any]]:
        """The requests it got: path, headers, body."""
        file = self.folder / "taken"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def receiver(tmp_path: Path, settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    command = [sys.executable, "-m", "tests.integrations.receiver", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        found = Receiver(tmp_path, f"http://127.0.0.1:{port}/hook?from=us")
        found.answers(200)
        yield found
        process.kill()
