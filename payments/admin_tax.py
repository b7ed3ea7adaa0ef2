"""VAT for staff: rates that are added, never edited; certificates to check; documents to read."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.actor import Actor
from accounts.models import User
from accounts.models.organization import COUNTRY_CODE
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.files.links import link_to
from payments.actions import tax
from payments.models import Document, ExemptionCertificate, InvoicingMandate, OrderTax, TaxRate
from payments.states import EXEMPTION


class RateForm(forms.Form):
    """A new standard rate of a country."""

    country = forms.CharField(max_length=2, validators=[COUNTRY_CODE])
    percent = forms.DecimalField(min_value=0, max_value=100, decimal_places=2, label="Rate in %")
    holds_from = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(max_length=200, help_text="Where it is published, with its address.")


@admin.register(TaxRate)
class TaxRateAdmin(ReadOnlyAdmin):
    """Orders keep the rate they were found with: a new one counts for orders from its day on."""

    list_display = ["country", "percent", "holds_from", "source"]
    list_filter = ["country"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As the role of the member of staff says; `ReadOnlyAdmin` refuses everybody."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for the rate and keep it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RateForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                made = tax.add_tax_rate(
                    actor=Actor.staff(cast(User, request.user), "rates of VAT"),
                    country=form.cleaned_data["country"],
                    rate_bps=int(form.cleaned_data["percent"] * 100),
                    holds_from=form.cleaned_data["holds_from"],
                    source=form.cleaned_data["source"],
                )
            except DomainError as error:
                add_errors(form, error)
            else:
                self.message_user(request, f"{made} is on file.")
                return redirect("admin:payments_taxrate_changelist")
        return _form_page(self, request, form, "Add a rate of VAT", "Add the rate")


class DecisionForm(forms.Form):
    """What staff found out about a certificate."""

    decision = forms.ChoiceField(
        choices=[("accept", "It is right: accept"), ("refuse", "Refuse, or end it")],
        widget=forms.RadioSelect,
    )
    valid_until = forms.DateField(
        required=False,
        label="Accepted until (last day)",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        required=False, max_length=300, label="Why refused", help_text="The buyer reads it."
    )

    def clean(self) -> dict[str, Any]:
        """Each decision needs its own value."""
        values = super().clean() or self.cleaned_data
        if values.get("decision") == "accept" and not values.get("valid_until"):
            self.add_error("valid_until", "Enter the last day it counts on.")
        return values


@admin.register(ExemptionCertificate)
class ExemptionCertificateAdmin(ReadOnlyAdmin):
    """Certificates of buyers; only an accepted one frees from VAT."""

    list_display = ["number", "country", "organization", "state", "valid_until", "paper", "desk"]
    list_filter = ["state", "country"]
    list_select_related = ["organization", "file"]
    exclude = ["file"]

    def get_urls(self) -> list[URLPattern]:
        """The pages of the decision and of the file beside Django's own."""
        decide, paper = map(self.admin_site.admin_view, (self.decide, self.open_paper))
        name = "payments_exemptioncertificate"
        return [
            path("<int:pk>/decide/", decide, name=f"{name}_decide"),
            path("<int:pk>/paper/", paper, name=f"{name}_paper"),
            *super().get_urls(),
        ]

    @admin.display(description="File")
    def paper(self, row: ExemptionCertificate) -> str:
        """A link that opens it."""
        link = reverse("admin:payments_exemptioncertificate_paper", args=[row.pk])
        return format_html('<a href="{}">{}</a>', link, row.file.name)

    @admin.display(description="Decision")
    def desk(self, row: ExemptionCertificate) -> str:
        """A link to the decision, where there is one to make."""
        if not EXEMPTION.find("refuse_exemption", row.state):
            return "-"
        link = reverse("admin:payments_exemptioncertificate_decide", args=[row.pk])
        return format_html('<a href="{}">Decide</a>', link)

    def open_paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file itself, by a link for this member of staff."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(link_to(_found(pk).file, _actor(request)))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept until a day, or refuse with a reason."""
        if not request.user.has_perm("payments.change_exemptioncertificate"):
            raise PermissionDenied
        found = _found(pk)
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._decide(request, found, form):
            return redirect("admin:payments_exemptioncertificate_changelist")
        title = f"Certificate {found.number} of {found.organization}, VAT of {found.country}"
        return _form_page(self, request, form, title, "Save the decision")

    def _decide(
        self, request: HttpRequest, found: ExemptionCertificate, form: DecisionForm
    ) -> bool:
        values = form.cleaned_data
        try:
            if values["decision"] == "accept":
                tax.accept_exemption(
                    actor=_actor(request), pk=found.pk, valid_until=values["valid_until"]
                )
            else:
                tax.refuse_exemption(actor=_actor(request), pk=found.pk, reason=values["reason"])
        except DomainError as error:
            add_errors(form, error)
            return False
        self.message_user(request, f"{found} is decided.")
        return True


@admin.register(InvoicingMandate)
class InvoicingMandateAdmin(ReadOnlyAdmin):
    """Which shops let us charge VAT and write their invoices."""

    list_display = ["organization", "given_at", "ended_at"]
    list_select_related = ["organization"]


@admin.register(OrderTax)
class OrderTaxAdmin(ReadOnlyAdmin):
    """What was found about the VAT of orders."""

    list_display = ["order", "label", "seller_country", "buyer_country", "created_at"]
    list_filter = ["treatment"]
    list_select_related = ["order"]
    search_fields = ["=order__reference"]


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Invoices and credit notes, in the order they were issued."""

    list_display = ["number", "kind", "issuer", "recipient", "order", "gross", "issued_at"]
    list_filter = ["kind", "currency"]
    list_select_related = ["issuer", "recipient", "order"]
    search_fields = ["=number", "=public_id", "=order__reference"]


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(cast(User, request.user), "VAT")


def _found(pk: int) -> ExemptionCertificate:
    rows = ExemptionCertificate.objects.select_related("organization", "file")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _form_page(
    page: admin.ModelAdmin, request: HttpRequest, form: forms.Form, title: str, button: str
) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": title,
        "form": form,
        "button": button,
    }
    return render(request, "admin/form.html", context, status=422 if form.errors else 200)
