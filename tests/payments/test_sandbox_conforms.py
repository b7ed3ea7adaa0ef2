"""Could the sandbox's answers, events and accepted parameters be Stripe's?

The judge is the installed client: its classes are generated from Stripe's own description.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from payments.sandbox import driver
from payments.sandbox.listing import FILTERS
from payments.sandbox.resources import (
    accounts,
    balance,
    checkout,
    customers,
    delayed,
    disputes,
    endpoints,
    files,
    intents,
    refunds,
    transfers,
)
from payments.sandbox.routes import ROUTES
from tests.payments.conform import accepted_params, findings
from tests.payments.conftest import KEY, ROOT, Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Any:
    client = stripe.StripeClient(
        KEY,
        base_addresses={"api": sandbox.base, "files": sandbox.base},
        http_client=stripe.RequestsClient(timeout=10),
        max_network_retries=0,
    )
    return client.v1


def onboarded(api: Any) -> tuple[Any, list[Any]]:
    """A connected account with everything its owner and the platform may ask."""
    maker = api.accounts.create(
        {
            "country": "DE",
            "controller": {
                "stripe_dashboard": {"type": "express"},
                "losses": {"payments": "application"},
                "fees": {"payer": "application"},
            },
            "capabilities": {"transfers": {"requested": True}},
        }
    )
    link = api.account_links.create(
        {
            "account": maker.id,
            "type": "account_onboarding",
            "return_url": "http://a/",
            "refresh_url": "http://b/",
        }
    )
    driver.onboard(link.url)
    seen = [
        maker,
        link,
        api.accounts.retrieve(maker.id),
        api.accounts.retrieve_current(),
        api.accounts.capabilities.retrieve(maker.id, "transfers"),
        api.accounts.login_links.create(maker.id),
    ]
    return maker, seen


def live_through_everything(api: Any, sandbox: Sandbox) -> list[dict[str, Any]]:
    """Make one object of every kind, in every state the product meets; return the answers."""
    customer = api.customers.create({"name": "Bea", "email": "bea@example.com"})
    maker, seen = onboarded(api)
    seen += [customer, api.customers.retrieve(customer.id)]
    for card in ("4000000000000002", "4000000000003155", "4242424242424242", "4000000000000259"):
        seen += _pay(api, card, customer.id)
    seen += pay_slowly(api, sandbox, customer.id)
    seen += money_that_moves(api, sandbox, maker.id)
    seen += disputes_of_all_kinds(api)
    document = "individual.verification.document"
    for now in ("false", "true"):
        sandbox.command("require", account=maker.id, due=document, now=now)
    sandbox.command("account", account=maker.id, enabled="true")
    sandbox.command("reject", account=maker.id)
    seen.append(
        api.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})
    )
    seen.append(api.webhook_endpoints.update(seen[-1].id, {"disabled": True}))
    seen += everything_listed(api, maker.id)
    return [json.loads(json.dumps(found.to_dict(for_json=True))) for found in seen]


def pay_slowly(api: Any, sandbox: Sandbox, customer: str) -> list[Any]:
    """A debit that is paid, one that is refused, one that is disputed, and a bank transfer."""
    pages, seen = [_page(api, customer) for _ in range(4)], []
    for page, iban in zip(pages, delayed.IBANS, strict=False):
        driver.pay_later(page.url, "sepa_debit", iban)
    driver.pay_later(pages[3].url, "customer_balance")
    for page in pages:
        found = api.checkout.sessions.retrieve(
            page.id, {"expand": ["payment_intent.latest_charge"]}
        )
        seen += [found, found.payment_intent]
    sandbox.command("settle", payment_intent=seen[-1].id)
    seen.append(api.refunds.create({"charge": api.charges.list().data[0].id, "amount": 200}))
    sandbox.command("advance", seconds=6 * 86_400)
    wait_until(lambda: api.payment_intents.retrieve(seen[1].id).status == "succeeded")
    seen.append(api.refunds.create({"payment_intent": seen[1].id, "amount": 300}))
    return seen


def money_that_moves(api: Any, sandbox: Sandbox, maker: str) -> list[Any]:
    """Transfers, their reversals, refunds that come back, payouts that fail and arrive."""
    charge = next(row for row in api.charges.list({"limit": 100}).data if _is_plain(row))
    transfer = api.transfers.create(
        {
            "amount": 4000,
            "currency": "eur",
            "destination": maker,
            "source_transaction": charge.id,
        }
    )
    reversal = api.transfers.reversals.create(transfer.id, {"amount": 1500})
    refund = api.refunds.create({"charge": charge.id, "amount": 700, "reason": "duplicate"})
    sandbox.command("fail_refund", refund=refund.id)
    for status in ("failed", "paid", "pending"):
        sandbox.command("payout", account=maker, amount=900, currency="eur", status=status)
    sandbox.command("cash_out", account=maker)
    own = {"stripe_account": maker}
    payout = api.payouts.list({}, own).data[0]
    return [
        transfer,
        api.transfers.retrieve(transfer.id),
        reversal,
        api.transfers.reversals.retrieve(transfer.id, reversal.id),
        *api.transfers.reversals.list(transfer.id).data,
        refund,
        api.refunds.retrieve(refund.id),
        api.payouts.retrieve(payout.id, {}, own),
        api.payouts.create({"amount": 100, "currency": "eur"}),
        api.balance.retrieve(),
        api.balance.retrieve({}, own),
    ]


def _is_plain(charge: Any) -> bool:
    return bool(
        charge.paid and not charge.disputed and charge.payment_method_details.type == "card"
    )


def disputes_of_all_kinds(api: Any) -> list[Any]:
    """Evidence kept, sent and read; a claim that is accepted."""
    content = io.BytesIO(b"%PDF-1.4 evidence")
    content.name = "pack.pdf"
    file = api.files.create({"purpose": "dispute_evidence", "file": content})
    first, second = api.disputes.list().data[:2]
    evidence = {"uncategorized_file": file.id, "uncategorized_text": "winning_evidence"}
    return [
        file,
        api.files.retrieve(file.id),
        *api.files.list().data,
        first,
        api.disputes.update(first.id, {"evidence": evidence, "submit": False}),
        api.disputes.update(first.id, {"evidence": {"customer_name": "Bea"}}),
        api.disputes.retrieve(first.id),
        api.disputes.close(second.id),
    ]


def everything_listed(api: Any, maker: str) -> list[Any]:
    seen: list[Any] = []
    for resource in (
        api.accounts,
        api.balance_transactions,
        api.charges,
        api.checkout.sessions,
        api.customers,
        api.events,
        api.payment_intents,
        api.payment_methods,
        api.refunds,
        api.transfers,
        api.webhook_endpoints,
    ):
        seen += list(resource.list({"limit": 100}).auto_paging_iter())
    for resource in (api.balance_transactions, api.events, api.payouts):
        seen += resource.list({"limit": 100}, {"stripe_account": maker}).data
    by_kind = {one.object: one for one in seen}
    for resource, kind in (
        (api.balance_transactions, "balance_transaction"),
        (api.charges, "charge"),
        (api.payment_methods, "payment_method"),
        (api.webhook_endpoints, "webhook_endpoint"),
    ):
        newest = resource.list({"limit": 1}).data[0]
        seen.append(resource.retrieve(newest.id))
        assert by_kind[kind]
    seen.append(api.events.retrieve(api.events.list({"limit": 1}).data[0].id))
    return seen


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError("It did not happen within 5 s.")


def _page(api: Any, customer: str) -> Any:
    bank = {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}}
    return api.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer,
            "success_url": "http://127.0.0.1/ok",
            "payment_method_types": ["card", "sepa_debit", "customer_balance"],
            "payment_method_options": {
                "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": bank}
            },
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 9900,
                        "product_data": {"name": "Order"},
                    },
                }
            ],
        }
    )


def _pay(api: Any, card: str, customer: str) -> list[Any]:
    session = _page(api, customer)
    try:
        place = driver.pay(session.url, card)
        if "/authenticate/" in place:
            driver.authenticate(place)
    except driver.SandboxRefused:
        api.checkout.sessions.expire(session.id)
    after = api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.refunds", "line_items"]}
    )
    return [session, after, *api.checkout.sessions.line_items.list(session.id).data]


# What only the product's own steps reach, in other tests.
UNSEEN_CALLS = {"POST /v1/payment_intents/{object_id}/cancel"}


def test_every_answer_and_event_could_be_stripes(api: Any, sandbox: Sandbox) -> None:
    """And nothing is left out: every address answered, every kind of event happened."""
    bodies = live_through_everything(api, sandbox)
    found = {finding for body in bodies for finding in findings(body)}
    events = {body["type"] for body in bodies if body["object"] == "event"}
    for body in bodies:
        if body["object"] == "event":
            found |= {f"{body['type']}: {f}" for f in findings(body["data"]["object"])}
    assert "\n".join(sorted(found)) == ""
    assert _emitted() - events == set()
    done = [c for c in driver.read(sandbox.base, "calls") if c["status"] == 200]
    silent = {
        f"{route.method} {route.pattern.pattern}"
        for route in ROUTES
        if not any(c["method"] == route.method and route.pattern.fullmatch(c["path"]) for c in done)
    }
    assert {re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", r"{\1}", one) for one in silent} == UNSEEN_CALLS


def _emitted() -> set[str]:
    """The types of event the sandbox's code can send."""
    types = set()
    for path in (ROOT / "payments" / "sandbox").rglob("*.py"):
        for word in re.findall(r'emit\(\s*f?"([^"]+)"', path.read_text()):
            types |= {word.replace("{status}", end) for end in ("paid", "failed")}
    return types | {"refund.failed", "refund.updated", "charge.refund.updated"}


def test_the_comparison_has_teeth(api: Any) -> None:
    """A misspelt field, a wrong type, a missing field and an unknown state are all found."""
    session = _page(api, api.customers.create({}).id)
    body = json.loads(json.dumps(session.to_dict(for_json=True)))
    assert findings(body) == []
    assert findings({**body, "amount_totl": 1})
    assert findings({**body, "amount_total": "1"})
    assert findings({**body, "status": "finished"})
    assert findings({name: value for name, value in body.items() if name != "expires_at"})


@pytest.mark.parametrize(
    ("accepted", "name"),
    [
        (accounts.CREATE, "account_create"),
        (accounts.LINK, "account_link_create"),
        (balance.PAYOUT, "payout_create"),
        (checkout.CREATE, "checkout.session_create"),
        (customers.CREATE, "customer_create"),
        (disputes.UPDATE, "dispute_update"),
        (files.CREATE, "file_create"),
        (endpoints.CREATE, "webhook_endpoint_create"),
        (endpoints.UPDATE, "webhook_endpoint_update"),
        (intents.CANCEL, "payment_intent_cancel"),
        (refunds.CREATE, "refund_create"),
        (transfers.CREATE, "transfer_create"),
        (transfers.REVERSE, "transfer_reversal_create"),
        (FILTERS["charge"], "charge_list"),
        (FILTERS["transfer"], "transfer_list"),
        (FILTERS["refund"], "refund_list"),
        (FILTERS["checkout.session"], "checkout.session_list"),
        (FILTERS["balance_transaction"], "balance_transaction_list"),
        (FILTERS["event"], "event_list"),
        (FILTERS["payout"], "payout_list"),
        (FILTERS["dispute"], "dispute_list"),
    ],
)
def test_the_sandbox_accepts_nothing_stripe_does_not(accepted: tuple[str, ...], name: str) -> None:
    assert set(accepted) <= accepted_params(name)
