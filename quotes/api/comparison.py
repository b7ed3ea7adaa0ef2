"""The quotes of a request side by side, for programs: the figures of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import MoneySerializer, UnitPriceField, money_json
from marketplace.core.api.views import ApiView
from marketplace.core.money import CURRENCY_CHOICES, Money
from quotes import queries, rules
from quotes.api.serializers import ShopSerializer
from quotes.api.totals import TotalSerializer, total_json
from quotes.compared import (
    Column,
    Compared,
    Strategy,
    UsedRate,
    compare_rfq,
    matrix_of,
    quantities_of,
    ships_by,
)
from quotes.comparison import Landed
from quotes.differences import Term, terms_of
from quotes.models import RFQLine
from quotes.pricing import Pick
from quotes.states import QuoteState
from quotes.strategies import Plan

COMPONENTS = ("goods", "setup", "tooling", "charges", "freight", "total")


class LandedSerializer(serializers.Serializer):
    """What a quantity of a line costs at the door in the request's currency, before taxes and
    duty. `freight` is the line's share of the quote's freight. `not_said` are documents and
    inspections asked for without a price, such as `document:coc`: unknown, and in no amount;
    `charges` is null when none of those asked for is priced."""

    goods = MoneySerializer()
    setup = MoneySerializer()
    tooling = MoneySerializer()
    charges = MoneySerializer(allow_null=True, help_text="documents and inspections")
    freight = MoneySerializer()
    total = MoneySerializer()
    each = UnitPriceField(read_only=True, help_text="the total by part")
    not_said = serializers.ListField(child=serializers.CharField())


class CellSerializer(serializers.Serializer):
    """One line at one quantity in one quote, as asked (`option` 0) or as an alternate; null prices
    mean not quoted, null `landed` also that there is no exchange rate: never zero."""

    quote = serializers.CharField()
    option = serializers.IntegerField()
    unit_price = UnitPriceField(read_only=True, allow_null=True)
    lead_time_days = serializers.IntegerField(allow_null=True)
    total = MoneySerializer(
        allow_null=True, help_text="goods and what is paid once, in the quote's currency"
    )
    landed = LandedSerializer(allow_null=True)
    is_best = serializers.BooleanField()
    is_fastest = serializers.BooleanField()


class ComparedQuantitySerializer(serializers.Serializer):
    """`cells` stand in the order of `quotes`; `alternates` are ranked among themselves."""

    quantity = serializers.IntegerField()
    is_asked = serializers.BooleanField(
        help_text="false: agreed on with a shop, beside the quantities asked"
    )
    chosen = serializers.BooleanField()
    cells = CellSerializer(many=True)
    alternates = CellSerializer(many=True)


class ComparedLineSerializer(serializers.Serializer):
    rfq_line = serializers.CharField()
    part_number = serializers.CharField()
    rows = ComparedQuantitySerializer(many=True)


class ComparedQuoteSerializer(serializers.Serializer):
    """One quote. `total` is null when it does not price every chosen line; `landed` is the same in
    the request's currency, null also without an exchange rate. `not_said` counts documents and
    inspections that are in neither: such a quote is never the best."""

    quote = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(QuoteState.choices)
    manufacturer = ShopSerializer()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    fingerprint = serializers.CharField()
    total = TotalSerializer(allow_null=True)
    landed = MoneySerializer(allow_null=True)
    is_best = serializers.BooleanField()
    is_fastest = serializers.BooleanField()
    not_said = serializers.IntegerField()
    can_accept = serializers.BooleanField()
    refusal = serializers.CharField(
        allow_blank=True, help_text="why the quote cannot be awarded now; empty when it can"
    )


class UsedRateSerializer(serializers.Serializer):
    """Units of the request's currency for one of `currency`; null when it is not known, and then
    those quotes are not ranked."""

    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    rate = serializers.CharField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    date = serializers.DateField(allow_null=True)


class PlanChoiceSerializer(serializers.Serializer):
    rfq_line = serializers.CharField()
    quote = serializers.CharField()
    option = serializers.IntegerField()
    quantity = serializers.IntegerField()
    landed = LandedSerializer()


class PlanSerializer(serializers.Serializer):
    """`is_exact` false: a cheaper mix may exist. `missing` are lines nobody quotes as asked,
    `below_minimum` quotes whose minimum order the choice does not reach; `not_said` counts
    documents and inspections that are in no total. Chosen is among what can be awarded now."""

    total = MoneySerializer()
    lead_time_days = serializers.IntegerField()
    ships_by = serializers.DateField(
        allow_null=True,
        help_text="if it were ordered and paid today; null where days count from a first article",
    )
    is_exact = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())
    below_minimum = serializers.ListField(child=serializers.CharField())
    not_said = serializers.IntegerField()
    choices = PlanChoiceSerializer(many=True)


class StrategyPlanSerializer(serializers.Serializer):
    """A way to choose; `plan` is null when it leads to nothing that can be ordered."""

    strategy = serializers.ChoiceField(Strategy.choices)
    plan = PlanSerializer(allow_null=True)


class TermAnswerSerializer(serializers.Serializer):
    quote = serializers.CharField()
    answer = serializers.CharField()


class ComparedTermSerializer(serializers.Serializer):
    """One term beside the price, answered by each quote."""

    term = serializers.CharField()
    differs = serializers.BooleanField()
    answers = TermAnswerSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    """Quotes side by side: cells stand in the order of `quotes`."""

    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    rates = UsedRateSerializer(many=True)
    quotes = ComparedQuoteSerializer(many=True)
    lines = ComparedLineSerializer(many=True)
    strategies = StrategyPlanSerializer(many=True)
    differences = ComparedTermSerializer(many=True)


class Comparison(ApiView):
    """The quotes side by side."""

    costs = {"GET": 5}

    @extend_schema(
        operation_id="compare_quotes",
        parameters=[
            OpenApiParameter(
                "quantity",
                str,
                many=True,
                description="`<request line id>:<quantity>`; the smallest one asked unless said",
            ),
            OpenApiParameter(
                "pick",
                str,
                many=True,
                description="`<request line id>:<quote id>:<option>:<quantity>`, chosen by hand: "
                "the strategy `manual`",
            ),
        ],
        responses=ComparisonSerializer,
    )
    def get(self, request: Request, rfq: str) -> Response:
        """Landed prices, exchange rates, ways to choose and what differs between the quotes."""
        found = queries.get_rfq(self.actor, rfq)
        lines = [line for line in found.lines.all() if line.quantities]
        quotes = queries.quotes_for_buyer(found)
        quantities = quantities_of(lines, quotes)
        chosen = chosen_quantities(request.query_params.getlist("quantity"), lines, quantities)
        picks = picks_of(request.query_params.getlist("pick"), lines, quantities)
        compared = compare_rfq(found, lines, quotes, chosen, picks)
        shown = matrix_of(compared)
        columns: Sequence[Column] = shown["columns"]
        held = queries.waiting_order_of(found) is not None
        answer = {
            "currency": found.currency,
            "rates": [_rate(used) for used in compared.rates],
            "quotes": [_column(self.actor, compared, column, held) for column in columns],
            "lines": [_line(group, found.currency) for group in shown["groups"]],
            "strategies": [
                {"strategy": name, "plan": _plan(plan, compared)}
                for name, plan in compared.plans.items()
            ],
            "differences": [
                _difference(term, columns) for term in terms_of(found, lines, compared.quotes)
            ],
        }
        return self.answer(ComparisonSerializer, answer)


def chosen_quantities(
    asked: Sequence[str], lines: Sequence[RFQLine], quantities: Mapping[int, Sequence[int]]
) -> dict[int, int]:
    """Line row number -> quantity, from `<line id>:<quantity>` texts.

    Raises ValidationError for a line that is not in the request or a quantity that is neither
    asked nor agreed on (`quantities`, by line row number).
    """
    rows = {line.public_id: line for line in lines}
    chosen = {line.pk: line.quantities[0] for line in lines}
    for text in asked:
        line_id, _, quantity = text.partition(":")
        line = rows.get(line_id)
        if line is None or quantity not in [str(q) for q in quantities[line.pk]]:
            raise ValidationError(
                {"quantity": "Use `<request line id>:<quantity>` with a quantity of that line."}
            )
        chosen[line.pk] = int(quantity)
    return chosen


def picks_of(
    asked: Sequence[str], lines: Sequence[RFQLine], quantities: Mapping[int, Sequence[int]]
) -> dict[str, list[Pick]]:
    """Quote -> what is picked of it. Raises ValidationError for what names no line and quantity of
    the request, or a line twice."""
    rows = {line.public_id: line for line in lines}
    found: dict[str, list[Pick]] = {}
    for text in asked:
        line_id, quote_id, option, quantity = [*text.split(":"), "", "", "", ""][:4]
        line = rows.pop(line_id, None)
        known = line is not None and quantity in [str(q) for q in quantities[line.pk]]
        if line is None or not known or not option.isdecimal() or len(option) > 2:
            raise ValidationError(
                {
                    "pick": "Use `<request line id>:<quote id>:<option>:<quantity>`, each line "
                    "once and with a quantity it asks."
                }
            )
        found.setdefault(quote_id, []).append(Pick(line.pk, int(quantity), int(option)))
    return found


def _rate(used: UsedRate) -> dict[str, Any]:
    rate = used.rate
    return {
        "currency": used.currency,
        "rate": f"{rate.rate.normalize():f}" if rate else None,
        "source": rate.source if rate else "",
        "date": rate.date if rate else None,
    }


def _column(actor: Any, compared: Compared, column: Column, held: bool) -> dict[str, Any]:
    quote = column.quote
    return {
        "quote": quote.public_id,
        "reference": quote.reference,
        "state": quote.state,
        "manufacturer": quote.manufacturer,
        "currency": quote.currency,
        "fingerprint": quote.seen,
        "total": total_json(column.total, quote.currency),
        "landed": money_json(column.landed) if column.landed else None,
        "is_best": column.is_best,
        "is_fastest": column.is_fastest,
        "not_said": column.not_said,
        "refusal": rules.refusal_of(compared.rfq, quote),
        "can_accept": rules.can_accept(actor, compared.rfq, quote, held=held),
    }


def _line(group: Mapping[str, Any], currency: str) -> dict[str, Any]:
    line: RFQLine = group["line"]
    return {
        "rfq_line": line.public_id,
        "part_number": line.part_revision.part.number,
        "rows": [
            {
                "quantity": row["quantity"],
                "is_asked": row["is_asked"],
                "chosen": row["chosen"],
                "cells": [_cell(cell, currency) for cell in row["cells"]],
                "alternates": [_cell(cell, currency) for cell in row["alternates"]],
            }
            for row in group["rows"]
        ],
    }


def _cell(cell: Mapping[str, Any], currency: str) -> dict[str, Any]:
    price, total = cell["price"], cell["total"]
    return {
        "quote": cell["quote_id"],
        "option": cell["option"],
        "unit_price": price.unit_price if price else None,
        "lead_time_days": price.lead_time_days if price else None,
        "total": money_json(total) if total else None,
        "landed": _landed(cell["landed"], currency) if cell["landed"] else None,
        "is_best": cell["is_best"],
        "is_fastest": cell["is_fastest"],
    }


def _landed(landed: Landed, currency: str) -> dict[str, Any]:
    amounts: dict[str, Any] = {
        name: money_json(Money(getattr(landed, f"{name}_minor"), currency)) for name in COMPONENTS
    }
    if landed.not_said and not landed.charges_minor:
        amounts["charges"] = None
    return {**amounts, "each": landed.each(currency), "not_said": list(landed.not_said)}


def _plan(plan: Plan | None, compared: Compared) -> dict[str, Any] | None:
    if plan is None or not plan.choices:
        return None
    ids = {line.pk: line.public_id for line in compared.lines}
    currency = compared.rfq.currency
    return {
        "total": money_json(Money(plan.total_minor, currency)),
        "lead_time_days": plan.lead_time_days,
        "ships_by": ships_by(plan),
        "is_exact": plan.is_exact,
        "missing": [ids[line_id] for line_id in plan.missing],
        "below_minimum": list(plan.below_minimum),
        "not_said": plan.not_said,
        "choices": [
            {
                "rfq_line": ids[choice.pick.line_id],
                "quote": choice.quote_id,
                "option": choice.pick.option,
                "quantity": choice.pick.quantity,
                "landed": _landed(choice.landed, currency),
            }
            for choice in plan.choices
        ],
    }


def _difference(term: Term, columns: Sequence[Column]) -> dict[str, Any]:
    answers = zip(columns, term.answers, strict=True)
    return {
        "term": term.name,
        "differs": term.differs,
        "answers": [{"quote": c.quote.public_id, "answer": answer} for c, answer in answers],
    }
