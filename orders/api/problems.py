"""Inspecting goods, problems, holding and ending an order, for programs of both sides."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.fields import MoneyField
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from orders import queries, rules
from orders.actions import acceptance, settlements
from orders.actions import nonconformances as acts
from orders.actions.problem_steps import Claim
from orders.api.serializers import OrderSerializer
from orders.models import Disposition, Nonconformance, Settlement
from orders.states import NonconformanceState, ProposalState


class RejectedSerializer(serializers.Serializer):
    line = serializers.CharField()
    rejected = serializers.IntegerField(min_value=0)


class JudgeSerializer(serializers.Serializer):
    """Lines with rejected pieces; the others are good. `kind` and `description` are needed when
    any piece is rejected."""

    lines = RejectedSerializer(many=True, max_length=500)  # type: ignore[call-arg]
    kind = serializers.ChoiceField(Nonconformance.Kind.choices, required=False)
    description = serializers.CharField(max_length=4000, required=False)


class ClaimSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Nonconformance.Kind.choices)
    description = serializers.CharField(max_length=4000)
    claimed_minor = serializers.IntegerField(
        min_value=0, default=0, help_text="minor units that stay held until this is settled"
    )


class OfferSerializer(serializers.Serializer):
    disposition = serializers.ChoiceField(Disposition.choices)
    note = serializers.CharField(max_length=2000)
    refund_minor = serializers.IntegerField(min_value=0, default=0)
    remedy_days = serializers.IntegerField(min_value=0, max_value=180, default=0)


class OrderNoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000)


class OrderReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class ProposalSerializer(serializers.Serializer):
    owed_minor = serializers.IntegerField(min_value=0, help_text="for the work done, minor units")
    reason = serializers.CharField(max_length=2000)


class NonconformanceSerializer(serializers.Serializer):
    """A problem and how far it is. `available_moves` are the caller's."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(NonconformanceState.choices)
    raised_by = serializers.ChoiceField(Side.choices)
    kind = serializers.ChoiceField(Nonconformance.Kind.choices)
    description = serializers.CharField()
    line = serializers.CharField(source="line.public_id", default=None, allow_null=True)
    quantity = serializers.IntegerField()
    held = MoneyField("held_minor", "order.currency")
    claimed = MoneyField(
        "claimed_minor", "order.currency", help_text="of a hidden defect; nothing is held for it"
    )
    after_acceptance = serializers.BooleanField(help_text="a hidden defect")
    respond_by = serializers.DateTimeField(allow_null=True)
    offer_disposition = serializers.CharField(help_text="empty before an offer")
    offer_refund = MoneyField("offer_refund_minor", "order.currency")
    offer_note = serializers.CharField()
    remedy_days = serializers.IntegerField()
    remedy_note = serializers.CharField()
    rma_number = serializers.CharField()
    refunded = MoneyField("refunded_minor", "order.currency")
    decision = serializers.CharField(help_text="of the platform, in words")
    created_at = serializers.DateTimeField()
    available_moves = serializers.SerializerMethodField()

    def get_available_moves(self, problem: Nonconformance) -> list[str]:
        """Verbs."""
        return rules.problem_moves(self.context["actor"], problem)


class SettlementSerializer(serializers.Serializer):
    """A proposal to end the order."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(ProposalState.choices)
    proposed_by = serializers.ChoiceField(Side.choices)
    owed = MoneyField("owed_minor", "order.currency")
    reason = serializers.CharField()
    answer = serializers.CharField()
    answer_by = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class OrderAct(ApiView):
    """An act that answers with the order."""

    def show(self, order: str) -> Response:
        """The order as it stands now."""
        return self.answer(OrderSerializer, queries.get_order(self.actor, order))


class JudgeGoods(OrderAct):
    """Which pieces are good."""

    @extend_schema(operation_id="judge_goods", request=JudgeSerializer, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Accept what is good; each line with rejected pieces becomes a problem."""
        given = self.clean(JudgeSerializer)
        acceptance.judge_goods(
            actor=self.actor,
            public_id=order,
            rejected={row["line"]: row["rejected"] for row in given["lines"]},
            claim=Claim(given.get("kind", ""), given.get("description", "")),
        )
        return self.show(order)


class HoldOrder(OrderAct):
    """The work stands still."""

    @extend_schema(
        operation_id="hold_order", request=OrderReasonSerializer, responses=OrderSerializer
    )
    def post(self, request: Request, order: str) -> Response:
        """Put the order on hold."""
        given = self.clean(OrderReasonSerializer)
        settlements.hold_order(actor=self.actor, public_id=order, **given)
        return self.show(order)


class ResumeOrder(OrderAct):
    """The work goes on."""

    @extend_schema(operation_id="resume_order", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Let the order go on where it stopped."""
        settlements.resume_order(actor=self.actor, public_id=order)
        return self.show(order)


class NonconformanceList(ApiView):
    """Problems of an order."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_nonconformances", responses=NonconformanceSerializer(many=True)
    )
    def get(self, request: Request, order: str) -> Response:
        """Newest first."""
        found = queries.find_order(self.actor, order)
        return self.page(
            NonconformanceSerializer, found.nonconformances.select_related("line", "order")
        )

    @extend_schema(
        operation_id="raise_nonconformance",
        request=ClaimSerializer,
        responses={201: NonconformanceSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Claim something that is not a count of inspected pieces."""
        given = self.clean(ClaimSerializer)
        found = acts.raise_nonconformance(
            actor=self.actor,
            public_id=order,
            claim=Claim(given["kind"], given["description"]),
            claimed_minor=given["claimed_minor"],
        )
        return self.answer(NonconformanceSerializer, found, status=201)


class AskPlatform(ApiView):
    """The platform decides."""

    @extend_schema(
        operation_id="ask_platform",
        request=OrderNoteSerializer,
        responses={201: NonconformanceSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Ask our people to decide about the order; it stands still until they have."""
        claim = Claim(Nonconformance.Kind.OTHER, self.clean(OrderNoteSerializer)["note"])
        found = acts.ask_platform(actor=self.actor, public_id=order, claim=claim)
        return self.answer(NonconformanceSerializer, found, status=201)


class NonconformanceAct(ApiView):
    """An act on a problem that answers with the problem."""

    def do(self, act: Callable[..., Any], order: str, problem: str, **given: Any) -> Response:
        """Run the act and show what it left."""
        act(actor=self.actor, public_id=order, problem=problem, **given)
        return self.show(order, problem)

    def show(self, order: str, problem: str) -> Response:
        """The problem as it stands now."""
        rows = queries.find_order(self.actor, order).nonconformances.filter(public_id=problem)
        found = rows.select_related("line", "order").first()
        if found is None:
            raise NotFound()
        return self.answer(NonconformanceSerializer, found)


class NonconformanceDetail(NonconformanceAct):
    """One problem."""

    @extend_schema(operation_id="get_nonconformance", responses=NonconformanceSerializer)
    def get(self, request: Request, order: str, problem: str) -> Response:
        """What is claimed, what was offered, whose turn it is."""
        return self.show(order, problem)


class AnswerNonconformance(NonconformanceAct):
    """The manufacturer's offer."""

    @extend_schema(
        operation_id="answer_nonconformance",
        request=OfferSerializer,
        responses=NonconformanceSerializer,
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Offer how to put it right."""
        offer = acts.Offer(**self.clean(OfferSerializer))
        return self.do(acts.answer_nonconformance, order, problem, offer=offer)


class AgreeNonconformance(NonconformanceAct):
    """The buyer takes the offer."""

    @extend_schema(
        operation_id="agree_nonconformance", request=None, responses=NonconformanceSerializer
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Take the offer; without a remedy to wait for, that settles it."""
        return self.do(acts.agree_nonconformance, order, problem)


class ReportRemedy(NonconformanceAct):
    """The manufacturer put it right."""

    @extend_schema(
        operation_id="report_remedy",
        request=OrderNoteSerializer,
        responses=NonconformanceSerializer,
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Say that it is put right, or that the returned pieces are back."""
        return self.do(acts.report_remedy, order, problem, **self.clean(OrderNoteSerializer))


class ReopenNonconformance(NonconformanceAct):
    """The buyer says no."""

    @extend_schema(
        operation_id="reopen_nonconformance",
        request=OrderReasonSerializer,
        responses=NonconformanceSerializer,
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Do not take the offer, or the remedy."""
        return self.do(
            acts.reopen_nonconformance, order, problem, **self.clean(OrderReasonSerializer)
        )


class ResolveNonconformance(NonconformanceAct):
    """The remedy is good."""

    @extend_schema(
        operation_id="resolve_nonconformance", request=None, responses=NonconformanceSerializer
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Say that it is right now."""
        return self.do(acts.resolve_nonconformance, order, problem)


class WithdrawNonconformance(NonconformanceAct):
    """No claim any more."""

    @extend_schema(
        operation_id="withdraw_nonconformance", request=None, responses=NonconformanceSerializer
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Withdraw the problem; its pieces count as good."""
        return self.do(acts.withdraw_nonconformance, order, problem)


class EscalateNonconformance(NonconformanceAct):
    """The platform decides."""

    @extend_schema(
        operation_id="escalate_nonconformance",
        request=OrderReasonSerializer,
        responses=NonconformanceSerializer,
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Ask the platform to decide; the order stands still until it has."""
        return self.do(
            acts.escalate_nonconformance, order, problem, **self.clean(OrderReasonSerializer)
        )


class SettlementList(ApiView):
    """Proposals to end an order."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_settlements", responses=SettlementSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """Newest first."""
        found = queries.find_order(self.actor, order)
        return self.page(SettlementSerializer, found.settlements.select_related("order"))

    @extend_schema(
        operation_id="propose_settlement",
        request=ProposalSerializer,
        responses={201: SettlementSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Propose what is owed for the work done; the order ends when the other side agrees."""
        given = self.clean(ProposalSerializer)
        found = settlements.propose_settlement(actor=self.actor, public_id=order, **given)
        return self.answer(SettlementSerializer, found, status=201)


class SettlementAct(ApiView):
    """An answer to a proposal."""

    def do(self, act: Callable[..., Settlement], order: str, settlement: str, **given: Any) -> Any:
        """Run the act and show the proposal."""
        found = act(actor=self.actor, public_id=order, settlement=settlement, **given)
        return self.answer(SettlementSerializer, found)


class AcceptSettlement(SettlementAct):
    """Yes."""

    @extend_schema(operation_id="accept_settlement", request=None, responses=SettlementSerializer)
    def post(self, request: Request, order: str, settlement: str) -> Response:
        """Agree; the order ends and the held money is shared as proposed."""
        return self.do(settlements.accept_settlement, order, settlement)


class DeclineSettlement(SettlementAct):
    """No."""

    @extend_schema(
        operation_id="decline_settlement",
        request=OrderReasonSerializer,
        responses=SettlementSerializer,
    )
    def post(self, request: Request, order: str, settlement: str) -> Response:
        """Decline with a reason; the order goes on."""
        given = self.clean(OrderReasonSerializer)
        return self.do(settlements.decline_settlement, order, settlement, **given)


class WithdrawSettlement(SettlementAct):
    """Taken back."""

    @extend_schema(operation_id="withdraw_settlement", request=None, responses=SettlementSerializer)
    def post(self, request: Request, order: str, settlement: str) -> Response:
        """Take one's own proposal back."""
        return self.do(settlements.withdraw_settlement, order, settlement)
