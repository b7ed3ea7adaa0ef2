"""The hosted pages: pay, 3-D Secure, onboarding, receipt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from .cards import CARDS
from .context import Context
from .markup import money, page
from .resources import accounts, checkout, intents
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
    intent = checkout.pay(
        ctx,
        session,
        _text(form, "number"),
        name=_text(form, "name") or None,
        email=_text(form, "email") or session["customer_email"],
    )
    if intent["status"] == "succeeded":
        return _success(session)
    if intent["status"] == "requires_action":
        return Page(303, location=intent["next_action"]["redirect_to_url"]["url"])
    return Page(402, _pay_html(ctx, session, intent["last_payment_error"]["message"]))


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
    hints = "".join(
        f"<dt><code>{number}</code></dt><dd>{escape(card.note)}</dd>"
        for number, card in CARDS.items()
    )
    back = session["cancel_url"]
    leave = f'<p><a href="{escape(back)}">Back without paying</a></p>' if back else ""
    email = escape(session["customer_email"] or "")
    return page(
        f"Pay {total}",
        f'<section class="card"><h1>You pay</h1><div class="total">{total}</div>'
        f"<dl>{lines}</dl>{leave}</section>"
        f'<section class="card"><h1>Pay by card</h1>{problem}'
        f'<form method="post" action="/c/pay/{escape(session["id"])}">'
        '<label for="email">E-mail</label>'
        f'<input id="email" name="email" type="email" value="{email}" required>'
        '<label for="number">Card number</label>'
        '<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" '
        'placeholder="4242 4242 4242 4242" required>'
        '<div class="row"><div><label for="expiry">Expires</label>'
        '<input id="expiry" name="expiry" placeholder="12 / 40" value="12 / 40"></div>'
        '<div><label for="cvc">CVC</label>'
        '<input id="cvc" name="cvc" inputmode="numeric" value="123"></div></div>'
        '<label for="name">Name on card</label><input id="name" name="name">'
        f'<button id="pay" type="submit">Pay {total}</button></form></section>'
        f'<section class="card wide hint"><h1>Test cards</h1><dl>{hints}</dl></section>',
        "two",
    )


def _authenticate(ctx: Context, intent_id: str, form: dict[str, Any] | None) -> Page:
    intent = ctx.store.get(intent_id, "payment_intent")
    if intent is None or intent["status"] != "requires_action":
        return _gone("There is nothing to confirm here any more.", 410)
    session = ctx.store.all(
        "checkout.session", keep=lambda body: body["payment_intent"] == intent_id
    )[0]
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
    card = charge["payment_method_details"]["card"]["last4"]
    return Page(
        200,
        page(
            "Receipt",
            f'<section class="card"><h1>Receipt</h1><div class="total">{total}</div>'
            f"<p>Paid with card ending {escape(card)}. Charge <code>{escape(charge_id)}</code>."
            "</p></section>",
        ),
    )


_VIEWS = (
    (r"/c/pay/(cs_\w+)", _pay),
    (r"/authenticate/(pi_\w+)", _authenticate),
    (r"/setup/(\w+)", _onboard),
    (r"/receipts/(\w+)", _receipt),
)
