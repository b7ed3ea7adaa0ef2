"""Who asked for data or their end, and the backups, for staff to read."""

from django.contrib import admin
from django.utils.html import format_html_join

from marketplace.core.admin import ReadOnlyAdmin
from marketplace.operations.models import (
    BackupRun,
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
    show_full_result_count = False


@admin.register(OrganizationExport)
class OrganizationExportAdmin(ReadOnlyAdmin):
    list_display = ["organization", "state", "asked_by", "rows", "asked_at", "expires_at"]
    list_filter = ["state"]
    list_select_related = ["organization", "asked_by"]
    exclude = ["file", "position"]
    show_full_result_count = False


@admin.register(DeletionRequest)
class DeletionRequestAdmin(ReadOnlyAdmin):
    list_display = ["user", "state", "asked_at", "due_at", "stop_reason"]
    list_filter = ["state"]
    list_select_related = ["user"]
    show_full_result_count = False


@admin.register(BackupRun)
class BackupRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "state", "started_at", "took", "size", "rows", "files", "verified_at"]
    list_filter = ["state"]
    search_fields = ["=name"]
    show_full_result_count = False
    exclude = ["verification"]
    readonly_fields = ["checks"]

    @admin.display(description="took")
    def took(self, run: BackupRun) -> str:
        """Minutes and seconds from its beginning to its end."""
        if run.ended_at is None:
            return "-"
        minutes, seconds = divmod(int((run.ended_at - run.started_at).total_seconds()), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    @admin.display(description="last verification")
    def checks(self, run: BackupRun) -> str:
        """What the last attempt to try it out found, what differs first."""
        rows = sorted(run.verification, key=lambda row: row["good"])
        told = (
            (row["what"], row["found"] if row["good"] else f"{row['found']}, not {row['expected']}")
            for row in rows
        )
        return format_html_join("", "{}: {}<br>", told)
