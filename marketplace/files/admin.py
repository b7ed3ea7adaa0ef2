"""The file room for staff."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin
from marketplace.files.models import FileAccess, StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "organization", "size", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["organization"]
    search_fields = ["=public_id", "=sha256", "name"]
    exclude = ["content"]


@admin.register(FileAccess)
class FileAccessAdmin(ReadOnlyAdmin):
    list_display = ["at", "file", "user", "organization"]
    list_select_related = ["file", "user", "organization"]
    search_fields = ["=file__public_id", "=user__email"]
