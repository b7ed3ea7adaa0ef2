"""Values every app writes the same way: money, numbers, codes, texts."""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from marketplace.core.money import CURRENCY_CHOICES, EXPONENTS, MAX_MINOR, Money

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."
WHOLE = "Enter a whole number."


class MoneySerializer(serializers.Serializer):
    """An amount: whole minor units (cents) and the same in major units as text."""

    amount_minor = serializers.IntegerField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    decimal = serializers.CharField()


class MoneyInputSerializer(serializers.Serializer):
    """An amount in whole minor units, zero or more. `decimal` is ignored when sent back."""

    amount_minor = serializers.IntegerField(
        min_value=0, max_value=MAX_MINOR, error_messages={"invalid": WHOLE}
    )
    currency = serializers.ChoiceField(CURRENCY_CHOICES, required=False)
    decimal = serializers.CharField(required=False, allow_null=True, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Minor units and currency; an answer sent back has the decimal text too."""
        values: dict[str, Any] = super().to_internal_value(data)
        values.pop("decimal", None)
        return values


def money_json(money: Money) -> dict[str, Any]:
    """Money as every answer writes it."""
    return {
        "amount_minor": money.minor,
        "currency": money.currency,
        "decimal": f"{money.decimal:.{EXPONENTS[money.currency]}f}",
    }


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field):
    """Money of two attributes: minor units at `minor`, the currency at `currency`."""

    def __init__(self, minor: str, currency: str = "currency", **kwargs: Any) -> None:
        self._minor, self._currency = attrgetter(minor), attrgetter(currency)
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, Any]:
        return money_json(Money(self._minor(value), self._currency(value)))


class ColumnField(serializers.ListField):
    """One text attribute of each related row, such as the codes of a manufacturer's processes."""

    def __init__(self, column: str, **kwargs: Any) -> None:
        self.column = column
        super().__init__(child=serializers.CharField(), read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[str]:
        return [str(getattr(row, self.column)) for row in value.all()]


class UnitPriceField(serializers.DecimalField):
    """Major units for one piece with up to four decimals, as text: never a float."""

    default_error_messages = {
        "invalid": NUMBER,
        "min_value": "A unit price is a number above zero.",
        "max_decimal_places": "A unit price has at most four decimals.",
        "max_digits": "This unit price is too large.",
        "max_whole_digits": "This unit price is too large.",
    }

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs["min_value"] = Decimal("0.0001")
        super().__init__(max_digits=14, decimal_places=4, **kwargs)


EXTERNAL_ID_LENGTH = 80
# As Stripe's: programs that keep the same keys there need no other limits here.
MOST_KEYS, KEY_LENGTH, VALUE_LENGTH = 50, 40, 500
LONGEST_TEXT = 60


def text_parameter(name: str, words: str, longest: int = LONGEST_TEXT) -> OpenApiParameter:
    """A query parameter that is read with `text_of`, as the document shows it."""
    return OpenApiParameter(name, {"type": "string", "maxLength": longest}, description=words)


EXTERNAL_ID = text_parameter(
    "external_id",
    "only what your own system calls so; there may be several",
    EXTERNAL_ID_LENGTH,
)


class MetadataField(serializers.DictField):
    """A flat object of texts for the caller's own use: at most 50 keys of 40 characters with values
    of 500. Sent, it replaces what was there."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.CharField(
            max_length=VALUE_LENGTH, allow_blank=True, trim_whitespace=False
        )
        super().__init__(child=child, help_text="50 keys of 40 characters, values of 500", **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The texts. Raises ValidationError with a pointer to the key."""
        if isinstance(data, dict):
            if len(data) > MOST_KEYS:
                raise ValidationError(f"Use at most {MOST_KEYS} keys.")
            for key, value in data.items():
                if not 1 <= len(key) <= KEY_LENGTH or not key.isprintable():
                    raise ValidationError(f"A key has 1 to {KEY_LENGTH} printable characters.")
                if not isinstance(value, str):
                    raise ValidationError({key: ["A value is a text."]})
        texts: dict[str, str] = super().to_internal_value(data)
        return texts


class ReferenceSerializer(serializers.Serializer):
    """What the caller's own system calls a thing, and whatever it keeps with it."""

    external_id = serializers.CharField()
    metadata = MetadataField()


class ReferenceInputSerializer(serializers.Serializer):
    """The same to be changed; what is left out stays."""

    external_id = serializers.CharField(
        max_length=EXTERNAL_ID_LENGTH, allow_blank=True, required=False
    )
    metadata = MetadataField(required=False)


def one_of(request: Request, name: str, choices: Sequence[str]) -> str:
    """The query parameter `name`, "" without one. Raises ValidationError for an unknown value."""
    value = request.query_params.get(name)
    known = [choice for choice in choices if choice]
    if value is not None and value not in known:
        raise ValidationError({name: f"Use one of {', '.join(known)}."})
    return value or ""


def text_of(request: Request, name: str, longest: int = LONGEST_TEXT) -> str:
    """The query parameter `name` as text. Raises ValidationError when it is too long."""
    value = request.query_params.get(name, "")
    if len(value) > longest or not value.isprintable():
        raise ValidationError({name: f"Use at most {longest} printable characters."})
    return value
