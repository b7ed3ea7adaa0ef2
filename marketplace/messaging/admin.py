"""Questions and answers for staff: read only."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.messaging.models import Message, PublishedAnswer, Thread


class MessageInline(ReadOnlyInline):
    model = Message


@admin.register(Thread)
class ThreadAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "subject", "asker", "owner", "created_at"]
    list_select_related = ["asker", "owner"]
    search_fields = ["=public_id", "=subject"]
    inlines = [MessageInline]


@admin.register(PublishedAnswer)
class PublishedAnswerAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "subject", "owner", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["=public_id", "=subject"]
