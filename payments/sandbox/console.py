"""The sandbox's own page for people: what happened, and a few buttons."""

from __future__ import annotations

from html import escape

from .api import Api
from .markup import money, page, table
from .resources import accounts


def console(api: Api) -> str:
    """Return the page at /_sandbox/ with the latest payments, transfers, events and calls."""
    return page(
        "Stripe sandbox",
        _money(api) + _accounts(api) + _deliveries(api) + _calls(api),
    )


def _money(api: Api) -> str:
    rows = [
        [charge["id"], money(charge["amount"], charge["currency"]), charge["status"]]
        for charge in api.store.all("charge")[:10]
    ]
    moved = [
        [body["id"], money(body["amount"], body["currency"]), body["destination"]]
        for body in api.store.all("transfer")[:10]
    ]
    return (
        f'<section class="card"><h1>Charges</h1>{table(["id", "amount", "status"], rows)}'
        f"<h1>Transfers</h1>{table(['id', 'amount', 'to'], moved)}</section>"
    )


def _accounts(api: Api) -> str:
    rows = ""
    for body in accounts.connected(api.context())[:20]:
        state = body["capabilities"].get("transfers", "unrequested")
        wish, label = ("false", "Restrict") if state == "active" else ("true", "Enable")
        rows += (
            f"<tr><td>{escape(body['business_profile']['name'] or '')}</td>"
            f"<td><code>{escape(body['id'])}</code></td><td>{escape(state)}</td>"
            '<td><form method="post" action="/_sandbox/account">'
            f'<input type="hidden" name="account" value="{escape(body["id"])}">'
            f'<input type="hidden" name="enabled" value="{wish}">'
            f'<button class="small plain">{label}</button></form></td></tr>'
        )
    return (
        '<section class="card"><h1>Connected accounts</h1><table><tbody>'
        f"{rows}</tbody></table></section>"
    )


def _deliveries(api: Api) -> str:
    found = api.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT 20")
    rows = [[row["kind"], row["state"], str(row["tries"]), row["answer"]] for row in found]
    return (
        '<section class="card"><h1>Webhooks</h1>'
        '<form method="post" action="/_sandbox/resend">'
        '<button class="small plain">Send all again</button></form>'
        f"{table(['event', 'state', 'tries', 'answer'], rows)}</section>"
    )


def _calls(api: Api) -> str:
    found = api.store.rows("SELECT * FROM calls ORDER BY id DESC LIMIT 30")
    rows = [
        [f"{row['method']} {row['path']}", str(row["status"]), row["error"], row["params"][:120]]
        for row in found
    ]
    return (
        '<section class="card"><h1>Calls</h1>'
        f"{table(['call', 'status', 'error', 'parameters'], rows)}</section>"
    )
