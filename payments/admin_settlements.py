"""The money of an order for staff: what is held, released and owed, and what to do about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.money import to_minor
from payments.actions import manual
from payments.models import ManualSettlement
from payments.staff_queries import order_money
from payments.states import ManualState, PaymentState

PAGE = "admin:payments_order_money"
Kind = ManualSettlement.Kind
FORM_KINDS = (Kind.RELEASE, Kind.REFUND, Kind.RETURN, Kind.WRITE_OFF)


class SettlementForm(forms.Form):
    """What is to be done with an order's money; only what the order offers can be chosen."""

    kind = forms.ChoiceField(label="What is to be done")
    amount = forms.DecimalField(
        label="Amount, in the order's currency",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
    )
    payment = forms.ChoiceField(
        label="Payment it is about (to stop, let go, take, send back or write off)", required=False
    )
    refund = forms.ChoiceField(label="Refund that did not go through", required=False)
    reference = forms.CharField(label="Reference of the bank", required=False, max_length=80)
    reason = forms.CharField(
        label="Why? Whom it concerns reads it",
        max_length=manual.MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )

    def __init__(self, data: Any, found: dict[str, Any]) -> None:
        super().__init__(data)
        lines, failed = found["lines"], found["failed"]
        self.currency = found["order"].currency
        kinds = _offered(found)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["payment"].choices = [  # type: ignore[attr-defined]
            (line.request.public_id, f"{line.request.get_kind_display()}, {line.request.amount}")
            for line in lines
        ]
        self.fields["refund"].choices = [(row.public_id, str(row.amount)) for row in failed]  # type: ignore[attr-defined]
        if not failed:
            del self.fields["refund"], self.fields["reference"]

    @property
    def wish(self) -> manual.Wish:
        """The clean values."""
        typed = self.cleaned_data
        amount = typed["amount"] if typed["kind"] in FORM_KINDS else None
        return manual.Wish(
            kind=typed["kind"],
            reason=typed["reason"],
            minor=to_minor(amount, self.currency) if amount else 0,
            payment=typed["payment"],
            refund=typed.get("refund", ""),
            reference=typed.get("reference", ""),
        )


def _offered(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The kinds that can be done now, with what they can move."""
    lines = found["lines"]
    possible = {
        Kind.RELEASE: found["releasable"],
        Kind.REFUND: found["releasable"],
        Kind.RETURN: found["returnable"],
        Kind.WRITE_OFF: found["owed"],
    }
    offered = [
        (str(kind), f"{kind.label}, up to {most}") for kind, most in possible.items() if most.minor
    ]
    if any(line.request.state == PaymentState.REVIEW for line in lines):
        offered += [(str(kind), str(kind.label)) for kind in (Kind.ACCEPT, Kind.SEND_BACK)]
    if any(line.owed for line in lines):
        offered.append((str(Kind.GIVE_UP), str(Kind.GIVE_UP.label)))
    if any(line.hold is None for line in lines):
        offered.append((str(Kind.HOLD), str(Kind.HOLD.label)))
    if any(line.hold for line in lines):
        offered.append((str(Kind.LET_GO), str(Kind.LET_GO.label)))
    if found["failed"]:
        offered.append((str(Kind.PAID_OTHERWISE), str(Kind.PAID_OTHERWISE.label)))
    return offered


@admin.register(ManualSettlement)
class ManualSettlementAdmin(ReadOnlyAdmin):
    """What staff settled by hand; the page of an order's money is in front of it."""

    list_display = [
        "created_at",
        "money_of",
        "kind",
        "amount",
        "state",
        "proposed_by",
        "decided_by",
    ]
    list_filter = ["state", "kind"]
    list_select_related = ["order", "proposed_by", "decided_by"]
    search_fields = ["=public_id", "=order__reference"]

    def get_urls(self) -> list[URLPattern]:
        """The pages beside Django's own."""
        view = self.admin_site.admin_view
        decide = view(require_POST(self.decide))
        return [
            path("order/<str:order>/", view(self.order_money), name="payments_order_money"),
            path("<str:settlement>/<slug:verb>/do/", decide, name="payments_decide_settlement"),
            *super().get_urls(),
        ]

    @admin.display(description="Order")
    def money_of(self, found: ManualSettlement) -> str:
        """A link to the page of the order's money."""
        link = reverse(PAGE, args=[found.order.public_id])
        return format_html('<a href="{}">{}</a>', link, found.order.reference)

    def order_money(self, request: HttpRequest, order: str) -> HttpResponse:
        """What is held, released, returned and owed; the POST proposes."""
        actor = _actor(request)
        try:
            found = order_money(actor, order)
        except DomainError as error:
            raise _as_page(error) from error
        form = SettlementForm(request.POST or None, found)
        if request.method == "POST" and form.is_valid():
            try:
                made = manual.propose_settlement(actor=actor, order_id=order, wish=form.wish)
            except DomainError as error:
                if error.status in (403, 404):
                    raise _as_page(error) from error
                add_errors(form, error)
            else:
                waits = made.state == ManualState.PROPOSED
                done = "It waits for a second person of staff." if waits else "It is done."
                self.message_user(request, f"{made}: {done}")
                return redirect(PAGE, order)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Money of {found['order'].reference}",
            **found,
            "settlements": [(row, _verbs(request, row)) for row in found["settlements"]],
            "form": form,
            "may_propose": request.user.has_perm("payments.add_manualsettlement"),
        }
        status = 422 if form.errors else 200
        template = "admin/payments/manualsettlement/order_money.html"
        return render(request, template, page, status=status)

    def decide(self, request: HttpRequest, settlement: str, verb: str) -> HttpResponse:
        """The second person confirms or refuses, or who proposed it takes it back."""
        found = ManualSettlement.objects.select_related("order").filter(public_id=settlement)
        row = found.first()
        if row is None or verb not in VERBS:
            raise Http404
        actor = _actor(request)
        try:
            VERBS[verb][1](actor, settlement, request.POST.get("reason", "").strip()[:300])
        except DomainError as error:
            self.message_user(request, error.sentence, level="error")
        else:
            self.message_user(request, f"{row}: {VERBS[verb][2]}.")
        return redirect(PAGE, row.order.public_id)


def _confirm(actor: Actor, settlement: str, reason: str) -> None:
    manual.confirm_settlement(actor=actor, public_id=settlement)


def _refuse(actor: Actor, settlement: str, reason: str) -> None:
    manual.refuse_settlement(
        actor=actor, public_id=settlement, reason=reason or "No reason was given."
    )


def _withdraw(actor: Actor, settlement: str, reason: str) -> None:
    manual.withdraw_settlement(actor=actor, public_id=settlement)


# Verb -> (button, action, what was done).
VERBS = {
    "confirm": ("Confirm", _confirm, "carried out"),
    "refuse": ("Refuse", _refuse, "refused"),
    "withdraw": ("Take it back", _withdraw, "withdrawn"),
}


def _verbs(request: HttpRequest, row: ManualSettlement) -> list[tuple[str, str]]:
    """(address, button) of what this person may do about a proposal."""
    if row.state != ManualState.PROPOSED:
        return []
    own = row.proposed_by == request.user
    verbs = ["withdraw"] if own else []
    if not own and request.user.has_perm("payments.change_manualsettlement"):
        verbs = ["confirm", "refuse"]
    name = "admin:payments_decide_settlement"
    return [(reverse(name, args=[row.public_id, verb]), VERBS[verb][0]) for verb in verbs]


def _as_page(error: DomainError) -> Exception:
    return PermissionDenied(error.sentence) if error.status == 403 else Http404(error.sentence)


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(cast(User, request.user), "money desk")
