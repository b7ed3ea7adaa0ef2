"""Orders for staff."""

from typing import cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.core.errors import DomainError
from orders.actions.tracking import import_tracking
from orders.forms_shipping import TableForm, table_in
from orders.models import (
    ApprovalRequest,
    FirstArticle,
    Inspection,
    Milestone,
    Order,
    OrderCertificate,
    OrderLine,
    Package,
    ProductionReport,
    PurchaseOrderFile,
    Review,
    Shipment,
    ShipmentLine,
    Waiver,
)
from orders.tracking import read_tracking


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


class FirstArticleInline(ReadOnlyInline):
    model = FirstArticle
    fields = ["line", "revision", "state", "serial", "inspector", "reason"]


class InspectionInline(ReadOnlyInline):
    model = Inspection


class CertificateInline(ReadOnlyInline):
    model = OrderCertificate


class WaiverInline(ReadOnlyInline):
    model = Waiver


class ShipmentInline(ReadOnlyInline):
    model = Shipment
    show_change_link = True


class ShipmentLineInline(ReadOnlyInline):
    model = ShipmentLine


class PackageInline(ReadOnlyInline):
    model = Package


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["order", "number", "carrier", "tracking_number", "status", "delivered_at"]
    list_filter = ["status", "carrier"]
    list_select_related = ["order"]
    search_fields = ["=order__reference", "=tracking_number", "=public_id"]
    show_full_result_count = False
    inlines = [ShipmentLineInline, PackageInline]
    change_list_template = "admin/orders/shipment/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The list's own, and the import of a carrier's table."""
        view = self.admin_site.admin_view(self.import_tracking)
        return [path("import/", view, name="orders_shipment_import"), *super().get_urls()]

    def import_tracking(self, request: HttpRequest) -> HttpResponse:
        """What a carrier said about shipments of any order, as a table."""
        if not request.user.has_perm("orders.change_shipment"):
            raise PermissionDenied()
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = TableForm(*sent)
        if request.method == "POST" and form.is_valid():
            try:
                rows = read_tracking(table_in(form))
                done = import_tracking(actor=Actor.staff(cast(User, request.user)), rows=rows)
            except DomainError as fault:
                for sentence in getattr(fault, "faults", [fault.sentence]):
                    form.add_error(None, sentence)
            else:
                words = f"Imported: {done.changed} changed, {done.delivered} of them delivered."
                self.message_user(request, words)
                return redirect("admin:orders_shipment_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Import tracking",
            "form": form,
        }
        return render(request, "admin/orders/shipment/import.html", context)


class ReviewInline(ReadOnlyInline):
    model = Review


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
        FirstArticleInline,
        InspectionInline,
        CertificateInline,
        WaiverInline,
        ShipmentInline,
        PurchaseOrderInline,
        ReviewInline,
    ]
