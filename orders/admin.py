"""Orders for staff."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_decisions import Decided
from marketplace.core.admin import ReadOnlyInline
from orders.admin_blanket import BlanketOrderAdmin
from orders.admin_decisions import ORDER_DECISIONS, PROBLEM_DECISIONS
from orders.admin_reviews import ReviewAdmin, ReviewReportAdmin
from orders.desks import DESKS
from orders.models import (
    ApprovalRequest,
    Milestone,
    MoneyDecision,
    Nonconformance,
    NonconformanceFile,
    Order,
    OrderDocument,
    OrderLine,
    ProductionReport,
    PurchaseOrderFile,
    Review,
    Settlement,
    Shipment,
)
from orders.states import NONCONFORMANCE, ORDER

__all__ = ["BlanketOrderAdmin", "ReviewAdmin", "ReviewReportAdmin"]


class LineInline(ReadOnlyInline):
    model = OrderLine


class ApprovalInline(ReadOnlyInline):
    model = ApprovalRequest


class MilestoneInline(ReadOnlyInline):
    model = Milestone


class ReportInline(ReadOnlyInline):
    model = ProductionReport


class PurchaseOrderInline(ReadOnlyInline):
    model = PurchaseOrderFile


class ShipmentInline(ReadOnlyInline):
    model = Shipment


class ReviewInline(ReadOnlyInline):
    model = Review
    fields = ["side", "state", "rating", "text", "answer", "published_at"]
    show_change_link = True


class MoneyDecisionInline(ReadOnlyInline):
    model = MoneyDecision


class DocumentInline(ReadOnlyInline):
    model = OrderDocument
    fields = ["kind", "number", "revision", "file", "created_at"]


class ProblemInline(ReadOnlyInline):
    model = Nonconformance
    fields = ["reference", "kind", "quantity", "state", "held_minor", "respond_by"]
    show_change_link = True


class SettlementInline(ReadOnlyInline):
    model = Settlement


class EvidenceInline(ReadOnlyInline):
    model = NonconformanceFile


class DeskFilter(admin.SimpleListFilter):
    """The orders that need somebody of the platform."""

    title = "desk"
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What a desk is called."""
        return [(name, label) for name, (label, _) in DESKS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """The orders of the chosen desk."""
        chosen = DESKS.get(self.value() or "")
        return queryset.filter(chosen[1](timezone.now())) if chosen else queryset


class Untouchable(Decided):
    """Every field is shown, none is a field to type in."""

    desk = "order desk"

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> Any:
        """All of them."""
        return [field.name for field in self.opts.concrete_fields if field.name != "id"]

    def get_fields(self, request: HttpRequest, obj: object = None) -> Any:
        """The same, in the model's order."""
        return self.get_readonly_fields(request, obj)


@admin.register(Nonconformance)
class NonconformanceAdmin(Untouchable):
    """The dispute desk: what waits for the platform's decision, with its evidence."""

    decisions, lifecycle = PROBLEM_DECISIONS, NONCONFORMANCE
    list_display = ["reference", "order", "kind", "state", "held", "state_changed_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["order"]
    search_fields = ["=reference", "=public_id", "=order__reference"]
    show_full_result_count = False
    inlines = [EvidenceInline]


@admin.register(Order)
class OrderAdmin(Untouchable):
    decisions, lifecycle = ORDER_DECISIONS, ORDER
    list_display = ["reference", "title", "buyer", "manufacturer", "state", "total", "created_at"]
    list_filter = [DeskFilter, "state"]
    list_select_related = ["buyer", "manufacturer"]
    search_fields = ["=reference", "=public_id", "=po_number"]
    show_full_result_count = False
    inlines = [
        LineInline,
        ApprovalInline,
        MilestoneInline,
        ReportInline,
        ShipmentInline,
        PurchaseOrderInline,
        DocumentInline,
        ProblemInline,
        SettlementInline,
        MoneyDecisionInline,
        ReviewInline,
    ]
