"""A manufacturer's rate card."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.money import EXPONENTS, MAX_MINOR
from marketplace.directory import events
from marketplace.directory.models import CardRate, RateCard
from marketplace.directory.queries import lock_own_manufacturer
from marketplace.directory.queries.rate_card import lock_rate_card, rate_sections
from marketplace.directory.rate_fields import BREAKS, Key, RateField, field_name
from marketplace.directory.rules import check_edits, check_reads_rate_card

MOST_PERCENT = Decimal(500)


@transaction.atomic
def save_rate_card(
    *,
    actor: Actor,
    currency: str,
    rates: Mapping[Key, Decimal],
    minimum_charge_minor: int = 0,
    margin_percent: Decimal = Decimal(0),
    markup_percent: Decimal = Decimal(0),
) -> RateCard:
    """Write the acting shop's card as it is sent; a figure that is left out is unknown again.

    `rates` by (kind, item) in the units of `rate_fields`. Figures of processes that are no longer
    in the profile stay as long as the currency does. Raises DomainError beside each field that
    cannot be.
    """
    profile = check_edits(actor, lock_own_manufacturer(actor))
    check_reads_rate_card(actor, profile)
    if currency not in EXPONENTS:
        raise DomainError(
            "Choose one of the currencies traded here.", fields={"currency": "Choose a currency."}
        )
    _check_shares(minimum_charge_minor, margin_percent, markup_percent)
    sections = rate_sections(profile, currency)
    known = {field.key: field for section in sections for field in section.fields}
    _check_rates(rates, known)
    card = lock_rate_card(profile) or RateCard(manufacturer=profile)
    kept = card.currency == currency
    card.currency = currency
    card.minimum_charge_minor = minimum_charge_minor
    card.margin_percent, card.markup_percent = margin_percent, markup_percent
    card.changed_at = timezone.now()
    card.save()
    _write_rates(card, rates, known if kept else None)
    record(events.RATE_CARD_CHANGED, card, actor=actor, visible_to=[profile.organization])
    return card


def _write_rates(
    card: RateCard, rates: Mapping[Key, Decimal], shown: Mapping[Key, RateField] | None
) -> None:
    """Replace the figures of `shown` fields; every figure when None."""
    rows = {(row.kind, row.item): row.pk for row in card.rates.all()}
    gone = [pk for key, pk in rows.items() if shown is None or key in shown]
    CardRate.objects.filter(pk__in=gone).delete()
    CardRate.objects.bulk_create(
        CardRate(card=card, kind=kind, item=item, value=value)
        for (kind, item), value in rates.items()
    )


def _check_shares(minimum_minor: int, margin: Decimal, markup: Decimal) -> None:
    fields = {}
    if not 0 <= minimum_minor <= MAX_MINOR:
        fields["minimum_charge"] = "Enter an amount of zero or more."
    for name, share in (("margin_percent", margin), ("markup_percent", markup)):
        if not share.is_finite() or not 0 <= share <= MOST_PERCENT or _decimals(share) > 2:
            fields[name] = "Enter a share from 0 to 500 % with at most two decimals."
    if fields:
        raise DomainError("Some figures cannot be. They are marked below.", fields=fields)


def _check_rates(rates: Mapping[Key, Decimal], known: Mapping[Key, RateField]) -> None:
    fields = {}
    for key, value in rates.items():
        field = known.get(key)
        if field is None:
            raise DomainError(
                f"Your rate card has no figure {key[0]!r} {key[1]!r}: add the process or material "
                "to your profile first."
            )
        if not value.is_finite() or not 0 <= value <= field.most or _decimals(value) > 4:
            fields[field.name] = f"Enter a number from 0 to {field.most:,} {field.unit}."
        elif field.unit == "days" and (value < 1 or value % 1):
            fields[field.name] = "Enter whole days, at least one."
        elif field.kind == "time_percent" and value == 0:
            fields[field.name] = "Enter a share above zero."
    if fields:
        raise DomainError("Some figures cannot be. They are marked below.", fields=fields)
    _check_discounts(rates)


def _check_discounts(rates: Mapping[Key, Decimal]) -> None:
    last = Decimal(0)
    for quantity in BREAKS:
        percent = rates.get(("discount", str(quantity)), last)
        if percent < last or percent >= 100:
            sentence = f"From {quantity} pieces on: at least {last.normalize():f} %, below 100 %."
            raise DomainError(sentence, fields={field_name("discount", str(quantity)): sentence})
        last = percent


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 99
