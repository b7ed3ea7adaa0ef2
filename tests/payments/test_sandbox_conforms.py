"""Could the sandbox's answers, events and accepted parameters be Stripe's?

The judge is the installed client: its classes are generated from Stripe's own description.
"""

from __future__ import annotations

import json
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
    endpoints,
    intents,
    refunds,
    transfers,
)
from tests.payments.conform import accepted_params, findings
from tests.payments.conftest import KEY, Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Any:
    client = stripe.StripeClient(
        KEY,
        base_addresses={"api": sandbox.base},
        http_client=stripe.RequestsClient(timeout=10),
        max_network_retries=0,
    )
    return client.v1


def live_through_everything(api: Any, sandbox: Sandbox) -> list[dict[str, Any]]:
    """Make one object of every kind, in every state the product meets; return the answers."""
    seen: list[Any] = []
    customer = api.customers.create({"name": "Bea", "email": "bea@example.com"})
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
    seen += [
        customer,
        maker,
        link,
        api.accounts.retrieve(maker.id),
        api.accounts.retrieve_current(),
    ]
    for card in ("4000000000000002", "4000000000003155", "4242424242424242", "4000000000000259"):
        seen += _pay(api, card, customer.id)
    charge = api.charges.list({"limit": 100}).data[1]
    transfer = api.transfers.create(
        {
            "amount": 4000,
            "currency": "eur",
            "destination": maker.id,
            "source_transaction": charge.id,
        }
    )
    seen.append(api.transfers.reversals.create(transfer.id, {"amount": 1500}))
    seen.append(api.refunds.create({"charge": charge.id, "amount": 700, "reason": "duplicate"}))
    sandbox.command("fail_refund", refund=seen[-1].id)
    sandbox.command("advance", seconds=3 * 86_400)
    sandbox.command("payout", account=maker.id, amount=900, currency="eur", status="failed")
    dispute = api.disputes.list().data[0]
    sandbox.command("close_dispute", dispute=dispute.id, status="won")
    seen += [transfer, dispute, api.disputes.retrieve(dispute.id), api.balance.retrieve()]
    seen.append(
        api.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})
    )
    for resource in (api.balance_transactions, api.events, api.charges, api.refunds, api.transfers):
        seen += list(resource.list({"limit": 100}).auto_paging_iter())
    seen += api.payouts.list({}, {"stripe_account": maker.id}).data
    seen += api.payment_methods.list({"limit": 100}).data
    return [json.loads(json.dumps(found.to_dict(for_json=True))) for found in seen]


def _pay(api: Any, card: str, customer: str) -> list[Any]:
    session = api.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer,
            "success_url": "http://127.0.0.1/ok",
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
    try:
        place = driver.pay(session.url, card)
        if "/authenticate/" in place:
            driver.authenticate(place)
    except driver.SandboxRefused:
        api.checkout.sessions.expire(session.id)
    after = api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.refunds", "line_items"]}
    )
    return [session, after]


def test_every_answer_and_event_could_be_stripes(api: Any, sandbox: Sandbox) -> None:
    bodies = live_through_everything(api, sandbox)
    kinds = {body["object"] for body in bodies}
    assert kinds >= {
        "account",
        "charge",
        "checkout.session",
        "dispute",
        "event",
        "payout",
        "refund",
    }
    found = {finding for body in bodies for finding in findings(body)}
    for body in bodies:
        if body["object"] == "event":
            found |= {f"{body['type']}: {f}" for f in findings(body["data"]["object"])}
    assert "\n".join(sorted(found)) == ""


def test_the_comparison_has_teeth(api: Any) -> None:
    """A misspelt field, a wrong type, a missing field and an unknown state are all found."""
    session = _pay(api, "4242424242424242", api.customers.create({}).id)[0]
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
