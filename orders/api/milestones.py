"""Milestones for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import MoneyField
from marketplace.core.api.pagination import WholeList
from marketplace.core.api.views import ApiView, FlatJSONParser
from marketplace.core.errors import NotFound
from marketplace.parts.api.serializers import LinkField
from orders import rules
from orders.actions import milestone_decisions as acts
from orders.actions.milestone_evidence import attach_milestone_evidence, keep_evidence
from orders.api.problems import OrderReasonSerializer
from orders.milestones import OPEN, Asked, evidence_asked
from orders.models import Milestone, MilestoneEvidence, Order
from orders.queries import find_order
from orders.states import MilestoneState


class MilestoneEvidenceSerializer(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(MilestoneEvidence.Kind.choices)
    note = serializers.CharField()
    file_url = LinkField(source="file")
    created_at = serializers.DateTimeField()


class MilestoneAskedSerializer(serializers.Serializer):
    name = serializers.CharField()
    is_there = serializers.BooleanField()


class MilestoneDetailSerializer(serializers.Serializer):
    """A part in which the order is paid, when it is due, and what shows that it is done."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(Milestone.Kind.choices)
    state = serializers.ChoiceField(MilestoneState.choices)
    amount = MoneyField("amount_minor", "order.currency")
    gross = MoneyField("gross.minor", "order.currency", help_text="with the VAT on top")
    due_on = serializers.DateField(
        allow_null=True, help_text="known when the order is confirmed; moves with the day to ship"
    )
    is_late = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()
    evidence = MilestoneEvidenceSerializer(many=True)
    note = serializers.CharField(help_text="of who submitted it")
    reason = serializers.CharField(help_text="why it was rejected the last time")
    answer_by = serializers.DateTimeField(
        allow_null=True, help_text="silence approves then; empty while that time stands still"
    )

    def get_is_late(self, milestone: Milestone) -> bool:
        """Not submitted, and the due date has passed."""
        day = milestone.due_on
        return milestone.state in OPEN and day is not None and day < timezone.localdate()

    @extend_schema_field(MilestoneAskedSerializer(many=True))
    def get_asked(self, milestone: Milestone) -> list[dict[str, Any]]:
        """What it needs, and whether that is there."""
        asked: list[Asked] = self.context["asked"][milestone.pk]
        return [{"name": one.label, "is_there": one.is_there} for one in asked]


class SubmitMilestoneSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class MilestoneEvidenceInputSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(MilestoneEvidence.Kind.choices)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    file = serializers.FileField(
        allow_empty_file=True, max_length=1000, help_text="photo: JPEG, PNG, WebP; else PDF or scan"
    )


class MilestoneView(ApiView):
    """A view that answers with milestones."""

    def found(self, order: Order, **which: Any) -> tuple[list[Milestone], dict[str, Any]]:
        """Milestones of an order and what each needs."""
        rows = list(order.milestones.filter(**which).prefetch_related("evidence__file"))
        for row in rows:
            row.order = order
        return rows, {"asked": evidence_asked(order, rows)}

    def show(self, order: str, milestone: str, status: int = 200) -> Response:
        """One milestone as it stands now."""
        rows, context = self.found(find_order(self.actor, order), public_id=milestone)
        if not rows:
            raise NotFound()
        return self.answer(MilestoneDetailSerializer, rows[0], status=status, **context)


class MilestoneList(MilestoneView):
    """The milestones of an order."""

    pagination_class = WholeList

    @extend_schema(
        operation_id="list_milestones",
        responses=MilestoneDetailSerializer(many=True),
        filters=False,
    )
    def get(self, request: Request, order: str) -> Response:
        """Every one, in their order; there are at most five."""
        rows, context = self.found(find_order(self.actor, order))
        return self.whole_list(MilestoneDetailSerializer, rows, **context)


class MilestoneEvidenceList(MilestoneView):
    """The evidence of a milestone."""

    parser_classes = [MultiPartParser, FlatJSONParser]

    @extend_schema(
        operation_id="attach_milestone_evidence",
        request={"multipart/form-data": MilestoneEvidenceInputSerializer},
        responses={201: MilestoneDetailSerializer},
    )
    def post(self, request: Request, order: str, milestone: str) -> Response:
        """Add one file before the milestone is submitted; it stays for good."""
        # Rights first, so that what may not be kept never reaches the storage.
        rules.SUBMIT_MILESTONE.check(self.actor, find_order(self.actor, order))
        given = self.clean(MilestoneEvidenceInputSerializer)
        kept = keep_evidence(self.actor, given["kind"], given["file"], given["note"])
        attach_milestone_evidence(
            actor=self.actor, public_id=order, milestone=milestone, evidence=[kept]
        )
        return self.show(order, milestone, status=201)


class SubmitMilestone(MilestoneView):
    """It is done."""

    @extend_schema(
        operation_id="submit_milestone",
        request=SubmitMilestoneSerializer,
        responses=MilestoneDetailSerializer,
    )
    def post(self, request: Request, order: str, milestone: str) -> Response:
        """Submit a milestone whose evidence is complete; without an answer in five days it counts
        as approved."""
        given = self.clean(SubmitMilestoneSerializer)
        acts.submit_milestone(actor=self.actor, public_id=order, milestone=milestone, **given)
        return self.show(order, milestone)


class ApproveMilestone(MilestoneView):
    """It is good."""

    @extend_schema(
        operation_id="approve_milestone", request=None, responses=MilestoneDetailSerializer
    )
    def post(self, request: Request, order: str, milestone: str) -> Response:
        """Approve what was submitted; its amount goes to the manufacturer."""
        acts.approve_milestone(actor=self.actor, public_id=order, milestone=milestone)
        return self.show(order, milestone)


class RejectMilestone(MilestoneView):
    """It is not good yet."""

    @extend_schema(
        operation_id="reject_milestone",
        request=OrderReasonSerializer,
        responses=MilestoneDetailSerializer,
    )
    def post(self, request: Request, order: str, milestone: str) -> Response:
        """Reject what was submitted, with a reason; it can be submitted again."""
        given = self.clean(OrderReasonSerializer)
        acts.reject_milestone(actor=self.actor, public_id=order, milestone=milestone, **given)
        return self.show(order, milestone)
