"""The sandbox keeps Stripe's rules: errors, idempotency, limits, pages, time."""

from __future__ import annotations

import ast
import http.client
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from payments.sandbox import driver, forms
from payments.sandbox.errors import ApiError
from tests.payments.conftest import KEY, ROOT, Sandbox


def client(sandbox: Sandbox, key: str = KEY) -> Any:
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.base},
        http_client=stripe.RequestsClient(timeout=10),
        max_network_retries=0,
    ).v1


@pytest.fixture
def api(sandbox: Sandbox) -> Any:
    return client(sandbox)


def checkout(api: Any, key: str = "k", amount: int = 9900, **more: Any) -> Any:
    item = {"currency": "eur", "unit_amount": amount, "product_data": {"name": "<b>Order</b>"}}
    params = {
        "mode": "payment",
        "success_url": "http://127.0.0.1/ok?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1/no",
        "line_items": [{"quantity": 1, "price_data": item}],
        **more,
    }
    return api.checkout.sessions.create(params, {"idempotency_key": key})


def maker(api: Any, *, ready: bool = True) -> str:
    account = api.accounts.create(
        {
            "controller": {"stripe_dashboard": {"type": "express"}},
            "capabilities": {"transfers": {"requested": True}},
            "country": "DE",
        }
    )
    link = api.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": "http://127.0.0.1/back",
            "refresh_url": "http://127.0.0.1/again",
        }
    )
    if ready:
        assert driver.onboard(link.url) == "http://127.0.0.1/back"
        assert driver.onboard(link.url) == "http://127.0.0.1/again"
    return str(account.id)


def paid_charge(api: Any, amount: int = 9900, card: str = driver.GOOD_CARD) -> str:
    session = checkout(api, f"paid-{amount}-{card}", amount)
    driver.pay(session.url, card)
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    return str(api.payment_intents.retrieve(intent).latest_charge)


def test_an_idempotency_key_replays_and_guards(api: Any) -> None:
    first, second = checkout(api), checkout(api)
    assert first.id == second.id
    with pytest.raises(stripe.IdempotencyError) as refused:
        checkout(api, amount=9901)
    assert refused.value.http_status == 400


def test_a_stored_refusal_is_replayed_even_when_its_reason_is_gone(
    api: Any, sandbox: Sandbox
) -> None:
    charge, account = paid_charge(api), maker(api, ready=False)
    params = {
        "amount": 100,
        "currency": "eur",
        "destination": account,
        "source_transaction": charge,
    }
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="capabilities"):
            api.transfers.create(params, {"idempotency_key": "t1"})
        sandbox.command("account", account=account, enabled="true")
    assert api.transfers.create(params, {"idempotency_key": "t2"}).amount == 100


def test_a_stored_500_is_replayed_though_the_thing_was_done(api: Any, sandbox: Sandbox) -> None:
    sandbox.command("fault", kind="lost_response", path="sessions")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            checkout(api)
    assert len(api.checkout.sessions.list().data) == 1


def test_malformed_requests_and_rate_limits_are_not_stored(api: Any, sandbox: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: colour"):
        checkout(api, colour="red")
    sandbox.command("fault", kind="429")
    with pytest.raises(stripe.RateLimitError):
        checkout(api)
    assert checkout(api).status == "open"


def test_two_requests_with_one_key_at_once_get_409(api: Any, sandbox: Sandbox) -> None:
    sandbox.command("fault", kind="slow", seconds=2)
    both_are_ready = threading.Barrier(2)

    def status(ready: Any) -> int | None:
        both_are_ready.wait()
        try:
            checkout(ready)
        except stripe.StripeError as refused:
            return refused.http_status
        return 200

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(status, [api, client(sandbox)])) == [200, 409]


@pytest.mark.parametrize("key", ["sk_live_" + "a" * 24, "rk_live_" + "a" * 24, "pk_test_abc"])
def test_live_and_foreign_keys_are_refused(sandbox: Sandbox, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client(sandbox, key).balance.retrieve()


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("4000 0000 0000 0002", "Your card was declined"),
        ("4000-0000-0000-9995", "insufficient funds"),
        ("1", "number is incorrect"),
        ("", "number is incorrect"),
    ],
)
def test_cards_that_are_refused(api: Any, card: str, words: str) -> None:
    session = checkout(api)
    with pytest.raises(driver.SandboxRefused, match=words):
        driver.pay(session.url, card)
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    assert api.payment_intents.retrieve(intent).status == "requires_payment_method"
    assert driver.pay(session.url) == f"http://127.0.0.1/ok?s={session.id}"
    with pytest.raises(driver.SandboxRefused, match="paid this already"):
        driver.pay(session.url)


def test_the_intent_appears_when_somebody_pays(api: Any) -> None:
    session = checkout(api)
    assert session.payment_intent is None
    driver.pay(session.url)
    assert api.checkout.sessions.retrieve(session.id).payment_intent.startswith("pi_")


def test_money_becomes_available_with_time(api: Any, sandbox: Sandbox) -> None:
    paid_charge(api, 10_000)
    paid_charge(api, 10_000, "4000000000000077")
    before = api.balance.retrieve()
    assert (before.available[0].amount, before.pending[0].amount) == (9825, 9825)
    sandbox.command("advance", seconds=3 * 86_400)
    assert api.balance.retrieve().available[0].amount == 19_650


def test_a_transfer_never_exceeds_its_charge(api: Any) -> None:
    charge, account = paid_charge(api), maker(api)
    params = {"currency": "eur", "destination": account, "source_transaction": charge}
    api.transfers.create({**params, "amount": 9000})
    with pytest.raises(stripe.InvalidRequestError, match="exceeds"):
        api.transfers.create({**params, "amount": 901})
    with pytest.raises(stripe.InvalidRequestError, match="insufficient available"):
        api.transfers.create({"currency": "eur", "destination": account, "amount": 100})


def test_a_reversal_needs_the_money_to_be_there(api: Any, sandbox: Sandbox) -> None:
    charge, account = paid_charge(api, card="4000000000000077"), maker(api)
    transfer = api.transfers.create(
        {"amount": 5000, "currency": "eur", "destination": account, "source_transaction": charge}
    )
    api.transfers.reversals.create(transfer.id, {"amount": 1000})
    sandbox.command("payout", account=account, amount=4000, currency="eur")
    with pytest.raises(stripe.InvalidRequestError, match="insufficient funds"):
        api.transfers.reversals.create(transfer.id, {"amount": 1000})


def test_refunds_end_at_what_was_paid_and_can_bounce(api: Any, sandbox: Sandbox) -> None:
    charge = paid_charge(api, card="4000000000005126")
    refund = api.refunds.create({"charge": charge, "amount": 9000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than"):
        api.refunds.create({"charge": charge, "amount": 901})
    sandbox.command("advance", seconds=4 * 86_400)
    _wait(lambda: api.refunds.retrieve(refund.id).status == "failed")
    assert api.charges.retrieve(charge).amount_refunded == 0


def test_a_disputed_charge_cannot_be_refunded(api: Any) -> None:
    charge = paid_charge(api, card="4000000000000259")
    assert api.disputes.list().data[0].charge == charge
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        api.refunds.create({"charge": charge})


def test_an_open_page_expires_with_time(api: Any, sandbox: Sandbox) -> None:
    session = checkout(api)
    sandbox.command("advance", seconds=90_000)
    assert api.checkout.sessions.retrieve(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        api.checkout.sessions.expire(session.id)
    with pytest.raises(driver.SandboxRefused, match="expired"):
        driver.pay(session.url)


def test_lists_page_and_filter(api: Any) -> None:
    made = [checkout(api, f"k{number}").id for number in range(5)]
    page = api.checkout.sessions.list({"limit": 2})
    assert ([row.id for row in page.data], page.has_more) == ([made[4], made[3]], True)
    assert [row.id for row in page.auto_paging_iter()] == made[::-1]
    back = api.checkout.sessions.list({"limit": 2, "ending_before": made[0]})
    assert [row.id for row in back.data] == [made[2], made[1]]
    assert api.checkout.sessions.list({"created": {"gt": 4_000_000_000}}).data == []


def test_what_a_person_typed_is_escaped(api: Any) -> None:
    page = _get(checkout(api).url)
    assert "&lt;b&gt;Order" in page
    assert "<b>Order" not in page
    assert "STRIPE SANDBOX - no real money" in page


def test_the_console_shows_what_happened(api: Any, sandbox: Sandbox) -> None:
    paid_charge(api)
    page = _get(f"{sandbox.base}/_sandbox/")
    assert "EUR 99.00" in page
    assert "POST /v1/checkout/sessions" in page


def test_state_survives_a_restart(api: Any, sandbox: Sandbox) -> None:
    from payments.sandbox.store import Store

    session = checkout(api)
    again = Store(str(sandbox.database))
    found = again.get(session.id)
    again.close()
    assert found is not None
    assert found["amount_total"] == 9900


def test_the_command_starts_it_and_sigterm_ends_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "payments.sandbox", "--port=0", "--webhook="]
    started = subprocess.Popen(
        [*command, f"--db={tmp_path / 'sandbox.sqlite3'}"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert started.stdout is not None
    with started, started.stdout:
        base = started.stdout.readline().split()[-1]
        assert driver.read(base, "calls") == []
        started.terminate()
        assert started.wait(timeout=10) == 0


def test_it_listens_on_the_loopback_only() -> None:
    from payments.sandbox import server

    assert server.HOST == "127.0.0.1"


def test_forms_become_trees() -> None:
    tree = forms.decode("a[b][0][c]=1&a[b][1][c]=2&expand[]=x&expand[]=y&m[k]=v&empty=")
    assert tree == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "expand": ["x", "y"],
        "m": {"k": "v"},
        "empty": "",
    }
    with pytest.raises(ApiError):
        forms.decode("a" + "[b]" * 20 + "=1")
    with pytest.raises(ApiError):
        forms.decode("a=1&a[b]=2")


def test_production_code_never_imports_the_sandbox() -> None:
    importers = []
    for app in ("accounts", "config", "marketplace", "orders", "payments", "quotes"):
        for path in (ROOT / app).rglob("*.py"):
            inside = path.relative_to(ROOT)
            # The demo and the test twin's bank pay at the sandbox's page; neither is production.
            if "sandbox" in inside.parts or "demo" in str(inside) or "twin" in inside.parts:
                continue
            if any("payments.sandbox" in name for name in _imports(path)):
                importers.append(str(inside))
    assert importers == []


def test_the_sandbox_knows_nothing_of_django() -> None:
    for path in (ROOT / "payments" / "sandbox").rglob("*.py"):
        names = _imports(path)
        foreign = [
            n for n in names if n.split(".")[0] in ("django", "stripe", "djstripe", "requests")
        ]
        assert foreign == [], path


def _imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


def _get(url: str) -> str:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", address.path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def _wait(true: Any) -> None:
    for _ in range(100):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError("It did not happen within 5 s.")
