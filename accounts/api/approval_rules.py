"""Rules of approval for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries
from accounts.actions import approval_rules
from accounts.actions.approval_rules import MOST_APPROVERS
from accounts.api.serializers import PersonSerializer
from accounts.api.tokens import check_recent
from accounts.models import Organization
from marketplace.core.api.fields import WHOLE, MoneyField
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.money import MAX_MINOR


class ApprovalRuleSerializer(serializers.Serializer):
    """Awards of more than `over` wait. `approvers` empty: anyone whose role may approve."""

    id = serializers.CharField(source="public_id")
    over = MoneyField("over_minor", "organization.currency")
    approvers_needed = serializers.IntegerField()
    approvers = PersonSerializer(many=True)


class ApprovalRuleInputSerializer(serializers.Serializer):
    over_minor = serializers.IntegerField(
        min_value=0,
        max_value=MAX_MINOR,
        error_messages={"invalid": WHOLE},
        help_text="minor units of the organization's currency",
    )
    approvers_needed = serializers.IntegerField(min_value=1, max_value=MOST_APPROVERS, default=1)
    approver_ids = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=100,
        help_text="people whose role may approve; empty: any of them",
    )


class ApprovalRuleList(ApiView):
    """The organization's rules."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_approval_rules", responses=ApprovalRuleSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first; at most ten."""
        rows = queries.approval_rules_of(self.actor).select_related("organization")
        return self.page(ApprovalRuleSerializer, rows)

    @extend_schema(
        operation_id="add_approval_rule",
        request=ApprovalRuleInputSerializer,
        responses={201: ApprovalRuleSerializer},
    )
    def post(self, request: Request) -> Response:
        """One rule more; it holds for awards from now on."""
        check_recent(request, self.actor)
        given = self.clean(ApprovalRuleInputSerializer)
        rule = approval_rules.add_approval_rule(actor=self.actor, **given)
        return self.answer(ApprovalRuleSerializer, rule, status=201)


class ApprovalRuleDetail(ApiView):
    """One rule."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Organization.objects.filter(pk=self.actor.company.pk)]

    @extend_schema(operation_id="get_approval_rule", responses=ApprovalRuleSerializer)
    def get(self, request: Request, rule: str) -> Response:
        """The rule."""
        return self.answer(ApprovalRuleSerializer, queries.get_approval_rule(self.actor, rule))

    @extend_schema(
        operation_id="change_approval_rule",
        request=ApprovalRuleInputSerializer,
        responses=ApprovalRuleSerializer,
    )
    def put(self, request: Request, rule: str) -> Response:
        """Write the rule anew. Awards that wait keep what was asked of them."""
        check_recent(request, self.actor)
        given = self.clean(ApprovalRuleInputSerializer)
        changed = approval_rules.change_approval_rule(actor=self.actor, public_id=rule, **given)
        return self.answer(ApprovalRuleSerializer, changed)

    @extend_schema(operation_id="remove_approval_rule", responses={204: None})
    def delete(self, request: Request, rule: str) -> Response:
        """Delete the rule. Awards that wait go on waiting."""
        check_recent(request, self.actor)
        approval_rules.remove_approval_rule(actor=self.actor, public_id=rule)
        return Response(status=204)
