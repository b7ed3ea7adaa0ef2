"""Which VAT a supply carries: the table, row by row."""

from __future__ import annotations

import json

import pytest

from payments.tax_data import DATA
from payments.tax_rules import EU, Side, Supply, Treatment, decide

DE, FR, CH, US = "DE136695976", "FR40303265045", "CHE107787577IVA", ""
T = Treatment


def supply(
    seller: tuple[str, str], buyer: tuple[str, str], *, goods: bool = True, **more: object
) -> Supply:
    values: dict[str, object] = {"charges_vat": True, "rate_bps": 1900, "certificate": "", **more}
    return Supply(Side(*seller), Side(*buyer), goods, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "treatment", "category", "words"),
    [
        (supply(("DE", DE), ("DE", "")), T.DOMESTIC, "S", "VAT of DE"),
        (supply(("DE", DE), ("FR", FR)), T.REVERSE_CHARGE, "K", "Article 138"),
        (supply(("DE", DE), ("FR", FR), goods=False), T.REVERSE_CHARGE, "AE", "Article 196"),
        # A buyer of another member state without VAT id pays as a consumer does.
        (supply(("DE", DE), ("FR", "")), T.DOMESTIC, "S", "VAT of DE"),
        (supply(("DE", DE), ("US", US)), T.EXPORT, "G", "Article 146"),
        (supply(("DE", DE), ("GB", ""), goods=False), T.EXPORT, "O", "Article 44"),
        (supply(("GB", "GB980780684"), ("DE", DE)), T.EXPORT, "G", "section 30(6)"),
        (supply(("CH", CH), ("DE", DE)), T.EXPORT, "G", "Article 23"),
        (supply(("NO", "NO995525828MVA"), ("SE", "")), T.EXPORT, "G", "section 6-21"),
        (supply(("CH", CH), ("CH", ""), rate_bps=810), T.DOMESTIC, "S", "VAT of CH"),
        (supply(("DE", DE), ("DE", DE), certificate="A-1"), T.EXEMPT, "E", "certificate A-1"),
        # A certificate frees from the VAT that is due, and from nothing else.
        (supply(("DE", DE), ("FR", FR), certificate="A-1"), T.REVERSE_CHARGE, "K", "138"),
        (supply(("DE", ""), ("DE", DE)), T.NO_TAX, "O", "not registered"),
        (supply(("DE", DE), ("DE", DE), charges_vat=False), T.NO_TAX, "O", "charges no VAT"),
        (supply(("US", "US1"), ("US", ""), rate_bps=None), T.NO_TAX, "O", "no rate of US"),
    ],
)
def test_the_table(given: Supply, treatment: str, category: str, words: str) -> None:
    ruling = decide(given)
    assert (ruling.treatment, ruling.category) == (treatment, category)
    assert words in ruling.sentence
    assert ruling.rate_bps == (given.rate_bps if treatment == T.DOMESTIC else 0)


def test_the_file_has_the_rate_of_every_member_state_and_its_source() -> None:
    rows = json.loads(DATA.read_text())["rates"]
    countries = {row["country"]: row["rate_bps"] for row in rows}
    assert {*EU, "GB", "CH", "NO"} <= countries.keys()
    # Article 97 of the VAT Directive: a standard rate is at least 15 %.
    assert all(countries[country] >= 1500 for country in EU)
    assert all(row["source"] and row["holds_from"] for row in rows)
