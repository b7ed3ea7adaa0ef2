"""Orders for staff."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.actor import Actor
from accounts.admin_decisions import Decided
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.core.admin_money import MoneyShown
from marketplace.core.errors import DomainError
from marketplace.files.links import link_to
from orders.actions.tracking import import_tracking
from orders.admin_blanket import BlanketOrderAdmin
from orders.admin_commission import CommissionRuleAdmin
from orders.admin_decisions import ORDER_DECISIONS, PROBLEM_DECISIONS
from orders.admin_reviews import ReviewAdmin, ReviewReportAdmin
from orders.desks import DESKS
from orders.forms.shipping import TableForm, table_in
from orders.models import (
    ApprovalRequest,
    ChangeOrder,
    FirstArticle,
    Inspection,
    Milestone,
    MilestoneEvidence,
    MoneyDecision,
    Nonconformance,
    NonconformanceFile,
    Order,
    OrderCertificate,
    OrderDocument,
    OrderLine,
    Package,
    ProductionReport,
    PurchaseOrderFile,
    Review,
    Settlement,
    Shipment,
    ShipmentLine,
    Waiver,
)
from orders.states import NONCONFORMANCE, ORDER
from orders.tracking import read_tracking

__all__ = ["BlanketOrderAdmin", "CommissionRuleAdmin", "ReviewAdmin", "ReviewReportAdmin"]


class LineInline(ReadOnlyInline):
    model = OrderLine
    further = ["part_revision__part"]


class ApprovalInline(ReadOnlyInline):
    model = ApprovalRequest


class MilestoneInline(ReadOnlyInline):
    model = Milestone
    show_change_link = True


class MilestoneEvidenceInline(ReadOnlyInline):
    model = MilestoneEvidence


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyAdmin):
    list_display = ["order", "kind", "state", "due_on", "amount_minor", "answer_by"]
    list_filter = ["state", "kind"]
    list_select_related = ["order"]
    search_fields = ["=order__reference", "=public_id"]
    inlines = [MilestoneEvidenceInline]


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
                table = read_tracking(table_in(form))
                done = import_tracking(actor=Actor.staff(cast(User, request.user)), table=table)
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
            "lead": "Columns: shipment (ORD-7H3K9Q/2), carrier, tracking number, status, time, "
            "note. Everything in the table is taken, or nothing is.",
            "form": form,
            "button": "Import",
        }
        return render(request, "admin/form.html", context)


class ReviewInline(ReadOnlyInline):
    model = Review
    fields = ["side", "state", "rating", "text", "answer", "published_at"]
    show_change_link = True


class MoneyDecisionInline(ReadOnlyInline):
    model = MoneyDecision


class DocumentInline(ReadOnlyInline):
    model = OrderDocument
    further = ["file"]
    fields = ["kind", "number", "revision", "audience", "download", "created_at"]
    readonly_fields = ["download"]

    @admin.display(description="File")
    def download(self, document: OrderDocument) -> str:
        """A link to the file, "-" while it is being written."""
        if document.file is None:
            return "-"
        address = reverse("admin:orders_order_paper", args=[document.public_id])
        return format_html('<a href="{}">{}</a>', address, document.file.name)


class ProblemInline(ReadOnlyInline):
    model = Nonconformance
    fields = [
        "reference",
        "kind",
        "quantity",
        "state",
        "held_minor",
        "claimed_minor",
        "respond_by",
    ]
    show_change_link = True


class SettlementInline(ReadOnlyInline):
    model = Settlement


class ChangeInline(ReadOnlyInline):
    model = ChangeOrder
    fields = [
        "number",
        "state",
        "proposed_by",
        "total_before_minor",
        "total_after_minor",
        "edition",
    ]


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


class _Whole(Decided):
    """Every field is shown, none is a field to type in."""

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> Any:
        """All of them."""
        return [field.name for field in self.opts.concrete_fields if field.name != "id"]

    def get_fields(self, request: HttpRequest, obj: object = None) -> Any:
        """The same, in the model's order."""
        return self.get_readonly_fields(request, obj)


class Untouchable(MoneyShown, _Whole):
    """The same, with sums as money."""

    desk = "order desk"


@admin.register(Nonconformance)
class NonconformanceAdmin(Untouchable):
    """The dispute desk: what waits for the platform's decision, with its evidence."""

    decisions, lifecycle = PROBLEM_DECISIONS, NONCONFORMANCE
    list_display = ["reference", "order", "kind", "state", "held", "state_changed_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["order"]
    search_fields = ["=reference", "=public_id", "=order__reference"]
    inlines = [EvidenceInline]


@admin.register(Order)
class OrderAdmin(Untouchable):
    """The order desk."""

    decisions, lifecycle = ORDER_DECISIONS, ORDER
    list_display = ["reference", "title", "buyer", "manufacturer", "state", "total", "created_at"]
    list_filter = [DeskFilter, "state"]
    list_select_related = ["buyer", "manufacturer"]
    search_fields = ["=reference", "=public_id", "=po_number"]
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
        DocumentInline,
        ProblemInline,
        SettlementInline,
        ChangeInline,
        MoneyDecisionInline,
        ReviewInline,
    ]

    def get_urls(self) -> list[URLPattern]:
        """The desk's own, and the files of papers."""
        view = self.admin_site.admin_view(self.paper)
        return [
            path("papers/<str:document>/", view, name="orders_order_paper"),
            *super().get_urls(),
        ]

    def paper(self, request: HttpRequest, document: str) -> HttpResponse:
        """A link to the file of a paper for this member of staff."""
        if not self.has_view_permission(request):
            raise PermissionDenied()
        found = OrderDocument.objects.select_related("file").filter(public_id=document).first()
        if found is None or found.file is None:
            raise Http404
        return redirect(link_to(found.file, Actor.staff(cast(User, request.user))))
