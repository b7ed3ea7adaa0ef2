"""Parts for staff."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.parts.models import Part, PartRevision


class RevisionInline(ReadOnlyInline):
    model = PartRevision
    fk_name = "part"
    fields = ["label", "state", "model_file", "drawing_file", "facts", "failure"]


@admin.register(Part)
class PartAdmin(ReadOnlyAdmin):
    list_display = ["number", "name", "organization", "created_at"]
    list_select_related = ["organization"]
    search_fields = ["number", "=public_id"]
    show_full_result_count = False
    inlines = [RevisionInline]
