"""What money costs: webhooks, settlement steps, postings, and checks of a long ledger.

`python -m marketplace.operations.bench_money [ROWS]` starts PostgreSQL and the Stripe sandbox for
itself and prints a line each; ROWS (60,000 unless said) is how long the ledger is that is checked.
Seconds of processor time are this program's and, after the plus, the database server's. A
benchmark, not a test: figures depend on the machine.
"""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from marketplace.operations.embedded import Server, start_postgres, wait_for_port

ROWS = 60_000
WEBHOOKS = 1000
ORDERS = 100
STEPS_OF_AN_ORDER = 3
WRITERS = 8
POSTINGS = 400
SECRET = "whsec_of_the_benchmark"  # noqa: S105 - of this program, which is no secret
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """Seconds: processor time of this program and its children, of the server, by the clock."""

    own: float = 0.0
    server: float = 0.0
    wall: float = 0.0


class Meter:
    """Measures what a block of work costs."""

    def __init__(self, server: Server) -> None:
        self._server = server.process.pid

    @contextmanager
    def running(self) -> Iterator[Spent]:
        """Yield what is filled in when the block ends."""
        spent = Spent()
        own, server, wall = _own_cpu(), _server_cpu(self._server), time.monotonic()
        yield spent
        spent.own = _own_cpu() - own
        spent.server = _server_cpu(self._server) - server
        spent.wall = time.monotonic() - wall


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _server_cpu(postmaster: int) -> float:
    """Processor seconds of PostgreSQL: its first process, those it has and those that ended."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if path.parent.name == str(postmaster):
            total += sum(int(field) for field in fields[11:15])
        elif fields[1] == str(postmaster):
            total += sum(int(field) for field in fields[11:13])
    return total / _TICKS


def _line(what: str, count: int, unit: str, spent: Spent) -> str:
    each = count / max(spent.own + spent.server, 0.01)
    return (
        f"{what:<44} {count:>9,} {unit:<9} {spent.own:>6.1f} + {spent.server:>5.1f} s CPU "
        f"{spent.wall:>6.1f} s wall {each:>9,.0f} per CPU second"
    )


def accept_webhooks(count: int) -> int:
    """Deliver signed events to Stripe's door, each a new one; return how many were kept."""
    from django.conf import settings
    from django.test import Client

    from payments.models import InboundEvent

    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    client = Client(SERVER_NAME="localhost")
    now = int(time.time())
    for number in range(count):
        body = json.dumps(
            {
                "id": f"evt_{number}",
                "object": "event",
                "type": "payment_intent.succeeded",
                "created": now,
                "livemode": False,
                "data": {"object": {"id": f"pi_{number}", "object": "payment_intent"}},
            }
        )
        mark = hmac.new(SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
        header = {"Stripe-Signature": f"t={now},v1={mark}"}
        client.post("/webhooks/stripe/", body, "application/json", headers=header)
    return InboundEvent.objects.count()


def write_postings(writers: int, each: int) -> int:
    """Post to the books from several processes at once, into accounts of their own and one they
    share; return how many entries there are more."""
    from django.db import connections

    from payments.models import LedgerEntry

    before = LedgerEntry.objects.count()
    connections.close_all()
    children = [_fork(partial(_write, number, each)) for number in range(writers)]
    for child in children:
        _, status = os.waitpid(child, 0)
        if status:
            raise RuntimeError("A writer failed.")
    return LedgerEntry.objects.count() - before


def _fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _write(writer: int, count: int) -> None:
    from marketplace.core.money import Money
    from payments.actions.ledger import STRIPE, post

    for number in range(count):
        post(
            key=f"bench:{writer}:{number}",
            kind="held",
            debit=STRIPE,
            credit=f"order:bench{writer}:held",
            amount=Money(100, "EUR"),
            note="Benchmark",
        )


@contextmanager
def _sandbox(folder: Path) -> Iterator[Path]:
    """A Stripe sandbox the settings point at; yields its database."""
    from django.conf import settings

    from marketplace.operations.embedded import free_port

    port, database = free_port(), folder / "sandbox.sqlite3"
    command = [sys.executable, "-m", "payments.sandbox", f"--port={port}", "--webhook="]
    process = subprocess.Popen([*command, f"--db={database}"], stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        settings.STRIPE_API_HOST = f"http://127.0.0.1:{port}"
        settings.STRIPE_TEST_SECRET_KEY = "sk_test_" + "b" * 24
        yield database
    finally:
        process.terminate()
        process.wait()


def measure(meter: Meter, rows: int, folder: Path) -> Iterator[str]:
    """Yield the lines, the checks of the long ledger last."""
    from marketplace.operations import bench_ledger

    with meter.running() as spent:
        kept = accept_webhooks(WEBHOOKS)
    yield _line("Webhooks accepted and kept", kept, "webhooks", spent)
    orders = bench_ledger.place_orders(ORDERS)
    with meter.running() as spent:
        template = bench_ledger.settle(orders)
    steps = ORDERS * STEPS_OF_AN_ORDER
    yield _line("Settlement: funded, released, transferred", steps, "steps", spent)
    with meter.running() as spent:
        written = write_postings(WRITERS, POSTINGS)
    yield _line(f"Postings by {WRITERS} writers at once", written, "postings", spent)
    with _sandbox(folder) as database:
        with meter.running() as spent:
            count = bench_ledger.lengthen(template, rows, database)
        yield _line("(the long ledger is made)", count, "rows", spent)
        with meter.running() as spent:
            bench_ledger.check_ledger()
        yield _line("check_ledger --offline, every invariant", count, "rows", spent)
        with meter.running() as spent:
            moved = bench_ledger.reconcile()
        yield _line(f"Reconciliation with Stripe, {moved:,} movements", count, "rows", spent)


@contextmanager
def bench_server() -> Iterator[Server]:
    """A migrated PostgreSQL for a benchmark, with Django set up for it; stopped at the end."""
    server = start_postgres()
    try:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings",
            ENVIRONMENT="testing",
            DATABASE_URL=server.url,
            # A line for each of thousands of calls would hide the figures.
            LOG_LEVEL="WARNING",
            # Lists of staff are asked for by somebody who has only signed in.
            REQUIRE_STAFF_SECOND_FACTOR="off",
        )
        os.environ.pop("REDIS_URL", None)
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True)
        import django

        django.setup()
        yield server
        from django.db import connections

        connections.close_all()
    finally:
        server.stop()


def rows_asked_for(usually: int) -> int:
    """The number on the command line, such as 60_000."""
    return int(sys.argv[1].replace("_", "").replace(",", "")) if sys.argv[1:] else usually


def main() -> None:
    """Start what is needed, measure, print."""
    rows = rows_asked_for(ROWS)
    with bench_server() as server, tempfile.TemporaryDirectory(prefix="bench-money-") as folder:
        for line in measure(Meter(server), rows, Path(folder)):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
