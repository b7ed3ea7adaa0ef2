"""Parts for staff."""

from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.parts.models import (
    DrawingPage,
    FindingAcceptance,
    Part,
    PartRevision,
    RevisionUse,
    Tag,
    Upload,
    UploadBatch,
)


class RevisionInline(ReadOnlyInline):
    model = PartRevision
    fk_name = "part"
    fields = ["label", "state", "model_file", "drawing_file", "facts", "failure"]
    show_change_link = True


@admin.register(Part)
class PartAdmin(ReadOnlyAdmin):
    list_display = ["number", "name", "organization", "created_at"]
    list_select_related = ["organization"]
    search_fields = ["number", "=public_id"]
    inlines = [RevisionInline]


class DrawingPageInline(ReadOnlyInline):
    model = DrawingPage
    fields = ["number", "file"]


class FindingAcceptanceInline(ReadOnlyInline):
    model = FindingAcceptance
    fields = ["process", "rule", "measured", "note", "accepted_by", "at", "revoked_at"]


class RevisionUseInline(ReadOnlyInline):
    model = RevisionUse
    fields = ["kind", "thing", "label", "at"]


@admin.register(PartRevision)
class PartRevisionAdmin(ReadOnlyAdmin):
    list_display = ["part", "label", "state", "format", "warning_count", "created_at"]
    list_filter = ["state", "format"]
    list_select_related = ["part"]
    search_fields = ["=public_id", "=part__public_id", "=model_sha256"]
    inlines = [DrawingPageInline, FindingAcceptanceInline, RevisionUseInline]


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    list_display = ["name", "organization"]
    list_select_related = ["organization"]
    search_fields = ["=key"]


class UploadInline(ReadOnlyInline):
    """Without the storage keys of the pieces: staff need what became of a file, not its bytes."""

    model = Upload
    fields = ["path", "size", "received", "state", "sentence", "part", "created_at"]


@admin.register(UploadBatch)
class UploadBatchAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "created_by", "visit_label", "created_at"]
    list_select_related = ["organization", "created_by"]
    search_fields = ["=public_id", "=organization__public_id"]
    inlines = [UploadInline]
