"""What programs send about parts, beside the details."""

from rest_framework import serializers

from marketplace.parts.actions.library import MOST_AT_ONCE, NAME_RULES
from marketplace.parts.actions.uploads import MOST_FILES

MOST_TAGS = 20
LARGEST = 2**53
DEEDS = ("change", "archive", "restore", "delete")


class LabelSerializer(serializers.Serializer):
    label = serializers.CharField(max_length=10)  # type: ignore[assignment]


class TakeBodiesSerializer(serializers.Serializer):
    indexes = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=100_000), min_length=1, max_length=100
    )


class BulkSerializer(serializers.Serializer):
    """`do` says what happens; tags, names and notes only count with `change`."""

    part_ids = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=MOST_AT_ONCE
    )
    do = serializers.ChoiceField([(word, word) for word in DEEDS])
    add_tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_TAGS, default=list
    )
    drop_tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_TAGS, default=list
    )
    name_rule = serializers.ChoiceField(
        [(rule, rule) for rule in NAME_RULES], required=False, default="", allow_blank=True
    )
    notes = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class BulkResultSerializer(serializers.Serializer):
    count = serializers.IntegerField(help_text="how many it was done with")


class FindingInputSerializer(serializers.Serializer):
    process = serializers.CharField(max_length=40)
    rule = serializers.CharField(max_length=60)


class AcceptFindingSerializer(FindingInputSerializer):
    note = serializers.CharField(max_length=400, help_text="why the part may stay as it is")


class AnnouncedSerializer(serializers.Serializer):
    """One file that is about to come."""

    name = serializers.CharField(max_length=1000, help_text="may carry folders: job/BRK-014.step")
    size = serializers.IntegerField(min_value=0, max_value=LARGEST, help_text="bytes")
    sha256 = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="checked at the end"
    )
    resume_key = serializers.CharField(
        max_length=100,
        required=False,
        default="",
        allow_blank=True,
        help_text="the same key, name and size later goes on with the same upload",
    )


class StartUploadSerializer(serializers.Serializer):
    files = serializers.ListField(child=AnnouncedSerializer(), min_length=1, max_length=MOST_FILES)
