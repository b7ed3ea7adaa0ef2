"""Orders as JSON. Both parties read the same contract; what differs is `side` and the moves."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.roles import Side
from marketplace.core.api.fields import (
    MetadataField,
    MoneyField,
    MoneySerializer,
    UnitPriceField,
    money_json,
)
from marketplace.core.events import timeline
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.parts.api.serializers import FileSerializer, LinkField
from orders import rules
from orders.api.review_serializers import ReviewSerializer
from orders.holds import hold_of
from orders.models import (
    ApprovalDecision,
    ApprovalRequest,
    Milestone,
    Order,
    OrderLine,
    Shipment,
)
from orders.queries import reference_of, side_of
from orders.review_rules import visible_reviews
from orders.states import MilestoneState, OrderState


class OrderRowSerializer(serializers.Serializer):
    """An order as the list shows it. `side` is where the caller stands on it."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    side = serializers.SerializerMethodField()
    state = serializers.ChoiceField(OrderState.choices)
    title = serializers.CharField()
    buyer_name = serializers.CharField()
    manufacturer_name = serializers.CharField()
    po_number = serializers.CharField()
    total = MoneyField("total_minor")
    payment_due_at = serializers.DateTimeField(help_text="counted from the approval, if any")
    ship_by = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(Side.choices))
    def get_side(self, order: Order) -> str:
        """buyer or manufacturer."""
        return str(side_of(self.context["actor"], order))


class AskedDocumentSerializer(serializers.Serializer):
    """A paper that was ordered with a line; the code is the taxonomy's."""

    code = serializers.CharField()
    name = serializers.CharField()


class OrderChargeSerializer(serializers.Serializer):
    """What a document or an inspection of a line costs, once."""

    name = serializers.CharField()
    amount = MoneySerializer()


class OrderLineSerializer(serializers.Serializer):
    """One part at one quantity as agreed. `files` are those that are to be made."""

    id = serializers.CharField(source="public_id")
    position = serializers.IntegerField()
    part_number = serializers.CharField()
    part_name = serializers.CharField()
    revision = serializers.CharField(source="revision_label")
    process = serializers.CharField()
    material = serializers.CharField()
    finish = serializers.CharField()
    alternate = serializers.CharField(help_text="why it is made otherwise than asked, or empty")
    tolerance = serializers.CharField()
    notes = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = UnitPriceField(read_only=True)
    total = MoneyField("total_minor", "order.currency")
    setup = MoneyField("setup_minor", "order.currency")
    tooling = MoneyField("tooling_minor", "order.currency")
    charges = serializers.SerializerMethodField(help_text="documents and inspections")
    lead_time_days = serializers.IntegerField()
    inspection_level = serializers.CharField(help_text="code of the taxonomy, or empty")
    documents = AskedDocumentSerializer(many=True, help_text="asked for with this line")
    files = serializers.SerializerMethodField()
    thumbnail_url = LinkField(source="part_revision.thumbnail")

    @extend_schema_field(OrderChargeSerializer(many=True))
    def get_charges(self, line: OrderLine) -> list[dict[str, Any]]:
        """Each is paid once for the line."""
        currency = line.order.currency
        return [
            {"name": one["name"], "amount": money_json(Money(one["amount_minor"], currency))}
            for one in line.charges
        ]

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, line: OrderLine) -> Any:
        """Links work for this caller for five minutes."""
        files = line.part_revision.files
        return FileSerializer(files, many=True, context=self.context).data


class PurchaseOrderFileSerializer(serializers.Serializer):
    """A purchase order the buyer attached."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    name = serializers.CharField(source="file.name")
    sha256 = serializers.CharField(source="file.sha256")
    url = LinkField(source="file")
    created_at = serializers.DateTimeField()


class MilestoneSerializer(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(Milestone.Kind.choices)
    state = serializers.ChoiceField(MilestoneState.choices)
    amount = MoneyField("amount_minor", "order.currency")
    due_on = serializers.DateField(allow_null=True)


class ReportSerializer(serializers.Serializer):
    """What the manufacturer reported of production."""

    id = serializers.CharField(source="public_id")
    note = serializers.CharField()
    photo_url = LinkField(source="photo")
    author = serializers.CharField(source="author.name", default="")
    created_at = serializers.DateTimeField()


class ShipmentSerializer(serializers.Serializer):
    """A shipment as the order shows it; its pieces and papers are with the shipments."""

    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField(help_text="1, 2, 3 of its order")
    status = serializers.ChoiceField(Shipment.Status.choices)
    carrier = serializers.ChoiceField(Shipment.Carrier.choices)
    tracking_number = serializers.CharField()
    tracking_url = serializers.CharField(help_text="empty where there is no page to link to")
    note = serializers.CharField()
    shipped_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


class EventSerializer(serializers.Serializer):
    """One fact of the story. `type` is stable and meant for programs."""

    id = serializers.CharField(source="public_id")
    type = serializers.CharField()
    actor = serializers.CharField(source="actor_label")
    sentence = serializers.CharField()
    at = serializers.DateTimeField()


class DecisionSerializer(serializers.Serializer):
    """What one person decided on an award."""

    person = serializers.CharField(source="person.name")
    verdict = serializers.ChoiceField(ApprovalDecision.Verdict.choices)
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class ApprovalSerializer(serializers.Serializer):
    """What an award waits or waited for. `approvers` empty: anyone whose role may approve."""

    needed = serializers.IntegerField(help_text="number of approvals")
    reason = serializers.CharField()
    requested_by = serializers.CharField(source="requested_by.name")
    approvers = serializers.SerializerMethodField()
    decisions = DecisionSerializer(many=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_approvers(self, approval: ApprovalRequest) -> list[str]:
        """Names."""
        return [person.name for person in approval.approvers.all()]


class ApprovalRowSerializer(ApprovalSerializer):
    """One award of the organization that needed an approval."""

    order = serializers.CharField(source="order.public_id")
    reference = serializers.CharField(source="order.reference")
    title = serializers.CharField(source="order.title")
    manufacturer_name = serializers.CharField(source="order.manufacturer_name")
    state = serializers.ChoiceField(OrderState.choices, source="order.state")
    total = MoneyField("order.total_minor", "order.currency")


class PartySerializer(serializers.Serializer):
    """An organization, by the name it had when the order was placed."""

    id = serializers.CharField()
    name = serializers.CharField()


class HoldSerializer(serializers.Serializer):
    """Who stopped the work, and why."""

    side = serializers.ChoiceField(Side.choices)
    by = serializers.CharField(help_text="the name of that side")
    reason = serializers.CharField()


class OrderSerializer(serializers.Serializer):
    """The contract and how far it is."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    side = serializers.SerializerMethodField()
    state = serializers.ChoiceField(OrderState.choices)
    edition = serializers.IntegerField(help_text="1 as placed; each change order in force adds 1")
    title = serializers.CharField()
    buyer = serializers.SerializerMethodField()
    manufacturer = serializers.SerializerMethodField()
    rfq = serializers.CharField(source="rfq_id")
    quote = serializers.CharField(source="quote_id")
    quote_number = serializers.CharField(help_text="the manufacturer's own quote number")
    po_number = serializers.CharField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    goods = MoneyField("goods_minor")
    setup = MoneyField("setup_minor")
    tooling = MoneyField("tooling_minor")
    charges = MoneyField("charges_minor", help_text="documents and inspections")
    freight = MoneyField("freight_minor")
    total = MoneyField("total_minor")
    incoterm = serializers.CharField()
    ship_to = serializers.CharField()
    notes = serializers.CharField()
    exceptions = serializers.CharField(help_text="what is done otherwise than the request asked")
    lead_time_days = serializers.IntegerField(help_text="days from funding to shipment")
    payment_due_at = serializers.DateTimeField()
    unpaid = MoneyField("unpaid_minor", help_text="instalments of an order that runs still ask for")
    instalment = MoneyField("instalment_minor", help_text="to be paid next; 0 while none is due")
    instalment_gross = MoneyField("instalment_gross.minor", help_text="with the VAT on top")
    vat_bps = serializers.IntegerField(
        help_text="rate of VAT on top of every amount of the order when it is paid or goes back"
    )
    instalment_due_at = serializers.DateTimeField(allow_null=True)
    ship_by = serializers.DateField(allow_null=True)
    accept_by = serializers.DateTimeField(allow_null=True)
    hold = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    external_id = serializers.SerializerMethodField(help_text="what your own system calls it")
    metadata = serializers.SerializerMethodField(help_text="what your own system keeps with it")
    lines = OrderLineSerializer(many=True)
    milestones = MilestoneSerializer(many=True)
    reports = ReportSerializer(many=True)
    shipments = ShipmentSerializer(many=True)
    purchase_orders = PurchaseOrderFileSerializer(many=True, help_text="attached, newest first")
    reviews = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()
    approval = serializers.SerializerMethodField()
    available_moves = serializers.SerializerMethodField()
    can_report = serializers.SerializerMethodField()

    def to_representation(self, order: Order) -> dict[str, Any]:
        """With what the caller's own side calls it: one look for both values."""
        self._own = reference_of(self.context["actor"], order)
        shown: dict[str, Any] = super().to_representation(order)
        return shown

    def get_external_id(self, order: Order) -> str:
        """Empty until it is set; the other side has its own and never sees this one."""
        return self._own.external_id if self._own else ""

    @extend_schema_field(MetadataField())
    def get_metadata(self, order: Order) -> dict[str, str]:
        """The same of it."""
        found: dict[str, str] = self._own.metadata if self._own else {}
        return found

    can_review = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(Side.choices))
    def get_side(self, order: Order) -> str:
        """Where the caller stands: buyer or manufacturer."""
        return str(side_of(self.context["actor"], order))

    @extend_schema_field(HoldSerializer(allow_null=True))
    def get_hold(self, order: Order) -> Any:
        """Null while the work goes on."""
        hold = hold_of(order)
        return HoldSerializer(hold).data if hold else None

    @extend_schema_field(PartySerializer)
    def get_buyer(self, order: Order) -> dict[str, str]:
        """Who ordered."""
        return {"id": str(order.buyer.public_id), "name": order.buyer_name}

    @extend_schema_field(PartySerializer)
    def get_manufacturer(self, order: Order) -> dict[str, str]:
        """Who makes."""
        return {"id": str(order.manufacturer.public_id), "name": order.manufacturer_name}

    @extend_schema_field(ReviewSerializer(many=True))
    def get_reviews(self, order: Order) -> Any:
        """One's own, and the other side's once both are published."""
        side = self.get_side(order)
        return ReviewSerializer(visible_reviews(side, order), many=True).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, order: Order) -> Any:
        """What happened, oldest first."""
        return EventSerializer(timeline(order, self.context["actor"].organization), many=True).data

    @extend_schema_field(ApprovalSerializer(allow_null=True))
    def get_approval(self, order: Order) -> Any:
        """The buyer's own; null for the manufacturer and where none was needed."""
        approval = getattr(order, "approval", None)
        if approval is None or self.get_side(order) == Side.MANUFACTURER:
            return None
        return ApprovalSerializer(approval).data

    def get_available_moves(self, order: Order) -> list[str]:
        """The verbs this caller may use now."""
        return rules.available_moves(self.context["actor"], order)

    def get_can_report(self, order: Order) -> bool:
        """Whether a report of production is taken now."""
        return rules.REPORT.is_open(self.context["actor"], order)

    def get_can_review(self, order: Order) -> bool:
        """Whether a review is taken now."""
        return rules.can_review(self.context["actor"], order)


# --- What a program may send --------------------------------------------------------------------
class ReportInputSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000)
    photo = serializers.FileField(
        required=False,
        allow_null=True,
        default=None,
        allow_empty_file=True,
        max_length=1000,
        help_text="JPEG, PNG or WebP",
    )


class PurchaseOrderInputSerializer(serializers.Serializer):
    file = serializers.FileField(
        allow_empty_file=True, max_length=1000, help_text="PDF of the buyer's own purchase order"
    )
    number = serializers.CharField(max_length=60, allow_blank=True, default="")


class ShipSerializer(serializers.Serializer):
    carrier = serializers.ChoiceField(Shipment.Carrier.choices)
    tracking_number = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=400, allow_blank=True, default="")


class ApproveSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400, allow_blank=True, default="")


class RejectSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400)


class CancelOrderSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400)
