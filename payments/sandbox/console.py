"""The sandbox's own page for people: what happened, and buttons for what may happen next."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

from . import balances
from .api import Api
from .context import Context
from .faults import KINDS
from .markup import button, html_table, money, page, table
from .resources import balance
from .resources.disputes import OUTCOMES
from .store import PLATFORM, Body

_ROWS = 15
_GOOD = ("succeeded", "paid", "active", "won", "complete", "done", "enabled")
_BAD = ("failed", "lost", "canceled", "inactive", "rejected", "dropped", "expired")


def console(api: Api) -> str:
    """Return the page at /_sandbox/: the newest of everything, each with its buttons."""
    ctx = api.context()
    return page(
        "Stripe sandbox",
        _overview(ctx)
        + _payments(ctx)
        + _disputes(ctx)
        + _refunds(ctx)
        + _accounts(ctx)
        + _payouts(ctx)
        + _webhooks(ctx)
        + _faults(api)
        + _calls(ctx),
    )


def refusal(error: Any) -> str:
    """Return the page that says why a button did nothing."""
    sentence = error["message"] if isinstance(error, dict) else str(error)
    return page(
        "Not done",
        f'<section class="card"><h1>Not done</h1><p role="alert">{escape(sentence)}</p>'
        '<p><a href="/_sandbox/">Back to the sandbox</a></p></section>',
    )


def _card(title: str, content: str) -> str:
    return f'<section class="card"><h1>{escape(title)}</h1>{content}</section>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _badge(state: str) -> str:
    look = "good" if state in _GOOD else "bad" if state in _BAD else "wait"
    return f'<span class="badge {look}">{escape(state.replace("_", " "))}</span>'


def _overview(ctx: Context) -> str:
    now = datetime.fromtimestamp(ctx.now(), UTC)
    found = balances.sums(ctx, PLATFORM) or {"eur": (0, 0)}
    money_rows = "".join(
        f"<span><strong>{money(available, currency)}</strong>available, "
        f"{money(pending, currency)} pending</span>"
        for currency, (available, pending) in sorted(found.items())
    )
    steps = {"1 hour": 3600, "1 day": 86_400, "3 days": 3 * 86_400, "7 days": 7 * 86_400}
    buttons = "".join(
        button("advance", f"+ {label}", seconds=str(seconds)) for label, seconds in steps.items()
    )
    return _card(
        "The platform's balance and the clock",
        f'<div class="facts">{money_rows}<span><strong>{now:%d %B %Y, %H:%M} UTC</strong>'
        f"the sandbox's clock; debits, pages and payouts go by it</span></div><p>{buttons}</p>",
    )


def _payments(ctx: Context) -> str:
    rows = []
    for intent in ctx.store.all("payment_intent", limit=_ROWS):
        method = ctx.store.get(intent["payment_method"] or "", "payment_method")
        charge = ctx.store.get(intent["latest_charge"] or "", "charge")
        rows.append(
            [
                escape(intent["description"] or "") + f"<br>{_code(intent['id'])}",
                escape(money(intent["amount"], intent["currency"])),
                escape(method["type"].replace("_", " ") if method else ""),
                _badge(_state(intent, charge)),
                _payment_buttons(intent, charge),
            ]
        )
    return _card("Payments", html_table(["for", "amount", "by", "state", ""], rows))


def _state(intent: Body, charge: Body | None) -> str:
    if charge and charge["disputed"]:
        return "disputed"
    if charge and charge["amount_refunded"]:
        return "refunded" if charge["refunded"] else "partly refunded"
    return str(intent["status"])


def _payment_buttons(intent: Body, charge: Body | None) -> str:
    told = (intent["next_action"] or {}).get("type") == "display_bank_transfer_instructions"
    if told:
        return button("settle", "Money arrives", payment_intent=intent["id"])
    if intent["status"] == "processing":
        yes = button("settle", "Bank pays", payment_intent=intent["id"])
        return yes + button("settle", "Bank refuses", payment_intent=intent["id"], status="failed")
    if charge and charge["paid"] and not charge["disputed"] and not charge["refunded"]:
        return button("open_dispute", "Dispute it", charge=charge["id"])
    return ""


def _disputes(ctx: Context) -> str:
    rows = []
    for dispute in ctx.store.all("dispute", limit=_ROWS):
        buttons = ""
        if dispute["status"] not in OUTCOMES:
            buttons = button("close_dispute", "Platform wins", dispute=dispute["id"], status="won")
            buttons += button("close_dispute", "Buyer wins", dispute=dispute["id"], status="lost")
        due = datetime.fromtimestamp(dispute["evidence_details"]["due_by"], UTC)
        rows.append(
            [
                _code(dispute["id"]),
                escape(money(dispute["amount"], dispute["currency"])),
                escape(dispute["reason"].replace("_", " ")),
                _badge(dispute["status"]),
                f"{due:%d %B %Y}",
                buttons,
            ]
        )
    head = ["dispute", "amount", "reason", "state", "evidence by", ""]
    return _card("Disputes", html_table(head, rows))


def _refunds(ctx: Context) -> str:
    rows = [
        [
            _code(refund["id"]),
            escape(money(refund["amount"], refund["currency"])),
            _badge(refund["status"]),
            button("fail_refund", "It comes back", refund=refund["id"])
            if refund["status"] != "failed"
            else "",
        ]
        for refund in ctx.store.all("refund", limit=_ROWS)
    ]
    return _card("Refunds", html_table(["refund", "amount", "state", ""], rows))


def _accounts(ctx: Context) -> str:
    rows = []
    found = ctx.store.rows(
        "SELECT id FROM objects WHERE kind='account' AND id<>? ORDER BY seq DESC LIMIT ?",
        PLATFORM,
        _ROWS,
    )
    for body in (ctx.store.get(row["id"]) for row in found):
        assert body is not None
        has = balances.sums(ctx, body["id"])
        amounts = ", ".join(money(sum(pair), currency) for currency, pair in sorted(has.items()))
        rows.append(
            [
                f'<span id="{escape(body["id"])}"></span>'
                f"{escape(body['business_profile']['name'] or '')}<br>{_code(body['id'])}",
                _badge(_account_state(body)),
                escape(amounts),
                _account_buttons(body),
            ]
        )
    return _card("Connected accounts", html_table(["account", "transfers", "has", ""], rows))


def _account_state(body: Body) -> str:
    if (body["requirements"]["disabled_reason"] or "").startswith("rejected"):
        return "rejected"
    return str(body["capabilities"].get("transfers", "unrequested"))


def _account_buttons(body: Body) -> str:
    named = {"account": body["id"]}
    active = body["capabilities"].get("transfers") == "active"
    if not active:
        return button("account", "Enable", enabled="true", **named)
    document = "individual.verification.document"
    return (
        button("cash_out", "Pay out to its bank", **named)
        + button("require", "Ask for a document", due=document, now="false", **named)
        + button("require", "Stop until a document is given", due=document, **named)
        + button("account", "Restrict", enabled="false", **named)
        + button("reject", "Reject", **named)
    )


def _payouts(ctx: Context) -> str:
    rows = []
    found = ctx.store.rows(
        "SELECT id, account FROM objects WHERE kind='payout' ORDER BY seq DESC LIMIT ?", _ROWS
    )
    for row in found:
        payout = ctx.store.get(row["id"])
        assert payout is not None
        buttons = ""
        if payout["status"] in balance.UNDER_WAY:
            buttons = button("settle_payout", "Bank takes it", payout=row["id"], status="paid")
        if payout["status"] != "failed":
            buttons += button("settle_payout", "Bank refuses", payout=row["id"], status="failed")
        rows.append(
            [
                _code(row["account"]),
                escape(money(payout["amount"], payout["currency"])),
                _badge(payout["status"]),
                buttons,
            ]
        )
    return _card("Payouts to banks", html_table(["account", "amount", "state", ""], rows))


def _webhooks(ctx: Context) -> str:
    found = ctx.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT 20")
    rows = [
        [escape(row["kind"]), _badge(row["state"]), str(row["tries"]), escape(row["answer"])]
        for row in found
    ]
    held = ctx.store.setting("hold", False)
    buttons = (
        button("release", "Let them go")
        + button("release", "Let them go, last first", order="reverse")
        + button("release", "Lose them", drop=".*")
        if held
        else button("hold", "Hold them back")
    )
    buttons += button("resend", "Send all again")
    return _card(
        "Webhooks",
        f"<p>{buttons}</p>" + html_table(["event", "state", "tries", "answer"], rows),
    )


def _faults(api: Api) -> str:
    planned = [
        [fault.kind, fault.method, fault.path, str(fault.times)] for fault in api.faults.planned()
    ]
    kinds = "".join(f"<option>{escape(kind)}</option>" for kind in KINDS)
    form = (
        '<form class="line" method="post" action="/_sandbox/fault">'
        f'<label>What <select name="kind">{kinds}</select></label>'
        '<label>Where <input name="path" value="/v1/transfers"></label>'
        '<label>How often <input name="times" value="1" size="3" inputmode="numeric"></label>'
        '<button class="small">Plan it</button></form>'
    )
    clear = button("clear_faults", "Forget all") if planned else ""
    return _card(
        "Faults to come", form + table(["what", "method", "where", "times"], planned) + clear
    )


def _calls(ctx: Context) -> str:
    found = ctx.store.rows("SELECT * FROM calls ORDER BY id DESC LIMIT 30")
    rows = [
        [f"{row['method']} {row['path']}", str(row["status"]), row["error"], row["params"][:120]]
        for row in found
    ]
    return _card("Calls of the API", table(["call", "status", "error", "parameters"], rows))
