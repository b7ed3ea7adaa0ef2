"""Who asked for data or their end, for staff to read."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin
from marketplace.operations.models import (
    DataExport,
    DeletionRequest,
    OrganizationExport,
)


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    list_display = ["user", "state", "asked_at", "expires_at"]
    list_filter = ["state"]
    list_select_related = ["user"]
    exclude = ["file"]


@admin.register(OrganizationExport)
class OrganizationExportAdmin(ReadOnlyAdmin):
    list_display = ["organization", "state", "asked_by", "rows", "asked_at", "expires_at"]
    list_filter = ["state"]
    list_select_related = ["organization", "asked_by"]
    exclude = ["file", "position"]


@admin.register(DeletionRequest)
class DeletionRequestAdmin(ReadOnlyAdmin):
    list_display = ["user", "state", "asked_at", "due_at", "stop_reason"]
    list_filter = ["state"]
    list_select_related = ["user"]
