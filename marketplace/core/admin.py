"""Facts and deliveries for staff: read, and deliver again."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from marketplace.core import outbox
from marketplace.core.admin_money import MoneyShown
from marketplace.core.events import timeline
from marketplace.core.models import Delivery, Event, Sighting


class StoryAdmin(admin.ModelAdmin):
    """Shows on a thing's page the timeline of every fact recorded about it."""

    change_form_template = "admin/with_timeline.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        thing: Model | None = context.get("original")
        if thing is not None and hasattr(thing, "public_id"):
            context["timeline"] = timeline(thing, None)
        return super().render_change_form(request, context, *args, **kwargs)


class ReadOnlyAdmin(MoneyShown, StoryAdmin):
    """A list and a page that staff read; changes happen through actions only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class _Rows(admin.TabularInline):
    """Rows that nobody adds, edits or takes away."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> Any:
        """Every field, so that one that no form may edit can be shown too."""
        return self.fields or ()

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyInline(MoneyShown, _Rows):
    """Rows shown on their parent's page, with what they name from the same query; `further` is
    what those things name in their turn."""

    further: Sequence[str] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows, their parent and every relation that is shown."""
        shown = [
            field.name
            for field in self.opts.concrete_fields
            if field.is_relation
            and (not self.fields or field.name in self.fields or self._leads_up(field))
        ]
        lists = [
            one.name for one in self.opts.many_to_many if one.name in (self.fields or [one.name])
        ]
        rows = super().get_queryset(request).select_related(*shown, *self.further)
        return rows.prefetch_related(*lists)

    def _leads_up(self, field: Any) -> bool:
        return issubclass(self.parent_model, field.related_model)


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    fields = ["handler", "status", "attempts", "due_at", "last_error"]


class SightingInline(ReadOnlyInline):
    model = Sighting
    fields = ["organization"]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "type", "sentence", "actor_label", "subject", "thread"]
    list_filter = ["type"]
    search_fields = ["subject__exact", "thread__exact", "actor_id__exact", "request_id__exact"]
    sortable_by = ()
    inlines = [SightingInline, DeliveryInline]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["event", "handler", "status", "attempts", "due_at", "last_error"]
    list_filter = ["status", "handler"]
    list_select_related = ["event"]
    sortable_by = ()
    actions = ["deliver_again"]

    @admin.action(description="Deliver again", permissions=["view"])
    def deliver_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        for delivery in queryset:
            outbox.deliver_again(delivery)
        self.message_user(request, "The failed ones among these will be delivered again.")
