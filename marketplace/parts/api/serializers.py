"""Parts, what was read in their files, and links to the files."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.core.api.fields import (
    ColumnField,
    ReferenceInputSerializer,
    ReferenceSerializer,
)
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from marketplace.parts.actions.parts import UNITS
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.queries import twins_of
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
    units_source = serializers.CharField(
        allow_null=True, default=None, help_text="who named the unit: file, given, assumed or none"
    )
    volume_mm3 = serializers.FloatField(allow_null=True, default=None)
    area_mm2 = serializers.FloatField(allow_null=True, default=None)
    bbox_mm = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, default=None, help_text="x, y, z"
    )
    solids = serializers.IntegerField(allow_null=True, default=None)
    triangles = serializers.IntegerField(allow_null=True, default=None)
    watertight = serializers.BooleanField(allow_null=True, default=None)


class MeasureSerializer(serializers.Serializer):
    """One figure of the reader: what, how it was got, how exact it is, or why there is none."""

    name = serializers.CharField()
    value = serializers.JSONField(help_text="a number, a list, or null")
    unit = serializers.CharField()
    how = serializers.CharField(help_text="surfaces, mesh, sampled, guessed or text")
    exactness = serializers.CharField()
    reason = serializers.CharField(help_text="why there is no value")


class HoleSerializer(serializers.Serializer):
    """A hole; `position` is its opening, `direction` points into the material."""

    diameter_mm = serializers.FloatField()
    depth_mm = serializers.FloatField(allow_null=True, default=None)
    kind = serializers.CharField(default="")
    position = serializers.ListField(child=serializers.FloatField(), default=list)
    direction = serializers.ListField(child=serializers.FloatField(), default=list)
    countersink = serializers.JSONField(default=None)
    counterbore = serializers.JSONField(default=None)


class BodySerializer(serializers.Serializer):
    """One distinct body of an assembly and how often it occurs."""

    index = serializers.IntegerField()
    name = serializers.CharField(default="")
    count = serializers.IntegerField(default=1)
    volume_mm3 = serializers.FloatField(allow_null=True, default=None)
    bbox_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True, default=None)


class TwinSerializer(serializers.Serializer):
    """A revision of another part of the same shape, or even the same file."""

    part_id = serializers.CharField(source="part.public_id")
    number = serializers.CharField(source="part.number")
    revision = serializers.CharField(source="label")
    current_revision = serializers.CharField(
        source="part.current.label", help_text="another one when the shape is an outdated one"
    )
    model_sha256 = serializers.CharField()


class RevisionSerializer(serializers.Serializer):
    """A set of files, what was read in them, and links to what was made of them."""

    id = serializers.CharField(source="public_id")
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(AnalysisState.choices)
    failure = serializers.CharField(help_text="why the file could not be read")
    figures = FiguresSerializer(source="facts")
    measures = serializers.SerializerMethodField()
    holes = serializers.SerializerMethodField()
    bodies = serializers.SerializerMethodField()
    tree = serializers.JSONField(source="facts.tree", default=None)
    drawing_text = serializers.JSONField(source="drawing_facts.text", default=None)
    warnings = WarningSerializer(many=True)
    files = FileSerializer(many=True)
    thumbnail_url = LinkField(source="thumbnail")
    preview_url = LinkField(source="preview")
    locked_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(MeasureSerializer(many=True))
    def get_measures(self, revision: PartRevision) -> Any:
        """The reader's figures by name."""
        rows = (revision.facts.get("figures") or {}).items()
        told = [
            {
                "name": name,
                "value": row.get("value"),
                **{key: row.get(key) or "" for key in ("unit", "how", "exactness", "reason")},
            }
            for name, row in rows
        ]
        return MeasureSerializer(told, many=True).data

    @extend_schema_field(HoleSerializer(many=True))
    def get_holes(self, revision: PartRevision) -> Any:
        """Each hole for itself."""
        return HoleSerializer(revision.facts.get("holes") or [], many=True).data

    @extend_schema_field(BodySerializer(many=True))
    def get_bodies(self, revision: PartRevision) -> Any:
        """The distinct bodies of an assembly."""
        return BodySerializer(revision.facts.get("bodies") or [], many=True).data


class PartRowSerializer(ReferenceSerializer):
    """A part as the list shows it."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    name = serializers.CharField()
    customer_number = serializers.CharField()
    tags = ColumnField("name")
    revision = serializers.CharField(source="current.label", default="")
    format = serializers.CharField(source="current.format", default="")
    warning_count = serializers.IntegerField(source="current.warning_count", default=0)
    state = serializers.ChoiceField(
        AnalysisState.choices, source="current.state", allow_null=True, default=None
    )
    thumbnail_url = LinkField(source="current.thumbnail", default="")
    created_at = serializers.DateTimeField()


class PartSerializer(ReferenceSerializer):
    """A part with its current revision."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    name = serializers.CharField()
    customer_number = serializers.CharField()
    tags = ColumnField("name")
    notes = serializers.CharField()
    current = RevisionSerializer(allow_null=True)
    revisions = ColumnField("label")
    twins = serializers.SerializerMethodField()
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(TwinSerializer(many=True))
    def get_twins(self, part: Part) -> Any:
        """Other parts of the same shape, until the buyer says that both stay."""
        revision = part.current
        found = [] if revision is None or revision.twin_kept else twins_of(revision)
        return TwinSerializer(found, many=True).data


class TagSerializer(serializers.Serializer):
    name = serializers.CharField()
    part_count = serializers.IntegerField(help_text="parts that are not archived")


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(
        allow_empty_file=True,
        max_length=1000,
        error_messages={"required": "Send the file in the field `file`."},
        help_text="a STEP, IGES, STL, 3MF, OBJ, PLY or DXF model, or a PDF drawing",
    )


class ChangePartSerializer(ReferenceInputSerializer):
    """What may be changed; what is left out stays."""

    number = serializers.CharField(max_length=60, required=False)
    name = serializers.CharField(max_length=140, required=False)
    customer_number = serializers.CharField(max_length=60, allow_blank=True, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=20, required=False
    )
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class ChangeOnePartSerializer(ChangePartSerializer):
    """The same of one part among many, named by its `id`."""

    id = serializers.CharField(max_length=40)


class UnitsSerializer(serializers.Serializer):
    units = serializers.ChoiceField([(unit, unit) for unit in UNITS])
