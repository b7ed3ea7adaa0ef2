"""What a program may send of a quote, turned into the actions' draft."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from marketplace.core.api.fields import (
    WHOLE,
    MetadataField,
    MoneyInputSerializer,
    UnitPriceField,
)
from marketplace.core.money import CURRENCY_CHOICES, line_total
from quotes import rules
from quotes.actions.quote_writing import MAX_LEAD_DAYS, PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.api.inputs import IdField, QuantityField, TermField, each_once
from quotes.api.quote_lines import ProposedMilestoneSerializer
from quotes.models import Quote, QuoteCharge, QuoteLine
from quotes.models.quote import INCOTERMS, MAX_ALTERNATES


class PriceInputSerializer(serializers.Serializer):
    quantity = QuantityField()
    unit_price = UnitPriceField(help_text="major units for one piece, up to four decimals")
    lead_time_days = serializers.IntegerField(
        min_value=1, max_value=MAX_LEAD_DAYS, error_messages={"invalid": WHOLE}
    )


class ChargeInputSerializer(serializers.Serializer):
    """What a document or an inspection the line asks for costs, once for the line."""

    kind = serializers.ChoiceField(QuoteCharge.Kind.choices)
    code = serializers.CharField(max_length=40)
    amount = MoneyInputSerializer()


class QuoteLineInputSerializer(serializers.Serializer):
    """One line as priced; no prices means it is not quoted, `decline_reason` says why."""

    rfq_line = IdField()
    option = serializers.IntegerField(
        min_value=0, max_value=MAX_ALTERNATES, default=0, help_text="0 as asked, else an alternate"
    )
    process = TermField("processes")
    material = TermField("materials")
    finish = TermField("finishes")
    reason = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="why the alternate; needed for one"
    )
    prices = PriceInputSerializer(many=True, max_length=rules.MAX_QUANTITIES, default=list)  # type: ignore[call-arg]
    setup = MoneyInputSerializer(required=False, help_text="paid once")
    tooling = MoneyInputSerializer(required=False, help_text="paid once")
    tooling_owner = serializers.ChoiceField(QuoteLine.ToolOwner.choices, default="buyer")
    min_quantity = QuantityField(default=1)
    charges = ChargeInputSerializer(many=True, max_length=50, default=list)  # type: ignore[call-arg]
    decline_reason = serializers.CharField(max_length=200, allow_blank=True, default="")
    notes = serializers.CharField(max_length=2000, allow_blank=True, default="")

    def validate_prices(self, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        each_once(rows, "quantity", "Price each quantity once.")
        return rows


class QuoteFileInputSerializer(serializers.Serializer):
    """A file beside the quote, sent as multipart/form-data."""

    file = serializers.FileField()


class QuoteInputSerializer(serializers.Serializer):
    """A whole quote: what is left out becomes empty, lines included, and alternates removed."""

    currency = serializers.ChoiceField(
        CURRENCY_CHOICES,
        required=False,
        help_text="one the request allows; left out it stays; nothing is converted",
    )
    freight = MoneyInputSerializer(required=False)
    minimum_order = MoneyInputSerializer(required=False)
    lead_time_from = serializers.ChoiceField(Quote.LeadTimeFrom.choices, default="order")
    milestones = ProposedMilestoneSerializer(many=True, max_length=5, default=list)  # type: ignore[call-arg]
    incoterm = serializers.ChoiceField(INCOTERMS, default="DAP")
    valid_until = serializers.DateField(allow_null=True, default=None)
    own_number = serializers.CharField(max_length=60, allow_blank=True, default="")
    notes = serializers.CharField(max_length=4000, allow_blank=True, default="")
    exceptions = serializers.CharField(max_length=4000, allow_blank=True, default="")
    external_id = serializers.CharField(max_length=80, allow_blank=True, default="")
    metadata = MetadataField(default=dict)
    draft_edition = serializers.IntegerField(
        required=False,
        help_text="the `draft_edition` you read: 409 when somebody saved the draft since",
    )
    lines = QuoteLineInputSerializer(many=True, max_length=rules.MAX_LINES, default=list)  # type: ignore[call-arg]

    def validate_lines(self, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        keys = [(row["rfq_line"], row["option"]) for row in rows]
        if len(set(keys)) < len(keys):
            raise serializers.ValidationError("Each line and alternate stands in the list once.")
        return rows


def quote_draft(values: Mapping[str, Any], quote: Quote) -> QuoteDraft:
    """The draft of the given values. Raises ValidationError for another currency or huge totals."""
    currency = values.get("currency", quote.currency)
    given = {row["rfq_line"] for row in values["lines"] if row["option"] == 0}
    unquoted = [
        QuoteLineDraft(line.rfq_line.public_id)
        for line in quote.lines.all()
        if line.option == 0 and line.rfq_line.public_id not in given
    ]
    lines = [
        QuoteLineDraft(
            line_id=row["rfq_line"],
            prices=[_price(price, currency, at) for price in row["prices"]],
            setup_minor=_minor(row.get("setup"), currency, "setup"),
            tooling_minor=_minor(row.get("tooling"), currency, "tooling"),
            tooling_owner=row["tooling_owner"],
            min_quantity=row["min_quantity"],
            charges={
                f"{one['kind']}:{one['code']}": _minor(one["amount"], currency, "charges")
                for one in row["charges"]
            },
            decline_reason=row["decline_reason"],
            notes=row["notes"],
            option=row["option"],
            process=row.get("process"),
            material=row.get("material"),
            finish=row.get("finish"),
            reason=row["reason"],
        )
        for at, row in enumerate(values["lines"])
    ]
    plain = {
        n: values[n]
        for n in (
            "incoterm",
            "lead_time_from",
            "valid_until",
            "own_number",
            "notes",
            "exceptions",
            "external_id",
            "metadata",
            "milestones",
        )
    }
    return QuoteDraft(
        currency=currency,
        edition=values.get("draft_edition"),
        lines=[*lines, *unquoted],
        freight_minor=_minor(values.get("freight"), currency, "freight"),
        minimum_order_minor=_minor(values.get("minimum_order"), currency, "minimum_order"),
        **plain,
    )


def _price(row: Mapping[str, Any], currency: str, line: int) -> PriceDraft:
    unit_price: Decimal = row["unit_price"]
    try:
        line_total(unit_price, row["quantity"], currency)
    except ValueError as error:
        raise serializers.ValidationError({f"lines/{line}/prices": str(error)}) from error
    return PriceDraft(row["quantity"], unit_price, row["lead_time_days"])


def _minor(given: Mapping[str, Any] | None, currency: str, name: str) -> int:
    if given is None:
        return 0
    if given.get("currency", currency) != currency:
        raise serializers.ValidationError({name: f"This quote is in {currency}."})
    return int(given["amount_minor"])
