"""What reading a part found, as programs ask for it: findings, differences, uses."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import text_of, text_parameter
from marketplace.core.api.pagination import WholeList
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.parts import queries
from marketplace.parts.actions import findings as actions
from marketplace.parts.api.inputs import AcceptFindingSerializer, FindingInputSerializer
from marketplace.parts.difference import difference
from marketplace.parts.manufacturability import findings_of, unchecked_of, usual_process
from marketplace.parts.models import RevisionUse


class AcceptanceSerializer(serializers.Serializer):
    note = serializers.CharField()
    at = serializers.DateTimeField()


class FindingSerializer(serializers.Serializer):
    """One finding; `points` are millimeters in the file's own coordinates."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(
        [(word, word) for word in ("info", "warning", "must_change")]
    )
    title = serializers.CharField()
    measured = serializers.CharField(source="measured_text")
    limit = serializers.CharField(source="limit_text")
    advice = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    source_url = serializers.CharField()
    points = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    acceptance = AcceptanceSerializer(allow_null=True)


class UncheckedSerializer(serializers.Serializer):
    title = serializers.CharField()
    reason = serializers.CharField()


class FindingsSerializer(serializers.Serializer):
    process = serializers.CharField()
    findings = FindingSerializer(many=True)
    unchecked = UncheckedSerializer(many=True)


class DifferenceSerializer(serializers.Serializer):
    old = serializers.CharField()
    new = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())


class UseSerializer(serializers.Serializer):
    """A request, quote or order that has a revision of the part."""

    revision = serializers.CharField(source="revision.label")
    kind = serializers.ChoiceField(RevisionUse.Kind.choices)
    id = serializers.CharField(source="thing")
    label = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField()


class FindingsView(ApiView):
    """Answers with the findings of a part."""

    def _findings(self, part_id: str, process: str) -> dict[str, Any]:
        revision = queries.get_part(self.actor, part_id).current
        if revision is None:
            raise NotFound()
        known = queries.process_names()
        if process and process not in known:
            raise ValidationError({"process": f"Use one of {', '.join(known)}."})
        chosen = process or usual_process(revision.facts)
        accepted = queries.acceptances_of(revision, chosen)
        return {
            "process": chosen,
            "findings": findings_of(revision.facts, chosen, accepted),
            "unchecked": unchecked_of(revision.facts, chosen),
        }


class PartFindings(FindingsView):
    """Whether a part can be made, and what stands against it."""

    @extend_schema(
        operation_id="get_findings",
        parameters=[text_parameter("process", "code of a process")],
        responses=FindingsSerializer,
    )
    def get(self, request: Request, part: str) -> Response:
        """The findings for a process; without one, for what the part looks like."""
        return self.answer(FindingsSerializer, self._findings(part, text_of(request, "process")))


class AcceptFinding(FindingsView):
    """Accepting a finding."""

    @extend_schema(
        operation_id="accept_finding",
        request=AcceptFindingSerializer,
        responses=FindingsSerializer,
    )
    def post(self, request: Request, part: str) -> Response:
        """Accept one finding of the current revision with a note."""
        given = self.clean(AcceptFindingSerializer)
        actions.accept_finding(actor=self.actor, part_id=part, **given)
        return self.answer(FindingsSerializer, self._findings(part, given["process"]))


class ReopenFinding(FindingsView):
    """Taking an acceptance back."""

    @extend_schema(
        operation_id="reopen_finding",
        request=FindingInputSerializer,
        responses=FindingsSerializer,
    )
    def post(self, request: Request, part: str) -> Response:
        """Take an acceptance back."""
        given = self.clean(FindingInputSerializer)
        actions.reopen_finding(actor=self.actor, part_id=part, **given)
        return self.answer(FindingsSerializer, self._findings(part, given["process"]))


class PartDifference(ApiView):
    """Two revisions of a part."""

    costs = {"GET": 5}

    @extend_schema(
        operation_id="compare_revisions",
        parameters=[
            text_parameter("old", "label; the one before by default", 10),
            text_parameter("new", "label; the newest by default", 10),
        ],
        responses=DifferenceSerializer,
    )
    def get(self, request: Request, part: str) -> Response:
        """What changed, in sentences."""
        old, new = queries.two_revisions(
            self.actor, part, text_of(request, "old", 10), text_of(request, "new", 10)
        )
        sentences = difference(old.facts, new.facts) if old.facts and new.facts else []
        told = {"old": old.label, "new": new.label, "sentences": sentences}
        return self.answer(DifferenceSerializer, told)


class PartUses(ApiView):
    """Where a part is used."""

    pagination_class = WholeList

    @extend_schema(operation_id="list_part_uses", responses=UseSerializer(many=True))
    def get(self, request: Request, part: str) -> Response:
        """Requests, quotes and orders, the newest first; at most 200."""
        rows = queries.uses_of(queries.get_part(self.actor, part))
        return self.whole_list(UseSerializer, rows)
