"""Money for staff: everything to be read, nothing to be edited; buttons call actions."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.actor import Actor
from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.core.errors import DomainError
from payments import models
from payments.actions.instructions import unblock_instruction
from payments.admin_credit import CreditAccountAdmin, ReceivableAdmin
from payments.admin_disputes import DisputeCaseAdmin
from payments.admin_mirror import MirroredAdmin
from payments.admin_reconciliation import DiscrepancyAdmin, ReconciliationAdmin
from payments.admin_settlements import ManualSettlementAdmin
from payments.admin_tax import DocumentAdmin, TaxRateAdmin
from payments.background import soon

__all__ = [
    "CreditAccountAdmin",
    "DiscrepancyAdmin",
    "DisputeCaseAdmin",
    "DocumentAdmin",
    "ManualSettlementAdmin",
    "MirroredAdmin",
    "ReceivableAdmin",
    "ReconciliationAdmin",
    "TaxRateAdmin",
]


class AttemptInline(ReadOnlyInline):
    model = models.PaymentAttempt
    fields = ["public_id", "state", "session", "expires_at", "last_error"]


class InstructionInline(ReadOnlyInline):
    model = models.Instruction
    fields = ["key", "kind", "amount", "state", "stripe_ref", "last_error"]


class EntryInline(ReadOnlyInline):
    model = models.LedgerEntry
    fields = ["at", "note", "amount", "debit", "credit", "stripe_ref"]


@admin.register(models.PaymentRequest)
class PaymentRequestAdmin(ReadOnlyAdmin):
    list_display = [
        *("public_id", "order", "kind", "amount", "tax", "commission", "state", "paid_at", "whole"),
    ]
    list_filter = ["state", "kind", "currency"]
    list_select_related = ["order"]
    search_fields = ["=public_id", "=order__reference", "=payment_intent", "=charge"]
    inlines = [AttemptInline, InstructionInline, EntryInline]

    @admin.display(description="Money of the order")
    def whole(self, payment: models.PaymentRequest) -> str:
        """A link to the page on which staff settle it."""
        link = reverse("admin:payments_order_money", args=[payment.order.public_id])
        return format_html('<a href="{}">Open</a>', link)


@admin.register(models.ConnectedAccount)
class ConnectedAccountAdmin(ReadOnlyAdmin):
    list_display = ["organization", "state", "account", "details_submitted", "synced_at"]
    list_filter = ["state"]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "=account"]
    exclude = ["link_url"]


@admin.register(models.Instruction)
class InstructionAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "organization", "amount", "state", "tries", "last_error"]
    list_filter = ["state", "kind"]
    list_select_related = ["organization"]
    search_fields = ["key", "=stripe_ref", "=request__order__reference"]
    actions = ["try_again"]

    @admin.action(description="Try blocked instructions again", permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[models.Instruction]) -> None:
        for row in queryset:
            try:
                unblock_instruction(actor=Actor.staff(request.user), pk=row.pk)  # type: ignore[arg-type]
            except DomainError as error:
                self.message_user(request, f"{row}: {error.sentence}", level="error")
            else:
                self.message_user(request, f"{row} is tried again.")


@admin.register(models.InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    list_display = ["type", "event_id", "object_id", "state", "tries", "deliveries", "received_at"]
    list_filter = ["state", "type"]
    search_fields = ["event_id__exact", "object_id__exact"]
    actions = ["process_again"]

    @admin.action(description="Process again", permissions=["view"])
    def process_again(self, request: HttpRequest, queryset: QuerySet[models.InboundEvent]) -> None:
        states = models.InboundEvent.State
        again = queryset.exclude(state=states.RUNNING)
        for pk in list(again.values_list("pk", flat=True)):
            models.InboundEvent.objects.filter(pk=pk).update(
                state=states.NEW, tries=0, due_at=timezone.now(), applied_at=None
            )
            soon("process_inbound_event", pk)
        self.message_user(request, "The chosen events are processed again.")


@admin.register(models.BankPayout)
class BankPayoutAdmin(ReadOnlyAdmin):
    list_display = ["payout", "organization", "amount", "status", "failure", "arrives_on"]
    list_filter = ["status"]
    list_select_related = ["organization"]
    search_fields = ["=payout", "organization__name"]


@admin.register(models.BankReceipt)
class BankReceiptAdmin(ReadOnlyAdmin):
    list_display = ["reference", "receivable", "amount", "received_on", "created_at"]
    list_filter = ["currency"]
    list_select_related = ["receivable"]
    search_fields = ["=reference", "=receivable__number"]


@admin.register(models.LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ["name", "currency", "no_overdraft", "debits", "credits"]
    list_filter = ["no_overdraft", "currency"]
    search_fields = ["name"]


@admin.register(models.LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "note", "amount", "debit", "credit", "stripe_ref"]
    list_filter = ["kind", "currency"]
    list_select_related = ["debit", "credit"]
    search_fields = ["stripe_ref__exact", "=request__order__reference", "key__startswith"]
    search_help_text = "Stripe's id, the beginning of a key, or an order's reference"
    sortable_by = ()
