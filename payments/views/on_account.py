"""Buying on account for the buyer: its limit, what is owed, paying it, and the application."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import keyset_page, render_page
from marketplace.core.spreadsheets import csv_line
from payments import credit_queries as queries
from payments.actions import credit
from payments.actions import on_account as actions
from payments.credit_rules import can_pay_receivable
from payments.forms import CreditApplicationForm
from payments.models import Receivable
from payments.states import CreditState

MOST_ROWS = 5000
HEADER = (
    "Number",
    "Order",
    "Title",
    "PO number",
    "State",
    "Currency",
    "Amount",
    "Taken off",
    "Paid",
    "Open",
    "Written off",
    "Due",
    "Days overdue",
)


@buyer_page
def on_account(request: Request) -> HttpResponse:
    """The limit, what is used and free, and every receivable; before that, the application."""
    return _page(request, CreditApplicationForm())


@buyer_page
@require_POST
def apply_for_credit(request: Request) -> HttpResponse:
    """Send the application."""
    form = CreditApplicationForm(request.POST)
    if form.is_valid():
        try:
            credit.apply_for_credit(actor=request.actor, application=form.application)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(
                request, "Your application is with us. You get a mail when it is decided."
            )
            return redirect("on_account")
    return _page(request, form, status=422)


def _page(request: Request, form: CreditApplicationForm, status: int = 200) -> HttpResponse:
    account = queries.credit_account_of(request.actor)
    kind = request.GET.get("state", "")
    page = keyset_page(queries.receivables_of(request.actor, kind), request.GET.get("after", ""))
    today = timezone.localdate()
    has_terms = account is not None and account.state in (
        CreditState.APPROVED,
        CreditState.SUSPENDED,
    )
    context: dict[str, Any] = {
        "account": account,
        "may_apply": account is None or account.state == CreditState.REFUSED,
        "may_pay": "pay" in request.actor.permissions,
        "standing": queries.standing_of(account) if account and has_terms else None,
        "form": form,
        "page": page,
        "rows": [
            {
                "receivable": row,
                "days_overdue": row.days_overdue(today),
                "may_pay": _may_pay(request, row),
            }
            for row in page
        ],
        "state": kind if kind in queries.FILTERS else "",
        "states": list(queries.FILTERS.items()),
        "iban": settings.PLATFORM_IBAN,
    }
    return render_page(
        request, "payments/buyer/on_account.html", context, fragment="list", status=status
    )


def _may_pay(request: Request, row: Receivable) -> bool:
    return can_pay_receivable(request.actor, row)


@buyer_page
def receivables_csv(request: Request) -> HttpResponse:
    """The same rows for a spreadsheet, newest first, at most MOST_ROWS."""
    rows = queries.receivables_of(request.actor, request.GET.get("state", ""))
    today = timezone.localdate()
    lines: list[tuple[str, ...]] = [HEADER]
    lines += [_line(row, row.days_overdue(today)) for row in rows[:MOST_ROWS]]
    content = "".join(["\ufeff", *(csv_line(line) for line in lines)]).encode()
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="on-account.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _line(row: Receivable, days_overdue: int) -> tuple[str, ...]:
    order = row.request.order
    return (
        row.number,
        order.reference,
        order.title,
        row.po_number,
        str(row.get_state_display()),
        row.currency,
        *(
            str(row.money(minor).decimal)
            for minor in (
                row.amount_minor,
                row.lowered_minor,
                row.received_minor,
                row.open_minor,
                row.written_off_minor,
            )
        ),
        row.due_on.isoformat() if row.due_on else "",
        str(days_overdue),
    )


@buyer_page
@require_POST
def pay_receivable(request: Request, receivable: str) -> HttpResponse:
    """Ask for a payment page for what is owed of one receivable."""
    try:
        attempt = actions.pay_receivable(actor=request.actor, public_id=receivable)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
        return redirect("on_account")
    return redirect("await_payment_page", attempt.public_id)


@buyer_page
@require_POST
def pay_on_account(request: Request, order: str, payment: str) -> HttpResponse:
    """Put a payment on account; the order goes on."""
    try:
        actions.pay_on_account(actor=request.actor, public_id=order, payment=payment)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
        return redirect("pay_instalment", order, payment)
    messages.success(request, "It is on your account, and the order goes on.")
    return redirect("order_money", order)
