"""Credit for staff: applications to decide, what is owed by age, transfers to match."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.money import CURRENCY_CHOICES, Money, to_minor
from payments.actions import credit
from payments.actions.bank_receipts import MOST_REFERENCE, match_bank_transfer, note_top_up
from payments.credit_queries import aging, standing_of
from payments.models import BankReceipt, CreditAccount, Receivable
from payments.models.credit import NET_DAYS
from payments.states import CreditState

DECIDE, MATCH = "admin:payments_creditaccount_decide", "admin:payments_receivable_match"
TOP_UP = "admin:payments_receivable_top_up"
APPROVE, CHANGE = "approve", "change"
S = CreditState
# State -> what staff can do: verb -> what the form calls it.
VERBS: dict[str, dict[str, str]] = {
    S.APPLIED: {APPROVE: "Approve", "refuse": "Refuse"},
    S.APPROVED: {CHANGE: "Change the terms", "suspend": "Suspend"},
    S.SUSPENDED: {"resume": "Let it be used again", CHANGE: "Change the terms"},
    S.REFUSED: {},
}
_PLAIN = {
    "refuse": credit.refuse_credit,
    "suspend": credit.suspend_credit,
    "resume": credit.resume_credit,
}


class DecisionForm(forms.Form):
    """What is decided about an account, and its terms where the decision sets them."""

    verb = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    limit = forms.DecimalField(
        label="Limit", required=False, max_digits=12, decimal_places=2, min_value=Decimal("0.01")
    )
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES)
    net_days = forms.TypedChoiceField(
        label="Days to pay", coerce=int, choices=[(days, str(days)) for days in NET_DAYS]
    )
    starts_production = forms.BooleanField(
        label="An order may begin on account (production starts before anything is paid)",
        required=False,
    )
    reason = forms.CharField(
        label="Why? The buyer reads it",
        max_length=credit.MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )

    def __init__(self, data: Any, account: CreditAccount) -> None:
        terms = {
            "limit": account.limit.decimal if account.limit_minor else None,
            "currency": account.currency or account.monthly_currency,
            "net_days": account.net_days or NET_DAYS[1],
            "starts_production": account.starts_production,
        }
        super().__init__(data, initial=terms)
        self.fields["verb"].choices = list(VERBS[account.state].items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Terms are needed where the decision sets them."""
        typed = super().clean() or {}
        if typed.get("verb") in (APPROVE, CHANGE) and not typed.get("limit"):
            self.add_error("limit", "Enter the limit.")
        return typed

    @property
    def terms(self) -> credit.CreditTerms:
        """The clean terms."""
        typed = self.cleaned_data
        minor = to_minor(typed["limit"], typed["currency"])
        return credit.CreditTerms(
            Money(minor, typed["currency"]), typed["net_days"], typed["starts_production"]
        )


class MatchForm(forms.Form):
    """A transfer as it stands on the statement of our bank account."""

    reference = forms.CharField(label="Reference of the bank", max_length=MOST_REFERENCE)
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    received_on = forms.DateField(
        label="Day it came", widget=forms.DateInput(attrs={"type": "date"})
    )


class TopUpForm(forms.Form):
    """Money that was moved from our bank account to the Stripe balance."""

    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES)
    reference = forms.CharField(
        label="Balance transaction at Stripe", max_length=MOST_REFERENCE, help_text="txn_..."
    )


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin):
    """Who buys on account, or asked to."""

    list_display = ["organization", "state", "limit", "net_days", "starts_production", "decide"]
    list_filter = ["state"]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "=registration_number"]

    def get_urls(self) -> list[URLPattern]:
        """The page of the decision beside Django's own."""
        view = self.admin_site.admin_view(self.decision)
        name = "payments_creditaccount_decide"
        return [path("<int:pk>/decide/", view, name=name), *super().get_urls()]

    @admin.display(description="Decision")
    def decide(self, account: CreditAccount) -> str:
        """A link to the page on which it is decided."""
        return format_html('<a href="{}">Open</a>', reverse(DECIDE, args=[account.pk]))

    def decision(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the buyer says of itself, how the account stands, and the decision."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        account = CreditAccount.objects.select_related("organization").filter(pk=pk).first()
        if account is None:
            raise Http404
        form = DecisionForm(request.POST or None, account)
        if request.method == "POST" and form.is_valid():
            try:
                _decide(_actor(request), account.public_id, form)
            except DomainError as error:
                _show(form, error)
            else:
                self.message_user(request, f"{account}: decided.")
                return redirect(DECIDE, account.pk)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Credit of {account.organization}",
            "account": account,
            "standing": standing_of(account) if account.currency else None,
            "form": form if VERBS[account.state] else None,
        }
        template = "admin/payments/creditaccount/decide.html"
        return render(request, template, page, status=422 if form.errors else 200)


def _decide(actor: Actor, public_id: str, form: DecisionForm) -> None:
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
    if verb in _PLAIN:
        _PLAIN[verb](actor=actor, public_id=public_id, reason=reason)
        return
    do = credit.approve_credit if verb == APPROVE else credit.change_credit
    do(actor=actor, public_id=public_id, terms=form.terms, reason=reason)


@admin.register(Receivable)
class ReceivableAdmin(ReadOnlyAdmin):
    """What buyers owe, the oldest due first, with its age above the list."""

    change_list_template = "admin/payments/receivable/change_list.html"
    list_display = ["number", "buyer", "amount", "left", "due_on", "late", "state", "match"]
    list_filter = ["state", "currency"]
    list_select_related = ["account__organization"]
    search_fields = ["=number", "account__organization__name", "=po_number", "=receipts__reference"]
    ordering = ["due_on", "pk"]

    def get_urls(self) -> list[URLPattern]:
        """The pages beside Django's own."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/match/", view(self.matching), name="payments_receivable_match"),
            path("top-up/", view(self.top_up), name="payments_receivable_top_up"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with what is owed by age above it."""
        return super().changelist_view(request, {**(extra_context or {}), "aging": aging()})

    @admin.display(description="Buyer")
    def buyer(self, row: Receivable) -> str:
        """Who owes."""
        return row.account.organization.name

    @admin.display(description="Days overdue")
    def late(self, row: Receivable) -> str:
        """Since the day it was due."""
        return str(row.days_overdue(timezone.localdate()) or "-")

    @admin.display(description="Transfer")
    def match(self, row: Receivable) -> str:
        """A link to match a transfer, while something is owed."""
        if not row.missing.minor:
            return "-"
        return format_html('<a href="{}">Match</a>', reverse(MATCH, args=[row.pk]))

    def matching(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A transfer that came to our bank account is matched, in whole or in part."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Receivable.objects.select_related("account__organization", "request__order")
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Http404
        form = MatchForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            try:
                made = match_bank_transfer(
                    actor=_actor(request),
                    public_id=row.public_id,
                    reference=typed["reference"],
                    minor=to_minor(typed["amount"], row.currency),
                    received_on=typed["received_on"],
                )
            except DomainError as error:
                _show(form, error)
            else:
                self.message_user(request, f"{made.amount} were matched to {row.number}.")
                return redirect(MATCH, row.pk)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Receivable {row.number}",
            "row": row,
            "receipts": BankReceipt.objects.filter(receivable=row).order_by("pk"),
            "form": form,
        }
        template = "admin/payments/receivable/match.html"
        return render(request, template, page, status=422 if form.errors else 200)

    def top_up(self, request: HttpRequest) -> HttpResponse:
        """Money moved from our bank account to Stripe is noted, so that it can be paid out."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TopUpForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            amount = Money(to_minor(typed["amount"], typed["currency"]), typed["currency"])
            try:
                note_top_up(actor=_actor(request), amount=amount, reference=typed["reference"])
            except DomainError as error:
                _show(form, error)
            else:
                self.message_user(request, f"{amount} were noted; payouts that waited go on.")
                return redirect(TOP_UP)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Money moved to Stripe",
            "form": form,
        }
        template = "admin/payments/receivable/top_up.html"
        return render(request, template, page, status=422 if form.errors else 200)


def _show(form: forms.Form, error: DomainError) -> None:
    if error.status == 403:
        raise PermissionDenied(error.sentence) from error
    add_errors(form, error)


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(cast(User, request.user), "credit desk")
