"""Webhooks for staff: which companies use them and what comes back. Nothing is edited here."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.integrations.models import BrowserPush, WebhookEndpoint, WebhookMessage, WebhookTry


@admin.register(BrowserPush)
class BrowserPushAdmin(ReadOnlyAdmin):
    """Without the address, which is all it takes to send to the browser."""

    list_display = ["public_id", "user", "device", "failures", "due_at", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=public_id", "=user__email"]
    fields = ["public_id", "user", "device", "told", "failures", "due_at", "created_at"]


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "url", "state", "failing_since", "created_at"]
    list_filter = ["state"]
    list_select_related = ["organization"]
    search_fields = ["=public_id", "url", "organization__name"]
    exclude = ["secret", "old_secret"]


class WebhookTryInline(ReadOnlyInline):
    model = WebhookTry
    fields = ["at", "status", "fault", "milliseconds", "answer"]


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "type", "endpoint", "status", "tries", "due_at", "created_at"]
    list_filter = ["status"]
    list_select_related = ["endpoint"]
    search_fields = ["=public_id", "=event_id", "=endpoint__public_id"]
    inlines = [WebhookTryInline]
