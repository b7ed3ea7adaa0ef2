"""What calls of the API and lists of staff cost, beside a bare DRF view, and in a long table.

`python -m marketplace.operations.bench_api [ROWS]` starts PostgreSQL for itself and prints a line
each; ROWS (1,000,000 unless said) is how many requests the buyer has in the second half. Processor
milliseconds are this program's and, after the plus, the database server's. A benchmark, not a test:
figures depend on the machine; the number of queries does not.
"""

# ruff: noqa: S608 - the names in these statements are the tables of models.
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marketplace.operations.bench_money import Meter, bench_server, rows_asked_for

ROWS = 1_000_000
FEW = 1_000
PAGE = 25
CALLS, WARM = 100, 3
Call = Callable[[Any], Any]


@dataclass
class Cost:
    """Of one call: milliseconds of our processor time, of the server's, and queries."""

    own: float
    server: float
    queries: int

    @property
    def whole(self) -> float:
        return self.own + self.server


def cost_of(meter: Meter, call: Call, status: int, things: Sequence[Any]) -> Cost:
    """The mean of a call for each thing, after some that warm up; each answered with `status`."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for thing in things[:WARM]:
        call(thing)
    with CaptureQueriesContext(connection) as captured:
        answer = call(things[WARM])
    queries = len(captured)
    if answer.status_code != status:
        raise RuntimeError(f"{answer.status_code} {answer.content!r:.300}")
    rest = things[WARM + 1 :]
    with meter.running() as spent:
        for thing in rest:
            call(thing)
    return Cost(1000 * spent.own / len(rest), 1000 * spent.server / len(rest), queries)


def bare() -> Call:
    """A DRF view that answers with a constant: no middleware, no caller, no database."""
    from django.test import RequestFactory
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Bare(APIView):
        authentication_classes = ()
        permission_classes = ()
        throttle_classes = ()

        def get(self, request: Any) -> Response:
            return Response({"results": [{"id": number} for number in range(PAGE)]})

    view, factory = Bare.as_view(), RequestFactory()
    return lambda thing: view(factory.get("/")).render()


class Scene:
    """A buyer and a shop with tokens, and a request of one line that the shop was asked about."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.test import Client

        from accounts.actions.tokens import create_api_token
        from accounts.models import User
        from marketplace.operations.demo.people import ADMIN, BUYER, actor, make_people
        from marketplace.operations.demo.people import MANUFACTURER as SHOP

        make_people()
        self.client, self.staff = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        backend = settings.AUTHENTICATION_BACKENDS[-1]
        self.staff.force_login(User.objects.get(email=ADMIN), backend=backend)
        self.buyer, self.shop = actor(BUYER), actor(SHOP)
        self.headers = {
            side: {"Authorization": f"Bearer {create_api_token(actor=who, name='Bench')[1]}"}
            for side, who in (("buyer", self.buyer), ("shop", self.shop))
        }
        self.part = self._part()
        self.rfq = self.start_rfq()
        self._publish(self.rfq)

    def call(self, side: str, method: str, path: str, body: Any = None) -> Any:
        """One call by a token."""
        more = {} if body is None else {"data": json.dumps(body)}
        send = getattr(self.client, method)
        more |= {"content_type": "application/json"} if method != "get" else {}
        return send(f"/api/v1{path}", headers=self.headers[side], **more)

    def draft_quote(self) -> str:
        """The id of a complete draft of a quote, on a request of its own."""
        from django.utils import timezone

        rfq = self.start_rfq()
        self._publish(rfq)
        quote = self.call("shop", "post", f"/requests/{rfq['id']}/quote/").json()
        price = {"quantity": 10, "unit_price": "12.50", "lead_time_days": 9}
        line = {"rfq_line": rfq["lines"][0]["id"], "prices": [price]}
        until = f"{timezone.localdate() + timedelta(days=20)}"
        body = {"currency": "EUR", "valid_until": until, "lines": [line]}
        self.call("shop", "put", f"/quotes/{quote['id']}/", body)
        return str(quote["id"])

    def start_rfq(self) -> Any:
        """A draft of one line."""
        return self.call("buyer", "post", "/rfqs/", {"part_ids": [self.part]}).json()

    def _publish(self, rfq: Any) -> None:
        from django.utils import timezone

        from marketplace.directory.queries import listed_manufacturers

        shop = listed_manufacturers().get(organization=self.shop.company)
        terms = {"process": "cnc_milling", "material": "al_6061", "quantities": [10]}
        body = {
            "title": "Brackets",
            "ship_to": "Aachen",
            "deadline": (timezone.now() + timedelta(days=9)).isoformat(),
            "lines": [{"id": rfq["lines"][0]["id"], **terms}],
            "invited": [shop.public_id],
        }
        path = f"/rfqs/{rfq['id']}/"
        self.call("buyer", "patch", path, body)
        answer = self.call("buyer", "post", f"{path}publish/")
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.content!r:.300}")

    def _part(self) -> str:
        from marketplace.files.models import StoredFile
        from marketplace.parts.models import Part, PartRevision

        mine = self.buyer.company
        file = StoredFile.objects.create(
            organization=mine,
            kind=StoredFile.Kind.MODEL,
            name="bracket.step",
            content_type="model/step",
            size=1,
            sha256="0" * 64,
            content="aa/bracket",
        )
        part = Part.objects.create(organization=mine, number="B-1", name="Bracket")
        revision = PartRevision.objects.create(part=part, model_file=file, state="ready")
        part.current = revision
        part.save(update_fields=["current"])
        return str(part.public_id)


def lengthen(scene: Scene, rows: int) -> None:
    """Copy the buyer's request and its line until the buyer has so many of them."""
    from django.db import connection

    from quotes.models import RFQ, RFQLine

    sample = RFQ.objects.get(public_id=scene.rfq["id"])
    line = sample.lines.get()
    missing = rows - RFQ.objects.filter(organization=sample.organization).count()
    names = {
        known: f"'{known[:4]}' || lpad(({rows} + g)::text, 20, '0')"
        for known in (sample.public_id, line.public_id)
    }
    own = {"reference": f"'B-{rows}-' || g", "external_id": "'ERP-' || g"}
    moved = _copy(RFQ, sample.pk, names, own, missing)
    _copy(RFQLine, line.pk, names, {"rfq_id": f"rfq_id + {moved} + g"}, missing)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(model: Any, pk: int, texts: Any, others: dict[str, str], count: int) -> int:
    """Copy one row so often behind the last one; how far the first copy is from it, less one."""
    from django.db import connection

    from marketplace.operations.bench_ledger import copy_rows

    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        moved = int(cursor.fetchone()[0]) - pk
        copy_rows(table, [pk], texts, {**others, "id": f"id + {moved} + g"}, count)
        serial = f"pg_get_serial_sequence('{table}', 'id')"
        cursor.execute(f"SELECT setval({serial}, (SELECT max(id) FROM {table}))")
    return moved


def calls(scene: Scene) -> Iterator[tuple[str, Call, int, Sequence[Any]]]:
    """What is measured: its name, the call, the status it is answered with, what it is made for."""
    plain, some = range(CALLS), range(WARM + 1 + CALLS // 4)

    def get(path: str) -> Call:
        return lambda thing: scene.call("buyer", "get", path)

    def staff(words: str) -> Call:
        return lambda thing: scene.staff.get(f"/admin/quotes/rfq/{words}")

    body = {"part_ids": [scene.part]}
    yield "list of 25 RFQs", get("/rfqs/"), 200, plain
    yield "list, one external_id", get("/rfqs/?external_id=ERP-7"), 200, plain
    yield "list, one state", get("/rfqs/?state=open"), 200, plain
    yield "detail of an RFQ", get(f"/rfqs/{scene.rfq['id']}/"), 200, plain
    yield "create RFQ", lambda thing: scene.call("buyer", "post", "/rfqs/", body), 201, plain
    yield "staff: list of RFQs", staff(""), 200, some
    yield "staff: page 10 of it", staff("?p=10"), 200, some
    yield "staff: one state", staff("?state__exact=open"), 200, some
    yield "staff: one reference", staff(f"?q={scene.rfq['reference']}"), 200, some
    yield "staff: a word in no title", staff("?q=flywheel"), 200, some
    drafts = [scene.draft_quote() for _ in some]
    yield (
        "submit quote",
        lambda draft: scene.call("shop", "post", f"/quotes/{draft}/submit/"),
        200,
        drafts,
    )


def measure(meter: Meter, rows: int) -> Iterator[str]:
    """Yield the lines: the bare view, every call at few rows, then at many beside few."""
    scene = Scene()
    base = cost_of(meter, bare(), 200, range(20 * CALLS)).whole
    yield f"{'bare DRF view':<28} {base:>8.2f} ms CPU"
    first: dict[str, Cost] = {}
    for number in (FEW, rows):
        lengthen(scene, number)
        for name, call, status, things in calls(scene):
            cost = cost_of(meter, call, status, things)
            before = first.setdefault(name, cost)
            line = (
                f"{name:<28} {cost.own:>8.2f} + {cost.server:>6.2f} ms CPU {cost.queries:>4} "
                f"queries {cost.whole / base:>6.1f} x bare  at {number:>9,} rows"
            )
            grown = f"  {cost.whole / before.whole:>5.2f} x as at {FEW:,}"
            yield line + (grown if number > FEW else "")
            # A long table is not counted for staff but estimated, by one query more.
            if cost.queries not in (before.queries, before.queries + name.startswith("staff")):
                raise RuntimeError(f"{name}: {cost.queries} queries, {before.queries} before.")


def main() -> None:
    """Start what is needed, measure, print."""
    rows = rows_asked_for(ROWS)
    with bench_server() as server:
        for line in measure(Meter(server), rows):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
