"""Reads of a rate card: its own shop's members only."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.directory.models import (
    CardRate,
    Finish,
    InspectionLevel,
    Manufacturer,
    PublishedFigure,
    QualityDocument,
    RateCard,
)
from marketplace.directory.queries import manufacturer_of
from marketplace.directory.rate_fields import Key, RateField, Section, Term, sections_for
from marketplace.directory.rules import check_reads_rate_card

KG_OF_POUND = Decimal("0.45359237")


def own_rate_card(actor: Actor) -> RateCard | None:
    """The acting shop's card with its figures, None while there is none. Two queries.

    Raises NotFound outside a shop, NotAllowed for a role that does not quote.
    """
    profile = own_shop(actor)
    return RateCard.objects.filter(manufacturer=profile).prefetch_related("rates").first()


def own_shop(actor: Actor) -> Manufacturer:
    """The acting shop whose card it is. Raises NotFound without a profile, NotAllowed."""
    profile = manufacturer_of(actor)
    check_reads_rate_card(actor, profile)
    if profile is None:
        raise NotFound()
    return profile


def lock_rate_card(profile: Manufacturer) -> RateCard | None:
    """The shop's card until the transaction ends, None while there is none."""
    return RateCard.objects.select_for_update().filter(manufacturer=profile).first()


def values_of(card: RateCard | None) -> dict[Key, Decimal]:
    """Every figure of a card by its key."""
    rows: list[CardRate] = list(card.rates.all()) if card else []
    return {(row.kind, row.item): row.value for row in rows}


def rate_sections(profile: Manufacturer, currency: str) -> list[Section]:
    """The fields of a shop's card with what is published beside them. Six queries."""
    processes = list(profile.processes.all())
    codes = [process.code for process in processes]
    finishes = Finish.objects.filter(is_active=True, processes__code__in=codes).distinct()
    sections = sections_for(
        processes=[Term(p.code, p.name) for p in processes],
        families=list(dict.fromkeys(profile.materials.values_list("family", flat=True))),
        finishes=[Term(f.code, f.name) for f in finishes],
        documents=[Term(d.code, d.name) for d in QualityDocument.objects.filter(is_active=True)],
        inspections=[
            Term(level.code, level.name)
            for level in InspectionLevel.objects.filter(is_active=True).exclude(code="standard")
        ],
        currency=currency,
    )
    known = _published()
    return [
        replace(section, fields=[_with_published(f, known, currency) for f in section.fields])
        for section in sections
    ]


def _with_published(
    field: RateField, known: dict[Key, tuple[str, Decimal, str]], currency: str
) -> RateField:
    """A figure in another currency is shown, never copied as if it were ours."""
    found = known.get(field.key)
    if found is None:
        return field
    text, middle, of_currency = found
    start = middle if of_currency in ("", currency) else None
    return replace(field, published=text, start=start)


def _published() -> dict[Key, tuple[str, Decimal, str]]:
    """Key of a card -> (what is published, its middle in the card's unit, currency)."""
    kinds = ("rate", "material_price_hints", "cost_multipliers", "document_price")
    found: dict[Key, tuple[str, Decimal, str]] = {}
    for row in PublishedFigure.objects.filter(kind__in=kinds):
        data: dict[str, Any] = row.data
        if row.kind == "rate":
            found[row.subject, data["item"]] = _figure(row, data["unit"])
        elif row.kind == "material_price_hints":
            found["material", data["family"].partition(" (")[0]] = _material(row)
        elif row.kind == "document_price" and data.get("published_price") is not None:
            price = Decimal(str(data["published_price"]))
            unit = str(data["price_unit"])
            found["document", data["code"]] = (f"{price} {unit} ({row.source})", price, unit[:3])
        elif data.get("rule") == "simple set-up hours":
            for process in ("cnc_milling", "cnc_turning"):
                found["setup_hours", process] = _figure(row, "h, simple parts")
    return found


def _figure(row: PublishedFigure, unit: str) -> tuple[str, Decimal, str]:
    low, high = Decimal(str(row.data["low"])), Decimal(str(row.data["high"]))
    span = f"{low}" if low == high else f"{low} to {high}"
    currency = unit[:3] if unit[:3].isupper() else ""
    return f"{span} {unit} ({row.source})", (low + high) / 2, currency


def _material(row: PublishedFigure) -> tuple[str, Decimal, str]:
    text, middle, currency = _figure(row, row.data["unit"])
    if row.data["unit"].endswith("/lb"):
        middle = (middle / KG_OF_POUND).quantize(Decimal("0.01"))
    return text, middle, currency
