"""Requests and quotes for staff; both sides' story on one page."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from quotes.models import (
    NDA,
    RFQ,
    Amendment,
    BestAndFinal,
    ComparisonShare,
    CounterOffer,
    EstimateCalibration,
    GuestLink,
    Invitation,
    NDAAcceptance,
    Quote,
    QuoteLine,
    RFQLine,
)


class LineInline(ReadOnlyInline):
    model = RFQLine
    further = ["part_revision__part"]


class InvitationInline(ReadOnlyInline):
    model = Invitation
    further = ["manufacturer__organization"]


class AmendmentInline(ReadOnlyInline):
    model = Amendment
    fields = ["revision", "changes", "created_at"]


class ShareInline(ReadOnlyInline):
    model = ComparisonShare
    # What is shown stays between the buyer and its readers.
    fields = ["note", "with_names", "expires_at", "revoked_at", "opened_count", "opened_at"]


class QuoteLineInline(ReadOnlyInline):
    model = QuoteLine


@admin.register(RFQ)
class RFQAdmin(ReadOnlyAdmin):
    list_display = ["reference", "title", "organization", "state", "deadline", "created_at"]
    list_filter = ["state"]
    list_select_related = ["organization"]
    search_fields = ["=reference", "=public_id", "title"]
    inlines = [LineInline, InvitationInline, AmendmentInline, ShareInline]


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ["reference", "rfq", "manufacturer", "state", "currency", "submitted_at"]
    list_filter = ["state"]
    list_select_related = ["rfq", "manufacturer__organization"]
    search_fields = ["=reference", "=public_id", "=rfq__reference"]
    inlines = [QuoteLineInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        """Staff read sealed quotes no earlier than the buyer."""
        sealed = Q(rfq__is_sealed=True, rfq__unsealed_at=None, rfq__deadline__gt=timezone.now())
        found: QuerySet[Quote] = super().get_queryset(request)
        return found.exclude(sealed)


@admin.register(CounterOffer)
class CounterOfferAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "quote", "by_side", "state", "expires_at", "created_at"]
    list_filter = ["state", "by_side"]
    list_select_related = ["quote"]
    search_fields = ["=public_id", "=quote__reference", "=quote__rfq__reference"]


@admin.register(BestAndFinal)
class BestAndFinalAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "quote", "state", "due_at", "created_at"]
    list_filter = ["state"]
    list_select_related = ["quote"]
    search_fields = ["=public_id", "=quote__reference", "=quote__rfq__reference"]


class NDAAcceptanceInline(ReadOnlyInline):
    model = NDAAcceptance
    fields = ["organization", "user", "name", "at"]


@admin.register(NDA)
class NDAAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "version", "created_by", "created_at"]
    list_select_related = ["organization", "created_by"]
    search_fields = ["=public_id", "=organization__public_id"]
    inlines = [NDAAcceptanceInline]


@admin.register(GuestLink)
class GuestLinkAdmin(ReadOnlyAdmin):
    """When a link was sent, opened, ended; what opens it stays unseen."""

    list_display = ["email", "invitation__rfq", "sent_at", "opened_at", "expires_at", "revoked_at"]
    list_select_related = ["invitation__rfq"]
    search_fields = ["=email", "=invitation__rfq__reference"]
    exclude = ["token_hash", "code_hash", "code_sent_at", "code_tries"]


@admin.register(EstimateCalibration)
class EstimateCalibrationAdmin(ReadOnlyAdmin):
    list_display = ["process", "prices", "shops", "median_ratio", "median_error", "factor"]
    list_select_related = ["process"]
