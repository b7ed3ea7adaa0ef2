"""Which VAT a supply carries: one function over one table, on plain values.

The platform decides by the two companies' countries and VAT ids, as both stated them; it asks no
register and gives no tax advice. Directive 2006/112/EC is the EU's VAT Directive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

# The territory of the EU's VAT Directive by ISO country codes.
EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)


class Treatment(models.TextChoices):
    NO_TAX = "no_tax", "No VAT"
    DOMESTIC = "domestic", "VAT"
    REVERSE_CHARGE = "reverse_charge", "Reverse charge"
    EXPORT = "export", "Export"
    EXEMPT = "exempt", "Exempt with certificate"


@dataclass(frozen=True)
class Side:
    """One company of a supply; `vat_id` is empty for one that stated none."""

    country: str
    vat_id: str

    @property
    def is_in_eu(self) -> bool:
        """Within the territory of the VAT Directive."""
        return self.country in EU


@dataclass(frozen=True)
class Supply:
    """What is asked about. `charges_vat`: the seller is registered and wants VAT on its prices.
    `rate_bps` is the standard rate of the seller's country, None for an unknown one."""

    seller: Side
    buyer: Side
    is_goods: bool
    charges_vat: bool
    rate_bps: int | None
    certificate: str = ""


@dataclass(frozen=True)
class Ruling:
    """`category` is the code of UNTDID 5305 that EN 16931 asks for; `sentence` goes on papers."""

    treatment: Treatment
    category: str
    sentence: str
    rate_bps: int = 0


@dataclass(frozen=True)
class Rule:
    """A row of the table: when it fits, and what follows."""

    fits: Callable[[Supply], bool]
    treatment: Treatment
    category: str
    sentence: str


def _abroad(of: Supply) -> bool:
    return of.seller.country != of.buyer.country


def _across_eu(of: Supply) -> bool:
    return _abroad(of) and of.seller.is_in_eu and of.buyer.is_in_eu and bool(of.buyer.vat_id)


def _out_of_eu(of: Supply) -> bool:
    return of.seller.is_in_eu and not of.buyer.is_in_eu


def _from(country: str) -> Callable[[Supply], bool]:
    return lambda of: _abroad(of) and of.seller.country == country


def _goods(fits: Callable[[Supply], bool]) -> Callable[[Supply], bool]:
    return lambda of: of.is_goods and fits(of)


T = Treatment
# The first row that fits decides.
RULES = (
    Rule(lambda of: not of.charges_vat, T.NO_TAX, "O", "The seller charges no VAT here."),
    Rule(
        lambda of: not of.seller.vat_id,
        T.NO_TAX,
        "O",
        "No VAT is charged: the seller is not registered for VAT.",
    ),
    Rule(
        lambda of: of.rate_bps is None,
        T.NO_TAX,
        "O",
        "No VAT is charged: no rate of {seller} is on file.",
    ),
    Rule(
        _goods(_across_eu),
        T.REVERSE_CHARGE,
        "K",
        "Reverse charge: VAT to be accounted for by the recipient. Intra-Community supply, exempt "
        "under Article 138 of Directive 2006/112/EC.",
    ),
    Rule(
        _across_eu,
        T.REVERSE_CHARGE,
        "AE",
        "Reverse charge: VAT to be accounted for by the recipient, Article 196 of Directive "
        "2006/112/EC.",
    ),
    Rule(
        _goods(_out_of_eu),
        T.EXPORT,
        "G",
        "Export of goods, exempt from VAT under Article 146 of Directive 2006/112/EC.",
    ),
    Rule(
        _out_of_eu,
        T.EXPORT,
        "O",
        "Not subject to VAT: supplied where the recipient is established, Article 44 of Directive "
        "2006/112/EC.",
    ),
    Rule(
        _goods(_from("GB")),
        T.EXPORT,
        "G",
        "Export of goods, zero-rated under section 30(6) of the Value Added Tax Act 1994.",
    ),
    Rule(
        _goods(_from("CH")),
        T.EXPORT,
        "G",
        "Export of goods, exempt under Article 23 of the Swiss VAT Act (MWSTG).",
    ),
    Rule(
        _goods(_from("NO")),
        T.EXPORT,
        "G",
        "Export of goods, zero-rated under section 6-21 of the Norwegian VAT Act.",
    ),
    Rule(
        lambda of: _abroad(of) and not (of.seller.is_in_eu and of.buyer.is_in_eu),
        T.EXPORT,
        "G",
        "Export, no VAT charged.",
    ),
    Rule(
        lambda of: bool(of.certificate),
        T.EXEMPT,
        "E",
        "Exempt from VAT: exemption certificate {certificate} of {seller}.",
    ),
    # Also across the EU for a buyer without VAT id: as to a consumer, with the seller's VAT.
    Rule(lambda of: True, T.DOMESTIC, "S", "VAT of {seller} at the standard rate."),
)


def decide(supply: Supply) -> Ruling:
    """The VAT of a supply by the table above."""
    rule = next(rule for rule in RULES if rule.fits(supply))
    rate = supply.rate_bps if rule.treatment == T.DOMESTIC else 0
    sentence = rule.sentence.format(seller=supply.seller.country, certificate=supply.certificate)
    return Ruling(rule.treatment, rule.category, sentence, rate or 0)
