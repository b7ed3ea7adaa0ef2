"""A manufacturer sets up payouts and sees what was earned."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import portal_page, recently_signed_in
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.pages import keyset_page, render_page
from marketplace.core.spreadsheets import csv_line
from orders.queries import get_order, side_of
from orders.rooms import frame_of
from payments import payout_queries, queries
from payments.actions import payouts
from payments.background import soon
from payments.credit_queries import expected_days
from payments.debt_queries import debts_of
from payments.document_queries import documents_of_order
from payments.payout_queries import MOST_BANK_PAYOUTS
from payments.plans import plan_rows, plan_steps, waits_for_instalment
from payments.rules import check_can_manage_payouts
from payments.statement_paper import statement_paper
from payments.statements import rows_of
from payments.states import PaymentState
from payments.tax_queries import tax_of_order
from payments.views.waiting import leave_for, render_progress

MOST_MONTHS_SHOWN = 24


@portal_page
def portal_payouts(request: Request) -> HttpResponse:
    """The payout account and every transfer; back from Stripe, a worker asks how it stands."""
    check_can_manage_payouts(request.actor)
    account = queries.payout_account_of(request.actor)
    if account is not None and account.account and "back" in request.GET:
        soon("sync_payout_account", account.pk)
    context = {
        "account": account,
        "came_back": "back" in request.GET,
        "link_expired": "again" in request.GET,
        "debts": debts_of(request.actor),
        "expected": payout_queries.expected_payouts(request.actor),
        "bank_payouts": payout_queries.bank_payouts_of(request.actor)[:MOST_BANK_PAYOUTS],
        "months": payout_queries.statement_months(request.actor)[:MOST_MONTHS_SHOWN],
        "page": payout_queries.with_promises(
            keyset_page(queries.payouts_of(request.actor), request.GET.get("after", ""))
        ),
    }
    return render_page(request, "payments/portal/portal_payouts.html", context, fragment="account")


@portal_page
@require_POST
@recently_signed_in
def set_up_payouts(request: Request) -> HttpResponse:
    """Ask for a link to Stripe's onboarding page."""
    payouts.set_up_payouts(actor=request.actor)
    return redirect("await_onboarding")


@portal_page
def await_onboarding(request: Request) -> HttpResponse:
    """Wait until the worker has the link, then go there."""
    url = payouts.take_link(actor=request.actor)
    if url:
        return leave_for(request, url)
    account = queries.payout_account_of(request.actor)
    if account is None:
        return redirect("portal_payouts")
    return render_progress(
        request,
        "payments/portal/await_onboarding.html",
        {"account": account},
        waiting=account.link_asked_at is not None,
    )


@portal_page
def payout_statement(request: Request, month: str, form: str) -> HttpResponse:
    """The statement of a month as PDF or CSV."""
    found, statements = payout_queries.get_statements(request.actor, month)
    if form == "pdf":
        from marketplace.core.pdf import MAX_ROWS, pdf_bytes

        if sum(len(each.lines) + 2 for each in statements) > MAX_ROWS:
            raise DomainError("This month has more lines than a PDF holds. Take it as CSV.")
        content = pdf_bytes(statement_paper(request.actor.company, found, statements))
        kind = "application/pdf"
    else:
        # The mark at the front tells spreadsheets that it is UTF-8.
        content = "".join(["\ufeff", *(csv_line(row) for row in rows_of(statements))]).encode()
        kind = "text/csv; charset=utf-8"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="statement-{found}.{form}"'
    return answer


@portal_page
def portal_order_money(request: Request, order: str) -> HttpResponse:
    """What is held for an order, our commission, and what was transferred, in words."""
    found = get_order(request.actor, order)
    if side_of(request.actor, found) != Side.MANUFACTURER:
        raise NotFound()
    payments = queries.payments_of(request.actor, found)
    plan = plan_rows(found, payments, moved=queries.moved_of(payments))
    on_account = [row.payment for row in plan if row.payment.state == PaymentState.INVOICED]
    days = [by for by, _ in expected_days(on_account).values() if by] if on_account else []
    context = {
        **frame_of(found, Side.MANUFACTURER, "order_money"),
        "on_account": bool(on_account),
        "expected_by": max(days, default=None),
        "plan": plan,
        "steps": plan_steps(plan),
        "waits_for": waits_for_instalment(found, plan),
        "rows": queries.money_rows(request.actor, found),
        "tax": tax_of_order(found),
        "documents": documents_of_order(request.actor, found),
    }
    return render_page(request, "payments/portal/portal_order_money.html", context)
