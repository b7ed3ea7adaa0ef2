"""The backups, for staff to read."""

from django.contrib import admin
from django.utils.html import format_html_join

from marketplace.core.admin import ReadOnlyAdmin
from marketplace.operations.models import BackupRun


@admin.register(BackupRun)
class BackupRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "state", "started_at", "took", "size", "rows", "files", "verified_at"]
    list_filter = ["state"]
    search_fields = ["=name"]
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
