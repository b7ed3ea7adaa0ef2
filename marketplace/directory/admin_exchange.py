"""Exchange rates for staff: the list, and the upload of the bank's file."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actor import Actor
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.directory.actions.exchange import take_rates
from marketplace.directory.models import ExchangeRate
from marketplace.directory.rate_files import MAX_BYTES


class RateFileForm(forms.Form):
    """One file of the European Central Bank."""

    file = forms.FileField(
        label="File of the European Central Bank",
        help_text="eurofxref-daily.xml or eurofxref.csv; its newest day is taken.",
    )


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """Rates are never edited; a day comes in with the file of its source."""

    list_display = ["date", "currency", "rate", "source", "created_at"]
    list_filter = ["currency"]
    date_hierarchy = "date"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As the role of the member of staff says; `ReadOnlyAdmin` refuses everybody."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for the file and take it in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form = RateFileForm(*((request.POST, request.FILES) if sent else ()))
        if sent and form.is_valid():
            actor = Actor.staff(request.user, "exchange rates")  # type: ignore[arg-type]
            content = form.cleaned_data["file"].read(MAX_BYTES + 1)
            try:
                rates = take_rates(actor=actor, content=content)
            except DomainError as error:
                add_errors(form, error)
            else:
                self.message_user(request, f"The rates of {rates.date} are in.")
                return redirect("admin:directory_exchangerate_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Upload exchange rates",
            "form": form,
            "button": "Take the rates in",
        }
        return render(
            request,
            "admin/form.html",
            context,
            status=422 if form.errors else 200,
        )
