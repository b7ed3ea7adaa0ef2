"""Parts, what was read in their files, and links to the files."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.core.api.fields import ColumnField
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from marketplace.parts.actions.parts import UNITS
from marketplace.parts.states import AnalysisState

LINK = "works for this caller for five minutes; empty when there is no file"


@extend_schema_field(OpenApiTypes.STR)
class LinkField(serializers.Field):
    """A signed link to a file, made out to the actor in the context."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **{"help_text": LINK, **kwargs})

    def get_attribute(self, instance: Any) -> Any:
        """The file, "" for none: a null would skip `to_representation`."""
        return super().get_attribute(instance) or ""

    def to_representation(self, value: StoredFile | str) -> str:
        if isinstance(value, str):
            return ""
        room = self.context.get("room", "")
        return link_to(value, self.context["actor"], room=room, absolute=True)


class FileSerializer(serializers.Serializer):
    """A stored file. `url` works for this caller for five minutes."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(StoredFile.Kind.choices)
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField()
    url = LinkField(source="*")


class WarningSerializer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class FiguresSerializer(serializers.Serializer):
    """What reading the file found; null where it could not be told."""

    format = serializers.CharField(allow_null=True, default=None)
    units = serializers.CharField(allow_null=True, default=None, help_text="unit of the file")
    volume_mm3 = serializers.FloatField(allow_null=True, default=None)
    area_mm2 = serializers.FloatField(allow_null=True, default=None)
    bbox_mm = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, default=None, help_text="x, y, z"
    )
    solids = serializers.IntegerField(allow_null=True, default=None)
    triangles = serializers.IntegerField(allow_null=True, default=None)
    watertight = serializers.BooleanField(allow_null=True, default=None)


class RevisionSerializer(serializers.Serializer):
    """A set of files, what was read in them, and links to what was made of them."""

    id = serializers.CharField(source="public_id")
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(AnalysisState.choices)
    failure = serializers.CharField(help_text="why the file could not be read")
    figures = FiguresSerializer(source="facts")
    warnings = WarningSerializer(many=True)
    files = FileSerializer(many=True)
    thumbnail_url = LinkField(source="thumbnail")
    preview_url = LinkField(source="preview")
    locked_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class PartRowSerializer(serializers.Serializer):
    """A part as the list shows it."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    name = serializers.CharField()
    revision = serializers.CharField(source="current.label", default="")
    state = serializers.ChoiceField(
        AnalysisState.choices, source="current.state", allow_null=True, default=None
    )
    thumbnail_url = LinkField(source="current.thumbnail", default="")
    created_at = serializers.DateTimeField()


class PartSerializer(serializers.Serializer):
    """A part with its current revision."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    name = serializers.CharField()
    notes = serializers.CharField()
    current = RevisionSerializer(allow_null=True)
    revisions = ColumnField("label")
    created_at = serializers.DateTimeField()


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(
        allow_empty_file=True,
        max_length=1000,
        error_messages={"required": "Send the file in the field `file`."},
        help_text="a STEP, STL, 3MF, OBJ, PLY or IGES model, or a PDF drawing",
    )


class ChangePartSerializer(serializers.Serializer):
    """What may be changed; what is left out stays."""

    number = serializers.CharField(max_length=60, required=False)
    name = serializers.CharField(max_length=140, required=False)
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class UnitsSerializer(serializers.Serializer):
    units = serializers.ChoiceField([(unit, unit) for unit in UNITS])
