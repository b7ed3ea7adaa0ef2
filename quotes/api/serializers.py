"""Requests and quotes as JSON: one set for the buyer, one for the manufacturer.

What a side must not learn is not in its serializer: a manufacturer's has no invitations, no other
quotes and no state of the award; a buyer's is given submitted quotes only.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.core.api.fields import MoneyField, ReferenceSerializer
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.parts.api.serializers import (
    FiguresSerializer,
    FileSerializer,
    LinkField,
    WarningSerializer,
)
from quotes import rules
from quotes.api.buyer_record import BuyerRecordSerializer
from quotes.api.loss import LossFeedbackSerializer, loss_json
from quotes.api.quote_lines import ProposedMilestoneSerializer, QuoteLineSerializer
from quotes.api.totals import TotalSerializer, total_json
from quotes.completeness import Completeness, completeness_of
from quotes.models import RFQ, Invitation, Quote, RFQLine
from quotes.models.quote import INCOTERMS
from quotes.pricing import Pick, quote_total
from quotes.queries import priced_lines, waiting_order_of
from quotes.queries.buyer_record import buyer_record_of
from quotes.states import QUOTE, RFQ_LIFECYCLE, InvitationState, QuoteState, RFQState

# The verbs of the tables that have an operation of their own.
RFQ_VERBS = (
    *("publish_rfq", "amend_rfq", "close_rfq", "extend_rfq", "end_without_award", "cancel_rfq"),
)
QUOTE_VERBS = ("submit_quote", "edit_quote", "reconfirm_quote", "withdraw_quote")


def _completeness(rfq: RFQ) -> Completeness:
    return completeness_of(rfq, list(rfq.lines.all()), len(rfq.invitations.all()))


class CompanySerializer(serializers.Serializer):
    """A buyer as a manufacturer sees it."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    country = serializers.CharField()


class ShopSerializer(serializers.Serializer):
    """A manufacturer as a buyer sees it."""

    id = serializers.CharField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField(source="organization.name")
    country = serializers.CharField(source="organization.country")
    rating = serializers.FloatField(allow_null=True)


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class CodesField(serializers.Field):
    """Codes of the taxonomy."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[str]:
        return sorted(row.code for row in value.all())


class _LineSerializer(serializers.Serializer):
    """What is to be made, for either side. Links work for this caller for five minutes."""

    id = serializers.CharField(source="public_id")
    position = serializers.IntegerField()
    part_number = serializers.CharField(source="part_revision.part.number")
    part_name = serializers.CharField(source="part_revision.part.name")
    revision = serializers.CharField(source="part_revision.label")
    process = serializers.CharField(source="process.code", allow_null=True, default=None)
    material = serializers.CharField(source="material.code", allow_null=True, default=None)
    finish = serializers.CharField(source="finish.code", allow_null=True, default=None)
    inspection = serializers.CharField(source="inspection.code", allow_null=True, default=None)
    tolerance = serializers.ChoiceField(RFQLine.Tolerance.choices)
    documents = CodesField()
    threads = serializers.CharField()
    quantities = serializers.ListField(child=serializers.IntegerField())
    notes = serializers.CharField()
    figures = FiguresSerializer(source="part_revision.facts")
    warnings = WarningSerializer(source="part_revision.warnings", many=True)
    files = FileSerializer(source="part_revision.files", many=True)
    thumbnail_url = LinkField(source="part_revision.thumbnail")
    preview_url = LinkField(source="part_revision.preview")


class RFQLineSerializer(_LineSerializer):
    """A line of the buyer's own request."""

    part = serializers.CharField(source="part_revision.part.public_id", help_text="id of the part")


class RequestLineSerializer(_LineSerializer):
    """A line as the manufacturer is asked to price it. What belongs to the part is null until the
    request's NDA is accepted."""

    part_number = serializers.CharField(source="part_revision.part.number", allow_null=True)
    part_name = serializers.CharField(source="part_revision.part.name", allow_null=True)
    revision = serializers.CharField(source="part_revision.label", allow_null=True)
    figures = FiguresSerializer(source="part_revision.facts", allow_null=True)
    warnings = WarningSerializer(source="part_revision.warnings", many=True, allow_null=True)
    files = FileSerializer(source="part_revision.files", many=True, allow_null=True)
    thumbnail_url = LinkField(source="part_revision.thumbnail", allow_null=True)
    preview_url = LinkField(source="part_revision.preview", allow_null=True)


# --- The buyer ----------------------------------------------------------------------------------
class RFQRowSerializer(ReferenceSerializer):
    """A request as the buyer's list shows it."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(RFQState.choices)
    title = serializers.CharField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    deadline = serializers.DateTimeField(allow_null=True)
    need_by = serializers.DateField(allow_null=True)
    line_count = serializers.IntegerField()
    quote_count = serializers.IntegerField(help_text="that stand: not withdrawn, not expired")
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class InvitationSerializer(serializers.Serializer):
    """One manufacturer asked."""

    id = serializers.CharField(source="public_id")
    manufacturer = ShopSerializer()
    state = serializers.ChoiceField(InvitationState.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    decline_reason = serializers.CharField()
    is_guest = serializers.BooleanField(
        source="manufacturer.organization.is_guest",
        help_text="invited by mail, without an account; not verified",
    )
    created_at = serializers.DateTimeField()


class RFQSerializer(ReferenceSerializer):
    """The buyer's own request. `missing` says what keeps a draft from being published."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(RFQState.choices)
    revision = serializers.IntegerField()
    edition = serializers.IntegerField(help_text="rises with every saved draft")
    title = serializers.CharField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    currencies = serializers.ListField(
        child=serializers.CharField(), help_text="others a quote may be in"
    )
    precedence = serializers.ChoiceField(RFQ.Precedence.choices)
    visibility = serializers.ChoiceField(RFQ.Visibility.choices)
    is_sealed = serializers.BooleanField()
    is_export_controlled = serializers.BooleanField()
    countries = serializers.ListField(child=serializers.CharField())
    certifications = CodesField()
    nda = serializers.CharField(
        source="nda.public_id", allow_null=True, default=None, help_text="id of your agreement"
    )
    ship_to = serializers.CharField()
    need_by = serializers.DateField(allow_null=True)
    deadline = serializers.DateTimeField(allow_null=True)
    notes = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    lines = RFQLineSerializer(many=True)
    invitations = InvitationSerializer(many=True)
    missing = serializers.SerializerMethodField()
    advised = serializers.SerializerMethodField()
    completeness = serializers.SerializerMethodField()
    waiting_order = serializers.SerializerMethodField()
    available_moves = serializers.SerializerMethodField()

    def get_missing(self, rfq: RFQ) -> list[str]:
        """Sentences, empty when complete or no longer a draft."""
        if rfq.state != RFQState.DRAFT:
            return []
        return [check.sentence for check in _completeness(rfq).missing]

    def get_advised(self, rfq: RFQ) -> list[str]:
        """Sentences about what would save a question."""
        if rfq.state != RFQState.DRAFT:
            return []
        return [check.sentence for check in _completeness(rfq).advised]

    def get_completeness(self, rfq: RFQ) -> int | None:
        """Percent of what a shop needs to know; null once it is published."""
        return _completeness(rfq).score if rfq.state == RFQState.DRAFT else None

    def get_waiting_order(self, rfq: RFQ) -> str | None:
        """The order that waits for approval; until it is decided no other quote is accepted."""
        return order.public_id if (order := waiting_order_of(rfq)) else None

    def get_available_moves(self, rfq: RFQ) -> list[str]:
        """What the buyer may do now."""
        possible = RFQ_LIFECYCLE.available(rfq.state, "buyer")
        may = self.context["actor"].may("edit_rfqs")
        return [verb for verb in RFQ_VERBS if may and verb in possible]


class MatchSerializer(serializers.Serializer):
    """A manufacturer that fits, best first, with why and what it lacks."""

    manufacturer = ShopSerializer()
    score = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())
    gaps = serializers.ListField(child=serializers.CharField())


class MatchListSerializer(serializers.Serializer):
    """At most 50, in one page."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = MatchSerializer(many=True)


class _QuoteSerializer(serializers.Serializer):
    """What both sides read of a quote."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(QuoteState.choices)
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    freight = MoneyField("freight_minor")
    minimum_order = MoneyField("minimum_order_minor")
    lead_time_from = serializers.ChoiceField(Quote.LeadTimeFrom.choices)
    milestones = ProposedMilestoneSerializer(many=True, help_text="empty: all of it on acceptance")
    exceptions = serializers.CharField()
    incoterm = serializers.ChoiceField(INCOTERMS)
    valid_until = serializers.DateField(allow_null=True)
    own_number = serializers.CharField(help_text="the manufacturer's own quote number")
    notes = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class _WithFilesSerializer(_QuoteSerializer):
    files = serializers.SerializerMethodField()

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, quote: Quote) -> Any:
        """What stands beside the prices, such as data sheets."""
        files = [row.file for row in quote.files.all()]
        context = {**self.context, "room": quote.public_id}
        return FileSerializer(files, many=True, context=context).data


class ReceivedQuoteSerializer(_WithFilesSerializer):
    """A submitted quote as the buyer reads it. Send `fingerprint` back as `seen` to accept it."""

    manufacturer = ShopSerializer()
    fingerprint = serializers.CharField(source="seen")
    lines = QuoteLineSerializer(many=True)
    total = serializers.SerializerMethodField()
    can_accept = serializers.SerializerMethodField()

    @extend_schema_field(TotalSerializer(allow_null=True))
    def get_total(self, quote: Quote) -> dict[str, Any] | None:
        """Of the smallest quantity of each line; null when one is not quoted."""
        smallest = [
            Pick(line.rfq_line_id, line.rfq_line.quantities[0])
            for line in quote.lines.all()
            if line.rfq_line.quantities and line.option == 0
        ]
        found = quote_total(priced_lines(quote), smallest, quote.freight_minor, quote.currency)
        return total_json(found, quote.currency)

    def get_can_accept(self, quote: Quote) -> bool:
        """Whether accepting it is possible now."""
        held = self.context["held"]
        return rules.can_accept(self.context["actor"], self.context["rfq"], quote, held=held)


# --- The manufacturer ---------------------------------------------------------------------------
class RequestRowSerializer(serializers.Serializer):
    """A request one was asked to quote. `id` is the request's, `state` is one's own answer."""

    id = serializers.CharField(source="rfq.public_id")
    reference = serializers.CharField(source="rfq.reference")
    state = serializers.ChoiceField(InvitationState.choices)
    title = serializers.CharField(source="rfq.title")
    buyer = CompanySerializer(source="rfq.organization")
    currency = serializers.ChoiceField(CURRENCY_CHOICES, source="rfq.currency")
    deadline = serializers.DateTimeField(source="rfq.deadline", allow_null=True)
    need_by = serializers.DateField(source="rfq.need_by", allow_null=True)
    takes_quotes = serializers.BooleanField(source="rfq.takes_quotes")
    line_count = serializers.IntegerField()
    invited_at = serializers.DateTimeField(source="created_at")


class RequestSerializer(serializers.Serializer):
    """A request as the manufacturer reads it, with the files to look at."""

    id = serializers.CharField(source="rfq.public_id")
    reference = serializers.CharField(source="rfq.reference")
    state = serializers.ChoiceField(InvitationState.choices)
    revision = serializers.IntegerField(source="rfq.revision")
    title = serializers.CharField(source="rfq.title")
    buyer = CompanySerializer(source="rfq.organization")
    currency = serializers.ChoiceField(CURRENCY_CHOICES, source="rfq.currency")
    allowed_currencies = serializers.ListField(
        child=serializers.CharField(),
        source="rfq.allowed_currencies",
        help_text="what a quote may be in",
    )
    buyer_record = serializers.SerializerMethodField()
    nda_required = serializers.SerializerMethodField()
    lacks = serializers.SerializerMethodField()
    ship_to = serializers.SerializerMethodField()
    deadline = serializers.DateTimeField(source="rfq.deadline", allow_null=True)
    need_by = serializers.DateField(source="rfq.need_by", allow_null=True)
    notes = serializers.SerializerMethodField()
    takes_quotes = serializers.BooleanField(source="rfq.takes_quotes")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="why you were found")
    decline_reason = serializers.CharField()
    invited_at = serializers.DateTimeField(source="created_at")
    lines = serializers.SerializerMethodField()
    quote = serializers.SerializerMethodField()

    def get_nda_required(self, invitation: Invitation) -> bool:
        """Until the agreement is accepted on the page: no parts, files, notes or address."""
        return bool(self.context["nda_required"])

    def get_lacks(self, invitation: Invitation) -> list[str]:
        """What your company lacks; until it has it: no parts, files, notes, address or quote."""
        return list(self.context["lacks"])

    def _is_kept_back(self) -> bool:
        return bool(self.context["nda_required"] or self.context["lacks"])

    @extend_schema_field(BuyerRecordSerializer)
    def get_buyer_record(self, invitation: Invitation) -> Any:
        """From its other requests and orders."""
        return BuyerRecordSerializer(buyer_record_of(invitation.rfq)).data

    def get_ship_to(self, invitation: Invitation) -> str:
        """Where the parts go."""
        return "" if self._is_kept_back() else invitation.rfq.ship_to

    def get_notes(self, invitation: Invitation) -> str:
        """The buyer's words to everybody."""
        return "" if self._is_kept_back() else invitation.rfq.notes

    @extend_schema_field(RequestLineSerializer(many=True))
    def get_lines(self, invitation: Invitation) -> Any:
        """In order."""
        return RequestLineSerializer(self.context["lines"], many=True, context=self.context).data

    def get_quote(self, invitation: Invitation) -> str | None:
        """Id of one's own quote; null before one is started."""
        quote: Quote | None = self.context["quote"]
        return quote.public_id if quote else None


class OwnQuoteRowSerializer(ReferenceSerializer, _QuoteSerializer):
    """One's own quote as the list shows it."""

    rfq = serializers.CharField(source="rfq.public_id", help_text="id of the request")
    title = serializers.CharField(source="rfq.title")
    buyer = CompanySerializer(source="rfq.organization")
    created_at = serializers.DateTimeField()


class OwnQuoteSerializer(OwnQuoteRowSerializer, _WithFilesSerializer):
    """One's own quote with its prices. Send `seen` back with a counter-offer."""

    seen = serializers.CharField()
    draft_edition = serializers.IntegerField(help_text="rises whenever the draft is written")
    lines = QuoteLineSerializer(many=True)
    loss = serializers.SerializerMethodField()
    available_moves = serializers.SerializerMethodField()

    @extend_schema_field(LossFeedbackSerializer(allow_null=True))
    def get_loss(self, quote: Quote) -> dict[str, Any] | None:
        """Null unless another quote was chosen."""
        return loss_json(quote)

    def get_available_moves(self, quote: Quote) -> list[str]:
        """What the manufacturer may do now."""
        possible = QUOTE.available(quote.state, "manufacturer")
        may = self.context["actor"].may("quote")
        return [verb for verb in QUOTE_VERBS if may and verb in possible]
