"""Every list and page of the admin: no query for each row, quick where there are a million."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization, User
from marketplace.core import admin_lists
from marketplace.core.admin_lists import EstimatingPaginator
from marketplace.core.models import Event
from orders.admin_commission import RuleForm
from quotes.models import RFQ, Quote
from tests.operations.any_rows import make_any, without_checks
from tests.personas import Persona, make_shop
from tests.quotes.scene import open_rfq, submitted

DESKS: list[ModelAdmin[Any]] = sorted(
    admin.site._registry.values(), key=lambda desk: desk.opts.label
)
# Rows with a field to type in look their value up; a company's people are a handful.
TYPED = {"accounts.organization": 4, "accounts.user": 4}
ONLY_POSTGRES = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="checks can be dropped on PostgreSQL only"
)


def queries_of(sam: Persona, path: str) -> tuple[int, list[str]]:
    """How many rows the page lists (0 for a page of one thing), and what it asked for them."""
    with CaptureQueriesContext(connection) as counted:
        answer = sam.client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    listed = answer.context["cl"].result_count if "cl" in answer.context else 0
    return listed, [query["sql"] for query in counted.captured_queries]


@pytest.fixture
def root(sam: Persona) -> Persona:
    """A member of staff who may do everything, in a database without rules."""
    without_checks()
    sam.user.is_superuser = True
    sam.user.save()
    return sam


@ONLY_POSTGRES
@pytest.mark.parametrize("app", sorted({desk.opts.app_label for desk in DESKS}))
def test_more_rows_ask_no_more(root: Persona, app: str) -> None:
    """One app at a time: taking the database's rules away costs more than looking at a list."""
    for desk in DESKS:
        if desk.opts.app_label == app:
            _more_rows_ask_no_more(root, desk)


def _more_rows_ask_no_more(root: Persona, desk: ModelAdmin[Any]) -> None:
    name = f"admin:{desk.opts.app_label}_{desk.opts.model_name}"
    first, path = make_any(desk.model), reverse(f"{name}_changelist")
    queries_of(root, path)
    _, few = queries_of(root, path)
    for _ in range(4):
        make_any(desk.model)
    listed, many = queries_of(root, path)
    assert listed >= 5, f"{desk}: nothing is proved by {listed} rows."
    assert len(many) <= len(few), "\n".join([path, *many])
    # And the page of one thing, with one row and with five in each of its tables.
    path = reverse(f"{name}_change", args=[first.pk])
    _fill_tables(desk, first, 1)
    queries_of(root, path)
    _, few = queries_of(root, path)
    _fill_tables(desk, first, 4)
    _, many = queries_of(root, path)
    assert len(many) <= len(few) + TYPED.get(desk.opts.label_lower, 0), "\n".join([path, *many])


def _fill_tables(desk: ModelAdmin[Any], thing: Model, rows: int) -> None:
    for inline in desk.inlines:
        key = _get_foreign_key(desk.model, inline.model, fk_name=inline.fk_name)
        for _ in range(rows):
            # Of some there is one a thing.
            with suppress(IntegrityError), transaction.atomic():
                make_any(inline.model, **{key.name: thing})


@ONLY_POSTGRES
def test_long_lists_are_estimated_and_end(sam: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_lists, "MOST_COUNTED", 3)
    rows = Event.objects.all()
    Event.objects.all().delete()
    for _ in range(3):
        make_any(Event)
    assert EstimatingPaginator(rows, 2).said == "3"
    make_any(Event)
    one_more = EstimatingPaginator(rows.filter(type__gt=""), 2)
    assert (one_more.said, one_more.num_pages) == ("more than 3", 2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = 1234567 WHERE relname = 'core_event'")
    page = sam.client.get(reverse("admin:core_event_changelist"))
    assert "about 1,234,567 events" in page.content.decode()
    assert EstimatingPaginator(rows, 2).num_pages == admin_lists.MOST_PAGES
    # The last page that is offered opens, although the estimate was wrong.
    last = reverse("admin:core_event_changelist") + f"?p={admin_lists.MOST_PAGES}"
    assert sam.client.get(last).status_code == 200


def test_a_filter_offers_what_was_seen_lately_and_what_is_chosen(
    sam: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", "newer", "newest"):
        row = make_any(Event)
        Event.objects.filter(pk=row.pk).update(type=name)
    monkeypatch.setattr(admin_lists, "MOST_COUNTED", 2)
    path = reverse("admin:core_event_changelist")
    page = sam.client.get(path).content.decode()
    assert "?type=newest" in page and "?type=newer" in page and "?type=old" not in page
    assert "?type=old" in sam.client.get(f"{path}?type=old").content.decode()


def test_every_list_is_given_what_long_ones_need() -> None:
    for desk in DESKS:
        assert desk.paginator is EstimatingPaginator, desk
        # One of its own would never be asked.
        assert type(desk).get_search_results is ModelAdmin.get_search_results, desk
        assert desk.show_full_result_count is False, desk
        assert desk.show_facets is ShowFacets.NEVER, desk


def test_no_form_lists_every_company() -> None:
    for field in ("manufacturer", "buyer"):
        assert isinstance(RuleForm().fields[field].widget, AutocompleteSelect)


def test_groups_are_named_in_the_words_of_staff(sam: Persona) -> None:
    desk = sam.client.get("/admin/").content.decode()
    assert "Our copy of Stripe&#x27;s data" in desk and "Attempts to sign in" in desk
    assert "Djstripe" not in desk and "Axes" not in desk


def found(desk_of: type[Model], term: str) -> set[str]:
    """What staff find; the site gives each list its search."""
    desk = admin.site.get_model_admin(desk_of)
    rows, twice = desk.get_search_results(HttpRequest(), desk_of._default_manager.all(), term)
    assert not twice
    return {str(row) for row in rows}


def test_a_name_is_found_as_it_is_typed_and_a_text_by_its_words(bea: Persona) -> None:
    ned = make_shop("Ned", "Ned Mills")
    flat = open_rfq(bea, ned, title="Flat brackets, laser cut").rfq
    bent = open_rfq(bea, ned, title="Bent brackets").rfq
    for term in (flat.reference, flat.reference.lower(), f" {flat.public_id} ", "LASER flat"):
        assert found(RFQ, term) == {str(flat)}, term
    assert found(RFQ, "brackets") == found(RFQ, "") == {str(flat), str(bent)}
    assert found(RFQ, "laser bent") == found(RFQ, "100%") == set()
    # Named exactly comes before a text that has it.
    named = open_rfq(bea, ned, title=f"As {flat.reference}").rfq
    assert found(RFQ, flat.reference) == {str(flat)}
    assert found(RFQ, "as") == {str(named), str(flat)}
    assert found(User, "bea@EXAMPLE.com") == {str(bea.user)}
    # Lists without texts, and with names of things of another table.
    quote = submitted(open_rfq(bea, ned), ned)
    assert found(Quote, "nothing") == set()
    assert found(Quote, quote.rfq.reference) == {str(quote)}


@ONLY_POSTGRES
def test_no_search_reads_every_row(bea: Persona) -> None:
    """Kills: one condition over names and texts, and texts without an index."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for model, term in ((RFQ, "flywheel"), (User, "flywheel"), (Organization, "flywheel")):
        desk = admin.site.get_model_admin(model)
        rows, _ = desk.get_search_results(HttpRequest(), model._default_manager.all(), term)
        assert "Seq Scan" not in rows.order_by().explain(), rows.explain()
