"""What a program may send of requests, turned into the actions' drafts."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models.organization import COUNTRY_CODE
from marketplace.core.api.fields import WHOLE, ReferenceInputSerializer
from marketplace.core.money import CURRENCY_CHOICES
from quotes import rules
from quotes.actions.rfq import Draft, Header, LineDraft
from quotes.models import NDA, RFQ, RFQLine
from quotes.models.quote import MAX_ALTERNATES, LossReason
from quotes.queries.secrecy import choosable_ndas
from quotes.terms import Terms

HEADER = (
    "title",
    "currency",
    "ship_to",
    "need_by",
    "deadline",
    "notes",
    "external_id",
    "precedence",
    "visibility",
    "is_sealed",
    "is_export_controlled",
    "countries",
    "currencies",
    "nda",
    "certifications",
    "metadata",
)


class IdField(serializers.CharField):
    """A public id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)


class QuantityField(serializers.IntegerField):
    """A whole number of pieces from 1 to 10,000,000."""

    default_error_messages = {
        "invalid": WHOLE,
        "min_value": "A quantity is at least 1.",
        "max_value": "A quantity is at most 10,000,000.",
        "max_string_length": "A quantity is at most 10,000,000.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=rules.MAX_QUANTITY, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class TermField(serializers.Field):
    """A code of the taxonomy as its row; null for none. The view reads the terms once."""

    def __init__(self, kind: str, path: str = "") -> None:
        self.kind, self.path = kind, path or kind
        super().__init__(allow_null=True, required=False)

    def to_internal_value(self, data: Any) -> Any:
        known = getattr(self.context["terms"], self.kind)
        found = known.get(data) if isinstance(data, str) else None
        if found is None:
            raise serializers.ValidationError(
                f"This code is unknown. GET /{self.path}/ lists them."
            )
        return found


@extend_schema_field(OpenApiTypes.STR)
class NDAField(serializers.Field):
    """The id of the newest version of the buyer's own agreement, as its row."""

    def to_internal_value(self, data: Any) -> NDA:
        found = {nda.public_id: nda for nda in choosable_ndas(self.context["actor"])}.get(data)
        if found is None:
            raise serializers.ValidationError("This is not the newest version of your agreement.")
        return found


def each_once(rows: list[Mapping[str, Any]], key: str, sentence: str) -> None:
    if any(count > 1 for count in Counter(row[key] for row in rows).values()):
        raise serializers.ValidationError(sentence)


class CreateRFQSerializer(serializers.Serializer):
    part_ids = serializers.ListField(child=IdField(), allow_empty=False, max_length=rules.MAX_LINES)
    title = serializers.CharField(max_length=140, required=False, allow_blank=True, default="")


class AddPartsSerializer(serializers.Serializer):
    part_ids = serializers.ListField(child=IdField(), allow_empty=False, max_length=rules.MAX_LINES)


class _MakingSerializer(serializers.Serializer):
    """How one line is to be made."""

    process = TermField("processes")
    material = TermField("materials")
    finish = TermField("finishes")
    inspection = TermField("inspections", "inspection-levels")
    tolerance = serializers.ChoiceField(RFQLine.Tolerance.choices, required=False)
    documents = serializers.ListField(
        child=TermField("documents", "quality-documents"), max_length=20, required=False
    )
    threads = serializers.CharField(max_length=200, allow_blank=True, required=False)
    quantities = serializers.ListField(
        child=QuantityField(), max_length=rules.MAX_QUANTITIES, required=False
    )
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class RFQLineInputSerializer(_MakingSerializer):
    """How one line is to be made. `id` names the line."""

    id = IdField()


class NewLineSerializer(_MakingSerializer):
    """A line more, for a part that is not in the draft yet; what is left out is as in a new line
    of `add_parts`."""

    part_id = IdField()


class RFQInputSerializer(ReferenceInputSerializer):
    """A draft. `invited` are ids of manufacturers."""

    title = serializers.CharField(max_length=140)
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    currencies = serializers.ListField(
        child=serializers.CharField(max_length=3),
        max_length=len(CURRENCY_CHOICES),
        required=False,
        help_text="others a quote may be in; empty means only `currency`",
    )
    ship_to = serializers.CharField(max_length=500, allow_blank=True, required=False)
    need_by = serializers.DateField(allow_null=True, required=False)
    deadline = serializers.DateTimeField(allow_null=True, required=False)
    notes = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    precedence = serializers.ChoiceField(
        RFQ.Precedence.choices, required=False, help_text="which wins when they disagree"
    )
    visibility = serializers.ChoiceField(RFQ.Visibility.choices, required=False)
    is_sealed = serializers.BooleanField(
        required=False, help_text="nobody reads a quote before the deadline"
    )
    is_export_controlled = serializers.BooleanField(required=False)
    countries = serializers.ListField(
        child=serializers.CharField(validators=[COUNTRY_CODE]),
        max_length=60,
        required=False,
        help_text="where the parts may be made; empty means anywhere",
    )
    certifications = serializers.ListField(
        child=TermField("certifications"), max_length=20, required=False
    )
    nda = NDAField(
        allow_null=True, required=False, help_text="id of your own agreement, null for none"
    )
    edition = serializers.IntegerField(
        required=False, help_text="the `edition` you read: 409 when somebody saved since"
    )
    lines = RFQLineInputSerializer(many=True, required=False, max_length=rules.MAX_LINES)  # type: ignore[call-arg]
    invited = serializers.ListField(child=IdField(), max_length=100, required=False)

    def validate_deadline(self, value: datetime | None) -> datetime | None:
        """A deadline lies ahead."""
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError("The deadline is in the past. Choose a later one.")
        return value

    def validate_lines(self, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        each_once(rows, "id", "Each line stands in the list once.")
        return rows


class RFQPatchSerializer(RFQInputSerializer):
    """What may be changed of a draft; what is left out stays."""

    title = serializers.CharField(max_length=140, required=False)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, required=False)


def rfq_draft(values: Mapping[str, Any], rfq: RFQ, *, whole: bool) -> Draft:
    """The draft of the given values.

    `whole` (PUT): what is missing in the header, in a named line and in the invitations becomes
    empty. Otherwise (PATCH) it stays as `rfq` has it. Lines that are not named always stay.
    """
    present = {} if whole else {name: getattr(rfq, name) for name in HEADER}
    if present:
        present["certifications"] = list(rfq.certifications.all())
    header = {"metadata": {}, **present, **{n: values[n] for n in HEADER if n in values}}
    rows = {line.public_id: line for line in rfq.lines.all()}
    kept = [] if whole else [i.manufacturer.public_id for i in rfq.invitations.all()]
    return Draft(
        Header(**header),
        [
            _line_draft(row, None if whole else rows.get(row["id"]))
            for row in values.get("lines", [])
        ],
        list(dict.fromkeys(values.get("invited", kept))),
        values.get("edition"),
    )


def _line_draft(given: Mapping[str, Any], saved: RFQLine | None) -> LineDraft:
    names = [name for name in LineDraft.__dataclass_fields__ if name != "line_id"]
    present = {name: getattr(saved, name) for name in names} if saved else {}
    if saved:
        present["documents"] = list(saved.documents.all())
    chosen = {name: given[name] for name in names if name in given}
    return LineDraft(line_id=given["id"], **{**present, **chosen})


def new_line_draft(given: Mapping[str, Any]) -> LineDraft:
    """A line that is not there yet, of the values of NewLineSerializer."""
    chosen = {name: value for name, value in given.items() if name != "part_id"}
    return LineDraft(line_id="", **chosen)


def terms() -> dict[str, Terms]:
    """The context that TermField needs. Six queries."""
    return {"terms": Terms.read()}


class CancelSerializer(serializers.Serializer):
    reason = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="needed once it is published"
    )


class DeclineSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class InviteSerializer(serializers.Serializer):
    manufacturer = IdField()


class InviteListSerializer(serializers.Serializer):
    list = IdField(help_text="id of a supplier list")


class AcceptSerializer(serializers.Serializer):
    """`seen` is the quote's `fingerprint` as it was read: nobody accepts what changed meanwhile."""

    quantities = serializers.DictField(
        child=QuantityField(),
        allow_empty=False,
        help_text="request line id -> one of the quantities asked; a line left out is not ordered",
    )
    seen = serializers.CharField(max_length=80)
    po_number = serializers.CharField(max_length=60, allow_blank=True, default="")


class ChoiceSerializer(serializers.Serializer):
    """A line at one quantity from one quote; `option` 0 is the line as asked, else an alternate."""

    quote = IdField()
    rfq_line = IdField()
    quantity = QuantityField()
    option = serializers.IntegerField(min_value=0, max_value=MAX_ALTERNATES, default=0)
    seen = serializers.CharField(max_length=80, help_text="the quote's `fingerprint` as read")


class LossSerializer(serializers.Serializer):
    """Why a quote was not chosen; its shop reads it, and nothing of the winner."""

    quote = IdField()
    reason = serializers.ChoiceField(LossReason.choices)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class AwardSerializer(serializers.Serializer):
    """Lines to award. With `finish` nothing more is chosen and the other quotes are declined."""

    choices = ChoiceSerializer(many=True, max_length=rules.MAX_LINES, allow_empty=False)  # type: ignore[call-arg]
    po_number = serializers.CharField(max_length=60, allow_blank=True, default="")
    finish = serializers.BooleanField(default=True)
    reasons = LossSerializer(many=True, max_length=200, default=list)  # type: ignore[call-arg]
