"""The directory for staff: verification and the taxonomy."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.actor import Actor
from marketplace.core.admin import StoryAdmin
from marketplace.core.errors import DomainError
from marketplace.directory import models
from marketplace.directory.actions.manufacturer import suspend_manufacturer, verify_manufacturer


class CertificateInline(admin.TabularInline):
    model = models.Certificate
    extra = 0


@admin.register(models.Manufacturer)
class ManufacturerAdmin(StoryAdmin):
    list_display = ["organization", "state", "headline", "payouts_enabled", "created_at"]
    list_filter = ["state", "payouts_enabled"]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "=public_id"]
    autocomplete_fields = ["processes", "materials"]
    readonly_fields = [
        "public_id",
        "organization",
        "state",
        "state_changed_at",
        "payouts_enabled",
        "rating_sum",
        "rating_count",
        "created_at",
    ]
    show_full_result_count = False
    inlines = [CertificateInline]
    actions = ["verify", "suspend"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Verify and list", permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[models.Manufacturer]) -> None:
        for row in queryset:
            try:
                verify_manufacturer(actor=Actor.staff(request.user), public_id=row.public_id)  # type: ignore[arg-type]
            except DomainError as error:
                self.message_user(request, f"{row}: {error.sentence}", level="error")
            else:
                self.message_user(request, f"{row} is verified and listed.")

    @admin.action(description="Suspend", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[models.Manufacturer]) -> None:
        for row in queryset:
            try:
                suspend_manufacturer(
                    actor=Actor.staff(request.user),  # type: ignore[arg-type]
                    public_id=row.public_id,
                    reason="suspended by staff",
                )
            except DomainError as error:
                self.message_user(request, f"{row}: {error.sentence}", level="error")
            else:
                self.message_user(request, f"{row} is suspended.")


class TermAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "source", "position", "is_active"]
    search_fields = ["name", "=code"]
    list_filter = ["is_active"]


for term in (
    models.Process,
    models.Material,
    models.Finish,
    models.Certification,
    models.InspectionLevel,
    models.QualityDocument,
):
    admin.site.register(term, TermAdmin)


@admin.register(models.PublishedFigure)
class PublishedFigureAdmin(admin.ModelAdmin):
    list_display = ["kind", "subject", "data", "source"]
    list_filter = ["kind"]
    search_fields = ["subject"]
