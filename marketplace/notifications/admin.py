"""Who was told what."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin
from marketplace.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "user", "title", "mailed_at", "read_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=event_id"]
