"""The hosted pages: pay, 3-D Secure, bank transfer, onboarding, receipt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from .cards import CARDS
from .context import Context
from .errors import ApiError
from .markup import money, page
from .resources import accounts, checkout, delayed, intents
from .resources.charges import new_payment_method
from .store import Body

_FAILED_3DS = (
    "payment_intent_authentication_failure",
    "authentication_required",
    "We are unable to authenticate your payment method. Please choose a different payment "
    "method and try again.",
)


@dataclass(frozen=True)
class Page:
    """An HTML answer, or a redirect when ``location`` is set."""

    status: int
    html: str = ""
    location: str = ""


def answer(ctx: Context, method: str, path: str, form: dict[str, Any]) -> Page | None:
    """Answer an address of a hosted page; None when it is none."""
    for pattern, view in _VIEWS:
        match = re.fullmatch(pattern, path)
        if match:
            with ctx.store.transaction():
                return view(ctx, match[1], form if method == "POST" else None)
    return None


def _gone(sentence: str, status: int = 404) -> Page:
    content = f'<p class="card wide" role="alert">{escape(sentence)}</p>'
    return Page(status, page("Not available", content))


def _text(form: dict[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value.strip()[:200] if isinstance(value, str) else ""


def _pay(ctx: Context, session_id: str, form: dict[str, Any] | None) -> Page:
    session = ctx.store.get(session_id, "checkout.session")
    if session is None:
        return _gone("There is no such payment page.")
    session = checkout.lapse(ctx, session)
    if session["status"] == "complete":
        return _gone("You have paid this already. There is nothing left to do here.", 409)
    if session["status"] != "open":
        return _gone("This payment page has expired. Go back to the shop and start again.", 410)
    if form is None:
        return Page(200, _pay_html(ctx, session))
    way = _text(form, "way") or "card"
    if way != "card":
        return _pay_later(ctx, session, way, form)
    intent = checkout.pay(
        ctx,
        session,
        _text(form, "number"),
        name=_text(form, "name") or None,
        email=_text(form, "email") or checkout.email_of(session),
    )
    if intent["status"] == "succeeded":
        return _success(session)
    if intent["status"] == "requires_action":
        return Page(303, location=intent["next_action"]["redirect_to_url"]["url"])
    return Page(402, _pay_html(ctx, session, intent["last_payment_error"]["message"]))


def _pay_later(ctx: Context, session: Body, way: str, form: dict[str, Any]) -> Page:
    try:
        intent = checkout.pay_later(
            ctx,
            session,
            way,
            _text(form, "iban"),
            name=_text(form, "name") or None,
            email=_text(form, "email") or checkout.email_of(session),
        )
    except ApiError as error:
        return Page(402, _pay_html(ctx, session, str(error)))
    if intent["next_action"]:
        told = intent["next_action"]["display_bank_transfer_instructions"]
        return Page(303, location=told["hosted_instructions_url"])
    return _success(session)


def _bank(ctx: Context, intent_id: str, form: dict[str, Any] | None) -> Page:
    intent = ctx.store.get(intent_id, "payment_intent")
    told = ((intent or {}).get("next_action") or {}).get("display_bank_transfer_instructions")
    if intent is None or not told:
        return _gone("Nothing has to be transferred here any more.", 410)
    iban = told["financial_addresses"][0]["iban"]
    rows = (
        ("Amount", money(told["amount_remaining"], told["currency"])),
        ("To", iban["account_holder_name"]),
        ("IBAN", iban["iban"]),
        ("BIC", iban["bic"]),
        ("Reference", told["reference"]),
    )
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    back = _success(checkout.session_of(ctx, intent_id)).location
    return Page(
        200,
        page(
            "Bank transfer",
            f'<section class="card"><h1>Transfer this from your bank</h1><dl>{facts}</dl>'
            "<p>Nothing is paid yet. The money arrives when the button "
            "<strong>Money arrives</strong> is pressed at "
            '<a href="/_sandbox/">the sandbox</a>.</p>'
            f'<p><a id="on" href="{escape(back)}">Back to the shop</a></p></section>',
        ),
    )


def _success(session: Body) -> Page:
    url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return Page(303, location=url)


def _pay_html(ctx: Context, session: Body, error: str = "") -> str:
    total = money(session["amount_total"], session["currency"])
    lines = "".join(
        f"<dt>{escape(item['name'])} &times; {item['quantity']}</dt>"
        f"<dd>{money(item['amount'], session['currency'])}</dd>"
        for item in checkout.items_of(ctx, session["id"])
    )
    problem = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    back = session["cancel_url"]
    leave = f'<p><a href="{escape(back)}">Back without paying</a></p>' if back else ""
    ways = "".join(_WAYS[way](session, total) for way in session["payment_method_types"])
    return page(
        f"Pay {total}",
        f'<section class="card"><h1>You pay</h1><div class="total">{total}</div>'
        f"<dl>{lines}</dl>{leave}</section>"
        f'<div class="ways">{problem}{ways}</div>',
        "two",
    )


def _form(session: Body, way: str, title: str, fields: str, button: str, hints: str = "") -> str:
    email = escape(checkout.email_of(session) or "")
    mark = "" if way == "card" else f"-{way}"
    return (
        f'<section class="card"><h1>{title}</h1>'
        f'<form method="post" action="/c/pay/{escape(session["id"])}">'
        f'<input type="hidden" name="way" value="{way}">'
        f'<label for="email{mark}">E-mail</label>'
        f'<input id="email{mark}" name="email" type="email" value="{email}" required>'
        f'{fields}<button id="pay{mark}" type="submit">{button}</button></form>'
        f'<dl class="hint">{hints}</dl></section>'
    )


def _by_card(session: Body, total: str) -> str:
    fields = (
        '<label for="number">Card number</label>'
        '<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" '
        'placeholder="4242 4242 4242 4242" required>'
        '<div class="row"><div><label for="expiry">Expires</label>'
        '<input id="expiry" name="expiry" placeholder="12 / 40" value="12 / 40"></div>'
        '<div><label for="cvc">CVC</label>'
        '<input id="cvc" name="cvc" inputmode="numeric" value="123"></div></div>'
        '<label for="name">Name on card</label><input id="name" name="name">'
    )
    hints = _hints((number, card.note) for number, card in CARDS.items())
    return _form(session, "card", "Pay by card", fields, f"Pay {total}", hints)


def _by_debit(session: Body, total: str) -> str:
    fields = (
        '<label for="iban">IBAN</label>'
        f'<input id="iban" name="iban" placeholder="{next(iter(delayed.IBANS))}" required>'
        '<label for="holder">Account holder</label><input id="holder" name="name">'
    )
    hints = _hints((iban, note) for iban, (_, note) in delayed.IBANS.items())
    title, button = "Pay by SEPA debit (takes days)", f"Let {total} be debited"
    return _form(session, delayed.DEBIT, title, fields, button, hints)


def _by_transfer(session: Body, total: str) -> str:
    title, button = "Pay by bank transfer (takes days)", f"Show where to transfer {total}"
    return _form(session, delayed.TRANSFER, title, "", button)


def _hints(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"<dt><code>{number}</code></dt><dd>{escape(note)}</dd>" for number, note in pairs
    )


_WAYS = {"card": _by_card, delayed.DEBIT: _by_debit, delayed.TRANSFER: _by_transfer}


def _authenticate(ctx: Context, intent_id: str, form: dict[str, Any] | None) -> Page:
    intent = ctx.store.get(intent_id, "payment_intent")
    if intent is None or intent["status"] != "requires_action":
        return _gone("There is nothing to confirm here any more.", 410)
    session = checkout.session_of(ctx, intent_id)
    if form is None:
        return Page(200, _authenticate_html(intent))
    number = next(number for number, card in CARDS.items() if card.needs_3ds)
    if _text(form, "decision") != "complete":
        intents.fail(ctx, intent, None, new_payment_method(ctx, number), _FAILED_3DS)
        return Page(402, _pay_html(ctx, session, _FAILED_3DS[2]))
    checkout.pay(ctx, session, number, authenticated=True)
    return _success(session)


def _authenticate_html(intent: Body) -> str:
    total = money(intent["amount"], intent["currency"])
    return page(
        "3-D Secure",
        '<section class="card"><h1>3-D Secure test page</h1>'
        f"<p>Your bank asks: do you want to pay <strong>{total}</strong>?</p>"
        '<form method="post">'
        '<button name="decision" value="complete" id="complete">Complete</button>'
        '<button name="decision" value="fail" id="fail" class="plain">Fail</button>'
        "</form></section>",
    )


def _onboard(ctx: Context, token: str, form: dict[str, Any] | None) -> Page:
    link = ctx.store.get(f"link_{token}", "sandbox.onboarding")
    if link is None:
        return _gone("There is no such onboarding page.")
    if link["used"] or link["expires_at"] <= ctx.now():
        return Page(303, location=link["refresh_url"])
    if form is None:
        return Page(200, _onboard_html(ctx, link))
    if _text(form, "decision") != "later":
        link["used"] = True
        ctx.store.save(link)
        accounts.set_enabled(ctx, link["account"], True)
    return Page(303, location=link["return_url"])


def _onboard_html(ctx: Context, link: Body) -> str:
    account = ctx.store.get(link["account"], "account")
    name = (account or {}).get("business_profile", {}).get("name") or link["account"]
    return page(
        "Set up payouts",
        '<section class="card"><h1>Set up payouts</h1>'
        f"<p>Tell us about <strong>{escape(name)}</strong> and where its money should go.</p>"
        '<form method="post"><label for="owner">Legal representative</label>'
        '<input id="owner" name="owner" value="Erika Muster">'
        '<label for="iban">Bank account (IBAN)</label>'
        '<input id="iban" name="iban" value="DE89 3704 0044 0532 0130 00">'
        '<button name="decision" value="submit" id="submit">Agree and submit</button>'
        '<button name="decision" value="later" id="later" class="plain">Finish later</button>'
        "</form></section>",
    )


def _receipt(ctx: Context, charge_id: str, form: dict[str, Any] | None) -> Page:
    charge = ctx.store.get(charge_id, "charge")
    if charge is None:
        return _gone("There is no such receipt.")
    total = money(charge["amount"], charge["currency"])
    details = charge["payment_method_details"]
    last4 = details[details["type"]].get("last4", "")
    how = f"{details['type'].replace('_', ' ')} {last4}".strip()
    return Page(
        200,
        page(
            "Receipt",
            f'<section class="card"><h1>Receipt</h1><div class="total">{total}</div>'
            f"<p>Paid by {escape(how)}. Charge <code>{escape(charge_id)}</code>.</p></section>",
        ),
    )


_VIEWS = (
    (r"/c/pay/(cs_\w+)", _pay),
    (r"/authenticate/(pi_\w+)", _authenticate),
    (r"/bank/(pi_\w+)", _bank),
    (r"/setup/(\w+)", _onboard),
    (r"/receipts/(\w+)", _receipt),
)
