"""Blanket orders for staff: read."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from orders.models import BlanketLine, BlanketOrder, CallOff


class BlanketLineInline(ReadOnlyInline):
    model = BlanketLine
    fields = ["position", "source", "quantity", "called", "least", "unit_price"]


class CallOffInline(ReadOnlyInline):
    model = CallOff
    fields = ["order", "counts", "created_at"]


@admin.register(BlanketOrder)
class BlanketOrderAdmin(ReadOnlyAdmin):
    list_display = ["reference", "title", "buyer", "manufacturer", "state", "starts_on", "ends_on"]
    list_filter = ["state"]
    list_select_related = ["buyer", "manufacturer"]
    search_fields = ["=reference", "=public_id"]
    inlines = [BlanketLineInline, CallOffInline]
