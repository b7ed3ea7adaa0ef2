"""What reading a part costs: processor seconds and peak memory of the child by kind and size.

`python -m marketplace.operations.bench_cad [FILE ...]` makes its own files (or takes those named)
and prints a line each. Needs no database. A benchmark, not a test: figures depend on the machine.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.reader import read_part

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time and by the clock, MiB at the peak, and what came of it."""

    name: str
    megabytes: float
    cpu: float
    wall: float
    memory: float
    outcome: str


def measure(path: Path) -> Cost:
    """Read one file in a process of its own, so that its child's peak memory is its own."""
    begun = time.monotonic()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        os.write(write_end, _read(path).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        cpu, memory, outcome = pipe.read().split("\t")
    os.waitpid(child, 0)
    wall = time.monotonic() - begun
    size = path.stat().st_size / 1e6
    return Cost(path.name, size, float(cpu), wall, float(memory), outcome)


def _read(path: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        try:
            facts = read_part(path, Path(folder))
            known = sum(figure.value is not None for figure in facts.figures.values())
            outcome = f"{facts.triangles:,} triangles, {known} of {len(facts.figures)} figures"
        except GeometryError as error:
            outcome = error.code
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f"{used.ru_utime + used.ru_stime}\t{used.ru_maxrss * 1024 / MEBIBYTE}\t{outcome}"


def table(costs: list[Cost]) -> str:
    """Return the costs as lines of a table."""
    head = f"{'file':<26} {'MB':>7} {'CPU s':>7} {'wall s':>7} {'MiB':>6}  outcome"
    rows = [
        f"{cost.name:<26} {cost.megabytes:>7.2f} {cost.cpu:>7.2f} {cost.wall:>7.2f} "
        f"{cost.memory:>6.0f}  {cost.outcome}"
        for cost in costs
    ]
    return "\n".join([head, *rows])


def main() -> None:
    """Measure the files named, or those made for it, and print the table."""
    named = [Path(word) for word in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="bench-cad-") as folder:
        if not named:
            # The kernel stays out of this process: it would count into every measurement.
            command = [sys.executable, "-m", "marketplace.operations.demo_cad.bench_files", folder]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            named = sorted(Path(folder).iterdir())
        sys.stdout.write(table([measure(path) for path in named]) + "\n")


if __name__ == "__main__":
    main()
