"""`make load-test`: fifty people at once, held against the thresholds of the production plan.

LOAD_SECONDS (60) and LOAD_USERS (50) say how long and how many; LOAD_URL names a site that runs
already, where only visitors come unless LOAD_PEOPLE names a file of people. Without it the product
is served here with the demo. Exit code 1 when the 95th percentile or the rate of errors is above.
"""

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.served import ROOT, served

P95_MS, ERROR_PERCENT = 2000, 1.0
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Load:
    """What to put on a site: its address, the file of people, how many come, how many more each
    second, for how many seconds."""

    url: str
    people: str
    users: int
    spawned: float
    seconds: int


def main() -> int:
    """1 when a threshold is passed or nothing was measured, 0 otherwise."""
    users = int(os.environ.get("LOAD_USERS", "50"))
    seconds = int(os.environ.get("LOAD_SECONDS", "60"))
    if url := os.environ.get("LOAD_URL", "").rstrip("/"):
        return measure(Load(url, os.environ.get("LOAD_PEOPLE", ""), users, users / 20, seconds))
    with tempfile.TemporaryDirectory() as folder, served() as site:
        people = Path(folder) / "people.json"
        command = [sys.executable, "-m", "tests.load.people"]
        environment = {**site.environment, "COUNT": str(users)}
        made = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        people.write_bytes(made.stdout)
        return measure(Load(site.url, str(people), users, users / 20, seconds))


def measure(load: Load) -> int:
    """Run locust, print a line for each page and the whole, and judge."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(str(PROGRAMS / "locust"), "--headless", "--only-summary", "--loglevel=WARNING"),
            *("--locustfile", "tests/load/journey.py", "--host", load.url),
            *("--users", str(load.users), "--spawn-rate", str(load.spawned)),
            *("--run-time", f"{load.seconds}s", "--stop-timeout=10", f"--csv={folder}/load"),
        ]
        environment = {**os.environ, "LOAD_PEOPLE": load.people}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
        )
        rows = read(Path(folder) / "load_stats.csv")
        failures = read(Path(folder) / "load_failures.csv")
    for row in rows:
        sys.stdout.write(f"{line_of(row)}\n")
    for row in failures[:10]:
        sys.stdout.write(f"  {row['Occurrences']} times {row['Name']}: {row['Error'][:100]}\n")
    if not rows:
        sys.stdout.write(done.stderr[-2000:])
    found = faults(rows[-1] if rows else {})
    sys.stdout.write("\n".join(found or ["Within the thresholds."]) + "\n")
    return 1 if found else 0


def read(path: Path) -> list[dict[str, str]]:
    """The rows of one of locust's tables; the last of the statistics is the whole."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def line_of(row: Mapping[str, str]) -> str:
    """Name, answers, errors, and the percentiles in milliseconds."""
    figures = "  ".join(f"p{each} {row[f'{each}%']:>6}" for each in (50, 95, 99))
    return f"{row['Name']:34}{row['Request Count']:>6}  errors {row['Failure Count']:>4}  {figures}"


def faults(whole: Mapping[str, str]) -> list[str]:
    """What passes a threshold, a sentence each."""
    asked = int(whole.get("Request Count") or 0)
    if not asked:
        return ["Nothing was measured: locust asked for no page."]
    found = []
    if int(whole["95%"]) >= P95_MS:
        found.append(f"The 95th percentile is {whole['95%']} ms; it must be below {P95_MS} ms.")
    errors = 100 * int(whole["Failure Count"]) / asked
    if errors >= ERROR_PERCENT:
        found.append(
            f"{errors:.1f} % of the answers are errors; it must be below {ERROR_PERCENT:g} %."
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
