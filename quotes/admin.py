"""Requests and quotes for staff; both sides' story on one page."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from quotes.models import RFQ, Invitation, Quote, QuoteLine, RFQLine


class LineInline(ReadOnlyInline):
    model = RFQLine


class InvitationInline(ReadOnlyInline):
    model = Invitation


class QuoteLineInline(ReadOnlyInline):
    model = QuoteLine


@admin.register(RFQ)
class RFQAdmin(ReadOnlyAdmin):
    list_display = ["reference", "title", "organization", "state", "deadline", "created_at"]
    list_filter = ["state"]
    list_select_related = ["organization"]
    search_fields = ["=reference", "=public_id", "title"]
    show_full_result_count = False
    inlines = [LineInline, InvitationInline]


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ["reference", "rfq", "manufacturer", "state", "currency", "submitted_at"]
    list_filter = ["state"]
    list_select_related = ["rfq", "manufacturer__organization"]
    search_fields = ["=reference", "=public_id", "=rfq__reference"]
    show_full_result_count = False
    inlines = [QuoteLineInline]
