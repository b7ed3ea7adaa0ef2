"""Requests and quotes for staff; both sides' story on one page."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        """Staff read sealed quotes no earlier than the buyer."""
        sealed = Q(rfq__is_sealed=True, rfq__unsealed_at=None, rfq__deadline__gt=timezone.now())
        found: QuerySet[Quote] = super().get_queryset(request)
        return found.exclude(sealed)
