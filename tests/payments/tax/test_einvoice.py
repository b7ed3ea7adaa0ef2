"""The XML of invoices holds the schema of EN 16931 and says what the paper says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from defusedxml import ElementTree

from payments.invoicing import Facts, Line, Party, facts_of
from payments.papers.einvoice import PROFILE, einvoice_xml

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
SELLER = Party(
    "Milo GmbH", "Werkstr. 1\nHalle 2\nTor 3\nLager", "Ulm", "DE", "DE136695976", "HRB 1"
)
BUYER = Party("Bea & Söhne <GmbH>", "", "", "FR", "FR40303265045", "")
FACTS = Facts(
    kind="invoice",
    number="IN-2026-00001",
    issued_on="2026-11-27",
    currency="EUR",
    seller=SELLER,
    buyer=BUYER,
    lines=(Line("Deposit", 15_000), Line("Balance", 35_000)),
    net_minor=50_000,
    tax_minor=9_500,
    rate_bps=1900,
    category="S",
    sentence="VAT of DE at the standard rate.",
    subject="Order ORD-1",
    paid_on="2026-11-27",
    paid_by="ch_1",
    in_name_of="Partlane",
)


def texts(xml: bytes, name: str) -> list[str]:
    return [str(each.text) for each in ElementTree.fromstring(xml).iter(f"{RAM}{name}")]


@pytest.mark.parametrize(
    "facts",
    [
        FACTS,
        replace(FACTS, category="K", rate_bps=0, tax_minor=0, sentence="Reverse charge."),
        replace(FACTS, category="O", rate_bps=0, tax_minor=0, sentence="Not subject to VAT."),
        replace(FACTS, kind="credit_note", corrects="IN-2026-00001", corrects_on="2026-11-20"),
        replace(FACTS, kind="commission", paid_on="", paid_by="", in_name_of=""),
        replace(FACTS, paid_on="", paid_by="", due_on="2026-12-27", pay_with="ORD-1-1"),
    ],
    ids=["domestic", "reverse charge", "out of scope", "credit note", "commission", "on account"],
)
def test_every_kind_holds_the_schema(facts: Facts) -> None:
    """`einvoice_xml` raises for what the schema refuses."""
    xml = einvoice_xml(facts)
    assert PROFILE.encode() in xml
    assert texts(xml, "GrandTotalAmount") == [str(facts.money(facts.gross_minor).decimal)]
    ids = texts(xml, "SpecifiedTaxRegistration")
    assert bool(ids) == (facts.category != "O")


def test_it_says_what_was_frozen() -> None:
    xml = einvoice_xml(facts_of(FACTS.plain()))
    assert texts(xml, "LineTotalAmount") == ["150.00", "350.00", "500.00"]
    assert texts(xml, "TaxTotalAmount") == ["95.00"]
    assert texts(xml, "DuePayableAmount") == ["0.00"]
    assert "Bea & Söhne <GmbH>" in texts(xml, "Name")
    assert xml == einvoice_xml(FACTS)


def test_what_is_not_valid_is_refused() -> None:
    """Kills: XML that nobody checked."""
    with pytest.raises(Exception, match="Missing child"):
        einvoice_xml(replace(FACTS, seller=replace(SELLER, country="")))
