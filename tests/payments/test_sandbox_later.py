"""What the sandbox lets happen later: debits, transfers, evidence, payouts, demands on accounts."""

from __future__ import annotations

import http.client
import io
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from payments.sandbox import driver, parameters
from payments.sandbox.resources.delayed import IBANS
from payments.sandbox.server import Sandbox as Server
from tests.payments.conftest import KEY, Sandbox
from tests.payments.test_sandbox import maker, paid_charge
from tests.payments.test_sandbox_conforms import wait_until

WAYS = {
    "payment_method_types": ["card", "sepa_debit", "customer_balance"],
    "payment_method_options": {"customer_balance": {"funding_type": "bank_transfer"}},
}
DAY = 86_400
GOOD, REFUSED, DISPUTED = IBANS


@pytest.fixture
def api(sandbox: Sandbox) -> Any:
    return stripe.StripeClient(
        KEY,
        base_addresses={"api": sandbox.base, "files": sandbox.base},
        http_client=stripe.RequestsClient(timeout=10),
        max_network_retries=0,
    ).v1


def page(api: Any, **more: Any) -> Any:
    item = {"currency": "eur", "unit_amount": 9900, "product_data": {"name": "Order"}}
    params = {
        "mode": "payment",
        "success_url": "http://127.0.0.1/ok",
        "line_items": [{"quantity": 1, "price_data": item}],
        **WAYS,
        **more,
    }
    if "customer" not in params:
        params["customer"] = api.customers.create({"name": "Bea"}).id
    return api.checkout.sessions.create(params)


def kinds(api: Any) -> list[str]:
    """The types of every event, oldest first."""
    return [event.type for event in api.events.list({"limit": 100}).auto_paging_iter()][::-1]


def test_the_page_of_a_known_customer_shows_their_address(api: Any, sandbox: Sandbox) -> None:
    """Whoever is asked to pay need not type what the shop told Stripe already."""
    customer = api.customers.create({"name": "Bea", "email": "bea@example.com"})
    opened = page(api, customer=customer.id)
    assert (opened.customer_email, opened.customer_details.email) == (None, "bea@example.com")
    parts = urlsplit(opened.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path)
    shown = connection.getresponse().read()
    connection.close()
    assert b'type="email" value="bea@example.com"' in shown


@pytest.mark.parametrize(
    ("iban", "said", "paid"),
    [
        (GOOD, "checkout.session.async_payment_succeeded", "paid"),
        (REFUSED, "checkout.session.async_payment_failed", "unpaid"),
        (DISPUTED, "charge.dispute.created", "paid"),
    ],
)
def test_a_debit_is_under_way_for_days(
    api: Any, sandbox: Sandbox, iban: str, said: str, paid: str
) -> None:
    opened = page(api)
    assert driver.pay_later(opened.url, "sepa_debit", iban) == "http://127.0.0.1/ok"
    found = api.checkout.sessions.retrieve(opened.id, {"expand": ["payment_intent"]})
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert found.payment_intent.status == "processing"
    assert "payment_intent.processing" in kinds(api)
    assert api.balance.retrieve().pending[0].amount == 0
    sandbox.command("advance", seconds=5 * DAY)
    wait_until(lambda: said in kinds(api))
    assert api.checkout.sessions.retrieve(opened.id).payment_status == paid
    if paid == "unpaid":
        intent = api.payment_intents.retrieve(found.payment_intent.id)
        assert intent.status == "requires_payment_method"
        assert "too little money" in intent.last_payment_error.message
        assert api.charges.retrieve(intent.latest_charge).status == "failed"


def test_a_bank_transfer_waits_for_its_money(api: Any, sandbox: Sandbox) -> None:
    opened = page(api)
    told = driver.pay_later(opened.url, "customer_balance")
    assert "/bank/pi_" in told
    intent = api.checkout.sessions.retrieve(opened.id).payment_intent
    found = api.payment_intents.retrieve(intent)
    instructions = found.next_action.display_bank_transfer_instructions
    assert (found.status, instructions.amount_remaining) == ("requires_action", 9900)
    sandbox.command("settle", payment_intent=intent)
    assert api.payment_intents.retrieve(intent).amount_received == 9900
    with pytest.raises(driver.SandboxRefused, match="once"):
        sandbox.command("settle", payment_intent=intent)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"customer": ""}, "customer"),
        ({"payment_method_options": {}}, "funding_type"),
        ({"payment_method_types": ["seashells"]}, "seashells"),
    ],
)
def test_a_page_with_slow_ways_needs_what_stripe_needs(
    api: Any, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        page(api, **changes)


def test_a_page_takes_only_the_ways_it_offers_and_only_an_iban(api: Any) -> None:
    by_card = page(api, payment_method_types=["card"])
    with pytest.raises(driver.SandboxRefused, match="does not offer"):
        driver.pay_later(by_card.url, "sepa_debit", GOOD)
    with pytest.raises(driver.SandboxRefused, match="IBAN you entered is invalid"):
        driver.pay_later(page(api).url, "sepa_debit", "DE00")


def test_a_reversal_is_found_and_refused_after_a_cash_out(api: Any, sandbox: Sandbox) -> None:
    charge, account = paid_charge(api, card="4000000000000077"), maker(api)
    transfer = api.transfers.create(
        {"amount": 5000, "currency": "eur", "destination": account, "source_transaction": charge}
    )
    mark = {"instruction": "ins_1"}
    made = api.transfers.reversals.create(transfer.id, {"amount": 1000, "metadata": mark})
    [found] = api.transfers.reversals.list(transfer.id).data
    assert (found.id, found.metadata.to_dict()) == (made.id, mark)
    assert api.balance_transactions.retrieve(made.balance_transaction).type == "transfer_refund"
    sandbox.command("cash_out", account=account)
    with pytest.raises(stripe.InvalidRequestError, match="insufficient funds"):
        api.transfers.reversals.create(transfer.id, {"amount": 1})


def test_a_payout_arrives_by_the_clock_and_may_fail_afterwards(api: Any, sandbox: Sandbox) -> None:
    account = _account_with_money(api)
    made = sandbox.command("payout", account=account, amount=4000, currency="eur", status="pending")
    own = {"stripe_account": account}
    sandbox.command("advance", seconds=2 * DAY)
    wait_until(lambda: api.payouts.retrieve(made["id"], {}, own).status == "paid")
    failed = sandbox.command("settle_payout", payout=made["id"], status="failed")
    assert failed["failure_message"] == "The bank account has been closed."
    assert api.balance.retrieve({}, own).available[0].amount == 4000
    with pytest.raises(driver.SandboxRefused, match="failed cannot become paid"):
        sandbox.command("settle_payout", payout=made["id"], status="paid")


def _account_with_money(api: Any) -> str:
    charge, account = paid_charge(api, card="4000000000000077"), maker(api)
    api.transfers.create(
        {"amount": 4000, "currency": "eur", "destination": account, "source_transaction": charge}
    )
    return account


def test_evidence_is_sent_once_and_may_decide(api: Any, sandbox: Sandbox) -> None:
    paid_charge(api, card="4000000000000259")
    dispute = api.disputes.list().data[0]
    draft = {"evidence": {"product_description": "A bracket"}, "submit": False}
    assert api.disputes.update(dispute.id, draft).status == "needs_response"
    with pytest.raises(stripe.InvalidRequestError, match="No such file"):
        api.disputes.update(dispute.id, {"evidence": {"receipt": "file_none"}})
    with pytest.raises(stripe.InvalidRequestError, match="20,000"):
        api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "a" * 20_001}})
    sent = api.disputes.update(dispute.id, {"evidence": {"customer_name": "Bea"}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert sent.evidence.product_description == "A bracket"
    with pytest.raises(stripe.InvalidRequestError, match="submitted"):
        api.disputes.update(dispute.id, {"evidence": {"customer_name": "Eva"}})


def test_silence_loses_a_dispute_and_a_part_can_be_disputed(api: Any, sandbox: Sandbox) -> None:
    charge = paid_charge(api)
    with pytest.raises(driver.SandboxRefused, match="Only what was paid"):
        sandbox.command("open_dispute", charge=charge, amount=9901)
    opened = sandbox.command("open_dispute", charge=charge, amount=900)
    assert opened["balance_transactions"][0]["net"] == -900 - 2000
    sandbox.command("advance", seconds=14 * DAY)
    wait_until(lambda: api.disputes.retrieve(opened["id"]).status == "lost")


def test_a_file_of_another_kind_is_no_evidence(api: Any) -> None:
    for content in (b"MZ", b""):
        file = io.BytesIO(content)
        file.name = "pack.pdf"
        with pytest.raises(stripe.InvalidRequestError, match="PDF"):
            api.files.create({"purpose": "dispute_evidence", "file": file})


def test_accounts_are_asked_for_more_and_closed(api: Any, sandbox: Sandbox) -> None:
    account = maker(api)
    due = "individual.verification.document,tos_acceptance.date"
    sandbox.command("require", account=account, due=due, now="false")
    found = api.accounts.retrieve(account)
    assert found.requirements.currently_due == due.split(",")
    assert found.requirements.current_deadline and found.capabilities.transfers == "active"
    sandbox.command("require", account=account, due=due)
    assert api.accounts.retrieve(account).requirements.disabled_reason == "requirements.past_due"
    sandbox.command("reject", account=account)
    found = api.accounts.retrieve(account)
    assert (found.requirements.disabled_reason, found.payouts_enabled) == ("rejected.fraud", False)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"colour": "red"}, "colour"),
        (
            {"payment_intent_data": {"transfer_grp": "x"}},
            r"payment_intent_data\[transfer_grp\]",
        ),
        ({"payment_method_options": {"card": {"colour": 1}}}, r"\[card\]\[colour\]"),
    ],
)
def test_unknown_parameters_are_refused_however_deep(
    api: Any, changes: dict[str, Any], name: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=f"unknown parameter: .*{name}"):
        page(api, **changes)


def test_parameters_with_names_of_the_callers_choice_are_free() -> None:
    assert parameters.unknown("refund_create", {"metadata": {"anything": "goes"}}) == ""
    assert parameters.unknown("charge_list", {"created": {"gte": "1"}}) == ""
    assert parameters.unknown("charge_list", {"created": {"since": "1"}}) == "created[since]"


@pytest.mark.parametrize(
    "headers", [{"Host": "sandbox.example"}, {"Origin": "https://somewhere.example"}]
)
def test_only_this_machine_may_ask(sandbox: Sandbox, headers: dict[str, str]) -> None:
    assert _post(sandbox, "hold", {}, headers)[0] == 403
    assert driver.read(sandbox.base, "state")["hold"] is False


def test_events_go_to_this_machine_only(tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        Server(0, "https://shop.example/webhooks/", "whsec_x", str(tmp_path / "x.sqlite3"))


def test_every_button_of_the_console_works_or_says_why(api: Any, sandbox: Sandbox) -> None:
    """Press every button of a page on which everything has happened, as a browser does."""
    account = _account_with_money(api)
    paid_charge(api, 7700, "4000000000000259")
    paid_charge(api, 8800)
    api.refunds.create({"charge": paid_charge(api, 6600), "amount": 100})
    for iban in (GOOD, REFUSED):
        driver.pay_later(page(api).url, "sepa_debit", iban)
    driver.pay_later(page(api).url, "customer_balance")
    sandbox.command("payout", account=account, amount=100, currency="eur", status="pending")
    forms = _forms(_page(sandbox))
    commands = {command for command, _ in forms}
    assert commands >= {
        "advance",
        "settle",
        "open_dispute",
        "close_dispute",
        "fail_refund",
        "cash_out",
        "require",
        "account",
        "reject",
        "settle_payout",
        "hold",
        "resend",
        "fault",
    }
    accept = {"Accept": "text/html", "Origin": sandbox.base}
    for command, values in forms:
        status, text = _post(sandbox, command, values, accept)
        assert status == 303 or (status == 400 and 'role="alert"' in text), (command, values)
    assert "STRIPE SANDBOX - no real money" in _page(sandbox)


def _page(sandbox: Sandbox) -> str:
    address = urlsplit(sandbox.base)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", "/_sandbox/")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


class _Forms(HTMLParser):
    """Each form's command and the values it would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((has["action"].rpartition("/")[2], {}))
        elif tag == "input":
            self.found[-1][1][has["name"]] = has["value"]
        elif tag == "select":
            self._select = has["name"]

    def handle_data(self, data: str) -> None:
        if self._select:
            self.found[-1][1][self._select] = data
            self._select = ""


def _forms(text: str) -> list[tuple[str, dict[str, str]]]:
    parser = _Forms()
    parser.feed(text)
    return parser.found


def _post(
    sandbox: Sandbox, command: str, values: dict[str, str], headers: dict[str, str]
) -> tuple[int, str]:
    address = urlsplit(sandbox.base)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/_sandbox/{command}", urlencode(values), {**kind, **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text
