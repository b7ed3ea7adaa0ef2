"""A manufacturer's rate card."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import portal_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from marketplace.core.spreadsheets import csv_line, read_table
from marketplace.directory import queries
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries import rate_card as reads
from marketplace.directory.rate_card_form import RateCardForm
from marketplace.directory.rate_sheet import MOST_ROWS, read_rows, rows_of
from marketplace.directory.views.portal import standing_of

PAGE = "directory/portal/portal_rate_card.html"


def _form(
    request: Request, profile: Manufacturer, data: Any, *, start: bool = False
) -> RateCardForm:
    """The card's form with what is saved, over it `data` if given."""
    card = reads.own_rate_card(request.actor)
    currency = card.currency if card else request.actor.company.currency
    return RateCardForm(
        data,
        sections=reads.rate_sections(profile, currency),
        card=card,
        values=reads.values_of(card),
        currency=currency,
        start=start,
    )


def _page(
    request: Request,
    profile: Manufacturer,
    form: RateCardForm,
    *,
    start: bool = False,
    imported: str = "",
    faults: Sequence[str] = (),
) -> HttpResponse:
    context = {
        "form": form,
        "currency": form.initial["currency"],
        "start": start,
        "imported": imported,
        "faults": faults,
        "can_start": any(field.start for section in form.sections for field in section.fields),
        "can_save": request.actor.may(Permission.EDIT_PROFILE),
        **standing_of(request, profile),
    }
    failed = bool(form.errors or faults)
    return render_page(request, PAGE, context, status=422 if failed else 200)


@portal_page
def portal_rate_card(request: Request) -> HttpResponse:
    """Show and change the rate card; `?start=published` fills empty figures to begin with."""
    profile = queries.manufacturer_of(request.actor)
    if profile is None:
        return render_page(request, PAGE, {"form": None, **standing_of(request, None)})
    start = request.GET.get("start") == "published"
    typed = request.POST if request.method == "POST" else kept_typed(request)
    form = _form(request, profile, typed, start=start)
    if request.method == "POST" and form.is_valid():
        try:
            save_rate_card(actor=request.actor, **form.draft())
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Your rate card is saved. It fills your next quotes.")
            return redirect("portal_rate_card")
    return _page(request, profile, form, start=start and request.method != "POST")


def _written(form: RateCardForm) -> dict[str, str]:
    """Every field's value as text, as it stands in the form."""
    values: Mapping[str, Any] = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


@portal_page
def export_rate_card(request: Request) -> HttpResponse:
    """The rate card as CSV, with every figure that can be given."""
    profile = reads.own_shop(request.actor)
    card = reads.own_rate_card(request.actor)
    form = _form(request, profile, None)
    rows = rows_of(form.sections, _written(form), reads.values_of(card))
    text = "".join(["\ufeff", *(csv_line(row) for row in rows)])
    answer = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rate-card.csv"'
    return answer


@portal_page
@require_POST
def import_rate_card(request: Request) -> HttpResponse:
    """Fill the form from a CSV or XLSX file; saving stays a press of the button."""
    profile = reads.own_shop(request.actor)
    request.actor.check(Permission.EDIT_PROFILE)
    form = _form(request, profile, None)
    upload = request.FILES.get("file")
    if upload is None:
        return _page(request, profile, form, faults=["Choose a CSV or XLSX file first."])
    try:
        table = read_table(upload.name or "file", upload.read(), most_rows=MOST_ROWS)
    except DomainError as error:
        return _page(request, profile, form, faults=[error.sentence])
    values, faults = read_rows(table, form.sections)
    filled = _form(request, profile, {**_written(form), **values}) if values else form
    return _page(request, profile, filled, imported=upload.name or "file", faults=faults)
