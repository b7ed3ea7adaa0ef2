"""Change orders for programs of both sides."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.fields import WHOLE, MoneyField, UnitPriceField
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError
from marketplace.core.money import MAX_MINOR
from orders import queries
from orders.actions import changes
from orders.api.problems import OrderReasonSerializer
from orders.blanket_rules import MOST_PIECES
from orders.change_queries import changes_of
from orders.change_rules import change_moves
from orders.change_states import CHANGE, ChangeState
from orders.change_terms import LineChange, Proposal
from orders.models import ChangeOrder, Order


def _minor(help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0,
        max_value=MAX_MINOR,
        required=False,
        help_text=help_text or "minor units",
        error_messages={"invalid": WHOLE},
    )


class ChargeChangeSerializer(serializers.Serializer):
    """A document or inspection of the line, by its place from 0."""

    place = serializers.IntegerField(min_value=0, max_value=1000)
    amount_minor = serializers.IntegerField(min_value=0, max_value=MAX_MINOR)


class LineChangeSerializer(serializers.Serializer):
    """What becomes other of one line; what is left out stays."""

    line = serializers.CharField()
    quantity = serializers.IntegerField(
        min_value=0, max_value=MOST_PIECES, required=False, help_text="0 drops the line"
    )
    unit_price = UnitPriceField(required=False)
    revision = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="id of a newer revision of the part; buyer only",
    )
    setup_minor = _minor()
    tooling_minor = _minor()
    charges = ChargeChangeSerializer(many=True, required=False)


class ChangeInputSerializer(serializers.Serializer):
    lines = LineChangeSerializer(many=True, required=False, max_length=500)  # type: ignore[call-arg]
    freight_minor = _minor("of the whole order, minor units")
    ship_by = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=2000)
    edition = serializers.IntegerField(
        min_value=1,
        max_value=32_767,
        required=False,
        help_text="of the order as it was read; refused when it changed meanwhile",
    )


class ChangedValueSerializer(serializers.Serializer):
    """One value that becomes another, in words. `line` is empty for the order's own."""

    line = serializers.CharField()
    part_number = serializers.CharField()
    what = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    """A change order: `before` and `after` are whole terms, `differences` what they differ in."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    state = serializers.SerializerMethodField()
    proposed_by = serializers.ChoiceField(Side.choices)
    reason = serializers.CharField()
    answer = serializers.CharField(help_text="of the other side; of one that lapsed, why")
    before = serializers.JSONField()
    after = serializers.JSONField()
    differences = ChangedValueSerializer(many=True)
    total_before = MoneyField("total_before_minor", "order.currency")
    total_after = MoneyField("total_after_minor", "order.currency")
    difference_gross = MoneyField(
        "difference_gross.minor",
        "order.currency",
        help_text="paid more, or coming back where the total falls; with VAT",
    )
    edition = serializers.IntegerField(
        allow_null=True, help_text="of the order, once the change is in force"
    )
    answer_by = serializers.DateTimeField()
    pay_by = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    available_moves = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(ChangeState.choices))
    def get_state(self, change: ChangeOrder) -> str:
        """Who approves for the buyer is not the manufacturer's to know."""
        side = queries.side_of(self.context["actor"], change.order)
        hidden = change.state == ChangeState.AWAITING_APPROVAL and side == Side.MANUFACTURER
        return str(CHANGE.initial if hidden else change.state)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_available_moves(self, change: ChangeOrder) -> list[str]:
        """What the caller may do now: accept, approve, decline, withdraw."""
        return change_moves(self.context["actor"], change)


def proposal_of(given: Mapping[str, Any]) -> Proposal:
    """The cleaned body. Raises DomainError for a line named twice."""
    lines: dict[str, LineChange] = {}
    for row in given.get("lines", []):
        if row["line"] in lines:
            raise DomainError("A line is named twice. Name each line once.")
        lines[row["line"]] = LineChange(
            quantity=row.get("quantity"),
            unit_price=row.get("unit_price"),
            revision=row["revision"],
            setup_minor=row.get("setup_minor"),
            tooling_minor=row.get("tooling_minor"),
            charges={one["place"]: one["amount_minor"] for one in row.get("charges", [])},
        )
    return Proposal(lines, given.get("freight_minor"), given.get("ship_by"))


class ChangeList(ApiView):
    """Change orders of an order."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_changes", responses=ChangeSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """Newest first."""
        found: Order = queries.find_order(self.actor, order)
        rows = changes_of(found, queries.side_of(self.actor, found))
        shown = rows.select_related("order__buyer", "order__manufacturer", "order__approval")
        return self.page(ChangeSerializer, shown)

    @extend_schema(
        operation_id="propose_change",
        request=ChangeInputSerializer,
        responses={201: ChangeSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Propose that the order becomes other; it does when the other side accepts and what it
        costs more is paid."""
        given = self.clean(ChangeInputSerializer)
        found = changes.propose_change(
            actor=self.actor,
            public_id=order,
            wanted=proposal_of(given),
            reason=given["reason"],
            seen=given.get("edition"),
        )
        return self.answer(ChangeSerializer, found, status=201)


class ChangeAct(ApiView):
    """An act on a change order that answers with it."""

    def do(self, act: Callable[..., ChangeOrder], order: str, change: str, **given: Any) -> Any:
        """Run the act and show what it left."""
        found = act(actor=self.actor, public_id=order, change=change, **given)
        return self.answer(ChangeSerializer, found)


class AcceptChange(ChangeAct):
    """Yes."""

    @extend_schema(operation_id="accept_change", request=None, responses=ChangeSerializer)
    def post(self, request: Request, order: str, change: str) -> Response:
        """Accept what the other side proposed."""
        return self.do(changes.accept_change, order, change)


class ApproveChange(ChangeAct):
    """Another member of the buyer's agrees."""

    @extend_schema(operation_id="approve_change", request=None, responses=ChangeSerializer)
    def post(self, request: Request, order: str, change: str) -> Response:
        """Approve what a colleague proposed or accepted."""
        return self.do(changes.approve_change, order, change)


class DeclineChange(ChangeAct):
    """No."""

    @extend_schema(
        operation_id="decline_change", request=OrderReasonSerializer, responses=ChangeSerializer
    )
    def post(self, request: Request, order: str, change: str) -> Response:
        """Decline with a reason; the order goes on as it was."""
        given = self.clean(OrderReasonSerializer)
        return self.do(changes.decline_change, order, change, **given)


class WithdrawChange(ChangeAct):
    """Taken back."""

    @extend_schema(operation_id="withdraw_change", request=None, responses=ChangeSerializer)
    def post(self, request: Request, order: str, change: str) -> Response:
        """Take one's own proposal back; the buyer also what it accepted and has not paid."""
        return self.do(changes.withdraw_change, order, change)
