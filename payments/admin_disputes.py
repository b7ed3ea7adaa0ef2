"""Bank disputes for staff: what waits, how long there is, and the answer to the bank."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from orders.models import Order
from payments.actions.evidence import send_evidence
from payments.bank_evidence import FIELDS, MOST_TEXT, draft_evidence
from payments.bank_files import FILE_FIELDS, RECORD, files_to_choose, name_of
from payments.models import DisputeCase
from payments.states import DisputeState

LAST = "uncategorized_file"
SHOWN = (
    "case",
    "state",
    "order",
    "request",
    "charge",
    "money",
    "why",
    "was_released",
    "evidence_due_at",
    "left",
    "answer",
    "evidence_error",
)
LONG = {"product_description": 4, "uncategorized_text": 24}


class EvidenceForm(forms.Form):
    """What the bank is told, a text a field, and the files that go with it."""

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = [
            (file.public_id, f"{file.name} ({filesizeformat(file.size)})")
            for file in files_to_choose(order)
        ]
        for name, label in FIELDS.items():
            rows = LONG.get(name)
            widget = forms.Textarea(attrs={"rows": rows, "cols": 100}) if rows else forms.TextInput
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=MOST_TEXT, widget=widget
            )
        for name, label in FILE_FIELDS.items():
            drawn = [(RECORD, "The record of the order (PDF)")] if name == LAST else []
            self.fields[name] = forms.ChoiceField(
                label=f"File: {label.lower()}",
                required=False,
                choices=[("", "None"), *drawn, *stored],
                initial=RECORD if drawn else "",
            )


@admin.register(DisputeCase)
class DisputeCaseAdmin(ReadOnlyAdmin):
    """The desk: the day that is nearest first."""

    list_display = ["case", "order", "money", "why", "state", "left", "answer"]
    list_filter = ["state"]
    list_select_related = ["request__order"]
    fields = SHOWN
    readonly_fields = SHOWN
    search_fields = ["=dispute", "=charge", "=request__order__reference"]

    def get_urls(self) -> list[URLPattern]:
        """The page of the evidence beside Django's own."""
        view = self.admin_site.admin_view(self.evidence)
        name = "payments_disputecase_evidence"
        return [path("<int:pk>/evidence/", view, name=name), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DisputeCase]:
        """What waits first, by its day."""
        by_day = F("evidence_due_at").asc(nulls_last=True)
        open_first = Case(When(state=DisputeState.OPEN, then=0), default=1)
        return super().get_queryset(request).order_by(open_first, by_day, "-pk")

    @admin.display(description="Dispute")
    def case(self, case: DisputeCase) -> str:
        """Stripe's id."""
        return case.dispute

    @admin.display(description="Order")
    def order(self, case: DisputeCase) -> str:
        """The order the disputed payment paid, with a link to its money."""
        if case.request is None:
            return "-"
        order = case.request.order
        link = reverse("admin:payments_order_money", args=[order.public_id])
        return format_html('<a href="{}">{}</a>', link, order.reference)

    @admin.display(description="Amount")
    def money(self, case: DisputeCase) -> str:
        """What the bank claims."""
        return str(case.amount)

    @admin.display(description="Days left")
    def left(self, case: DisputeCase) -> str:
        """Until the evidence must be with the bank."""
        return "-" if case.days_left is None else str(case.days_left)

    @admin.display(description="Evidence")
    def answer(self, case: DisputeCase) -> str:
        """How the answer stands, with a link to it."""
        if case.request_id is None:
            return "None needed: what was paid goes back anyway"
        link = reverse("admin:payments_disputecase_evidence", args=[case.pk])
        return format_html('<a href="{}">{}</a>', link, _standing(case))

    def evidence(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The texts for the bank, drafted from the order; sent once."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = DisputeCase.objects.select_related("request__order").filter(pk=pk).first()
        if case is None or case.request is None:
            raise Http404
        may_send = (
            request.user.has_perm("payments.change_disputecase")
            and case.state == DisputeState.OPEN
            and not case.evidence_wanted_at
        )
        form = EvidenceForm(
            request.POST or None,
            order=case.request.order,
            initial={**(case.evidence or draft_evidence(case)), **case.files},
        )
        if request.method == "POST":
            if not request.user.has_perm("payments.change_disputecase"):
                raise PermissionDenied
            if form.is_valid() and self._send(request, case, form):
                return redirect("admin:payments_disputecase_evidence", pk)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Evidence for the bank: {case.request.order.reference}",
            "case": case,
            "standing": _standing(case),
            "form": form,
            "texts": [(label, case.evidence.get(name, "")) for name, label in FIELDS.items()],
            "files": [
                (label, name_of(case, case.files[name]))
                for name, label in FILE_FIELDS.items()
                if name in case.files
            ],
            "may_send": may_send,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/payments/disputecase/evidence.html", page, status=status)

    def _send(self, request: HttpRequest, case: DisputeCase, form: EvidenceForm) -> bool:
        try:
            send_evidence(
                actor=Actor.staff(cast(User, request.user), "bank disputes"),
                public_id=case.public_id,
                evidence=form.cleaned_data,
                files=form.cleaned_data,
            )
        except DomainError as error:
            add_errors(form, error)
            return False
        self.message_user(request, "The evidence is on its way to the bank.")
        return True


def _standing(case: DisputeCase) -> str:
    if case.evidence_sent_at:
        return f"Sent on {case.evidence_sent_at:%Y-%m-%d}"
    if case.state != DisputeState.OPEN:
        return "Not sent"
    if case.evidence_wanted_at:
        return "On its way"
    return "Refused, write it anew" if case.evidence_error else "To be written"
