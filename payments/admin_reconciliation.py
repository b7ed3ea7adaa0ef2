"""The comparison of our books with Stripe for staff: how it stands, what differs, ask for a run."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from payments.actions.reconciliation import ask_reconciliation
from payments.models import Discrepancy, Reconciliation
from payments.reconciliation_queries import ours_at_stripe, reconciliation_board

BOARD = "admin:payments_reconciliation_board"
REFRESH_SECONDS = 3


def link_of(task: Discrepancy) -> str:
    """The admin page of what a discrepancy is about, "" without one."""
    if not task.model:
        return ""
    try:
        return reverse(f"admin:{task.model.replace('.', '_')}_change", args=[task.row])
    except NoReverseMatch:
        return ""


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    """The runs; the board in front of them shows the last one."""

    list_display = ["asked_at", "status", "asker", "started_at", "ended_at", "error"]
    list_filter = ["by_timer"]
    list_select_related = ["asked_by"]
    search_fields = ["=public_id"]
    change_list_template = "admin/payments/reconciliation/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The pages beside Django's own."""
        view = self.admin_site.admin_view
        return [
            path("board/", view(self.board), name="payments_reconciliation_board"),
            path("ask/", view(require_POST(self.ask)), name="payments_reconciliation_ask"),
            *super().get_urls(),
        ]

    def board(self, request: HttpRequest) -> HttpResponse:
        """The last run comparison by comparison, what is open, and the runs before."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = reconciliation_board(_actor(request))
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Books and Stripe",
            **found,
            "discrepancies": [(task, link_of(task)) for task in found["discrepancies"]],
            "refresh_seconds": REFRESH_SECONDS,
            "ours": ours_at_stripe(_actor(request)) if "ours" in request.GET else None,
            "may_ask": request.user.has_perm("payments.add_reconciliation"),
        }
        return render(request, "admin/payments/reconciliation/board.html", page)

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Ask for a run; the worker does it."""
        if not request.user.has_perm("payments.add_reconciliation"):
            raise PermissionDenied
        try:
            ask_reconciliation(actor=_actor(request))
        except DomainError as error:
            self.message_user(request, error.sentence, level="error")
        return redirect(BOARD)


class IsOpen(admin.SimpleListFilter):
    """Open or closed."""

    title = "state"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", "Open"), ("no", "Closed")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Discrepancy]
    ) -> QuerySet[Discrepancy]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "yes")


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnlyAdmin):
    """What differs or differed; a run opens and closes them, nobody else."""

    list_display = ["sentence", "kind", "amount", "about", "first_seen_at", "last_seen_at", "seen"]
    list_filter = [IsOpen, "kind"]
    search_fields = ["sentence", "=public_id"]

    @admin.display(description="About")
    def about(self, task: Discrepancy) -> str:
        """A link to the row."""
        link = link_of(task)
        return format_html('<a href="{}">Open</a>', link) if link else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discrepancy]:
        """Open ones first."""
        open_first = F("closed_at").desc(nulls_first=True)
        return super().get_queryset(request).order_by(open_first, "-pk")


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(cast(User, request.user), "reconciliation")
