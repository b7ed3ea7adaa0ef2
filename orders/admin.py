"""Orders for staff."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from orders.admin_blanket import BlanketOrderAdmin
from orders.admin_reviews import ReviewAdmin, ReviewReportAdmin
from orders.models import (
    ApprovalRequest,
    Milestone,
    Order,
    OrderLine,
    ProductionReport,
    PurchaseOrderFile,
    Review,
    Shipment,
)

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


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["reference", "title", "buyer", "manufacturer", "state", "total", "created_at"]
    list_filter = ["state"]
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
        ReviewInline,
    ]
