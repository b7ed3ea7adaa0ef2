"""Monthly statements: every sum is the books' own, on paper, as a table and as JSON."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core.pdf import pdf_bytes
from marketplace.core.spreadsheets import csv_line
from payments import ledger_rules
from payments.actions.ledger import debt_of, payable_to
from payments.models import LedgerEntry
from payments.queries import balance_of
from payments.statement_paper import statement_paper
from payments.statements import (
    Line,
    Month,
    Statement,
    months_of,
    read_month,
    rows_of,
    statements_of,
)
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene
from tests.payments.test_returns import (
    cash_out,
    claim_back,
    deliver_another,
    journey_at_once,
)

pytestmark = pytest.mark.django_db


def this_month() -> Month:
    now = timezone.localtime()
    return Month(now.year, now.month)


def eventful(scene: Scene, sandbox: Sandbox) -> None:
    """Released, transferred, cashed out, claimed back in whole, paid off by a later order."""
    journey_at_once(scene)
    cash_out(scene, sandbox, 46000)
    claim_back(scene, 50000, 40)
    deliver_another(scene, price="5.0000")


def assert_sums(found: Statement) -> None:
    assert found.opening_payable + sum(line.payable for line in found.lines) == (
        found.closing_payable
    )
    assert found.opening_owed + sum(line.owed for line in found.lines) == found.closing_owed


def test_every_sum_is_that_of_the_books(scene: Scene, sandbox: Sandbox) -> None:
    eventful(scene, sandbox)
    shop = scene.milo.organization
    [found] = statements_of(shop, this_month())
    assert_sums(found)
    assert found.closing_payable == balance_of(payable_to(shop), "EUR").minor
    assert found.closing_owed == -balance_of(debt_of(shop), "EUR").minor == 27600
    lines = [(line.what, line.payable, line.owed) for line in found.lines]
    assert lines == [
        ("Released for the order", 50000, 0),
        ("Commission of the marketplace", -4000, 0),
        ("Transferred to your payout account", -46000, 0),
        ("Went back to the buyer", 0, 50000),
        ("Commission given back", 0, -4000),
        ("Released for the order", 20000, 0),
        ("Commission of the marketplace", -1600, 0),
        ("Kept for what you owed", -18400, -18400),
    ]
    assert {line.order for line in found.lines} == {
        order.reference for order in type(scene.order).objects.all()
    }


def test_a_month_begins_where_the_last_one_ended(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    shop = scene.milo.organization
    earlier = this_month().start - timedelta(days=3)
    from django.db import connection

    ledger_rules.remove(connection)
    LedgerEntry.objects.exclude(kind="transferred").update(at=earlier)
    ledger_rules.install(connection)
    last = Month(earlier.year, earlier.month)
    [before], [now] = statements_of(shop, last), statements_of(shop, this_month())
    assert_sums(before)
    assert_sums(now)
    assert (before.opening_payable, before.closing_payable) == (0, 46000)
    assert (now.opening_payable, now.closing_payable) == (46000, 0)
    assert months_of(shop) == [this_month(), last]
    assert last.is_over and not this_month().is_over
    assert statements_of(shop, Month(2001, 1)) == []


def test_months_are_read_strictly() -> None:
    assert read_month("2026-12") == Month(2026, 12)
    assert Month(2026, 12).following == Month(2027, 1)
    for junk in ("", "2026-13", "2026-0", "26-01", "2026-1", "1999-01", "²026-01", "2026-00", "x"):
        assert read_month(junk) is None, junk


def test_the_table_has_no_formulas(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    path = f"/portal/payouts/statements/{this_month()}"
    answer = scene.milo.client.get(f"{path}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Currency", "Date", "Order", "What"]
    assert rows[1][3] == "Opening balance" and rows[-1][3] == "Closing balance"
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    hostile = Line(timezone.now(), "=HYPERLINK(1)", "@SUM(1)", -100, 0)
    row = list(rows_of([Statement(this_month(), "EUR", 0, 0, [hostile], -100, 0)]))[2]
    assert csv_line(row).split(",")[2:6] == ["'=HYPERLINK(1)", "'@SUM(1)", "", "1.00"]
    assert rows[2][4:] == ["500.00", "", "", "", "500.00", "0.00"]


def test_the_paper_is_a_pdf_that_depends_on_its_values_alone(
    scene: Scene, sandbox: Sandbox
) -> None:
    journey_at_once(scene)
    path = f"/portal/payouts/statements/{this_month()}"
    answer = scene.milo.client.get(f"{path}.pdf")
    assert answer.content.startswith(b"%PDF")
    shop, found = scene.milo.organization, statements_of(scene.milo.organization, this_month())
    paper = statement_paper(shop, this_month(), found)
    assert pdf_bytes(paper) == pdf_bytes(paper)
    assert len(list(rows_of(found))) == 1 + 3 + 2
    for nowhere in ("2001-01", "2026-13", "junk"):
        assert (
            scene.milo.client.get(path.replace(str(this_month()), nowhere) + ".pdf").status_code
            == 404
        )
    assert scene.bea.client.get(f"{path}.pdf").status_code == 404


def test_the_api_says_the_same(scene: Scene, sandbox: Sandbox) -> None:
    eventful(scene, sandbox)
    client = scene.milo.client
    months = client.get("/api/v1/payout-statements/").json()
    assert months == {"months": [{"month": str(this_month()), "is_over": False}]}
    body = client.get(f"/api/v1/payout-statements/{this_month()}/").json()
    [euro] = body["statements"]
    assert (euro["closing_payable"], euro["closing_owed"]) == ("0.00", "276.00")
    assert euro["lines"][0]["payable"] == "500.00"
    assert client.get("/api/v1/payout-statements/2001-01/").status_code == 404
    account = client.get("/api/v1/payout-account/").json()
    assert (account["state"], account["wanted"]) == ("active", [])
    [owed] = account["owed"]
    assert (owed["order"], owed["amount"]["decimal"]) == (scene.order.public_id, "276.00")
    [payout] = client.get("/api/v1/payouts/").json()["results"]
    assert payout["promised"]["decimal"] == "460.00"
    assert payout["transferred_at"] and payout["promised_by"] and not payout["waiting_because"]
