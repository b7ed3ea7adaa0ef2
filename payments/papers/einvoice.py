"""Invoices as XML by EN 16931, in the syntax Cross Industry Invoice (UN/CEFACT): what an invoice
says in, bytes out that the library has checked against the schema of that profile.

The library is imported only when a document is written. Codes: UNTDID 1001 (kinds of document),
5305 (categories of VAT), 4461 (ways to pay), UN/ECE Recommendation 20 (units).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from payments.invoicing import Facts, Line, Party
from payments.models.document import Document as Row

PROFILE = "urn:cen.eu:en16931:2017"
SCHEMA = "FACTUR-X_EN16931"
# Prepayment invoice, credit note, commercial invoice.
TYPES = {
    str(Row.Kind.INVOICE): "386",
    str(Row.Kind.CREDIT_NOTE): "381",
    str(Row.Kind.COMMISSION): "380",
    str(Row.Kind.COMMISSION_CREDIT): "381",
}
ONE_PIECE, BY_ONLINE_SERVICE, BY_TRANSFER = "C62", "68", "30"
ON_ACCOUNT = "380"
# Not subject to VAT: the standard wants neither a rate nor VAT ids then.
OUT_OF_SCOPE = "O"


def einvoice_xml(facts: Facts) -> bytes:
    """The document as XML. Raises an error of the library for what the schema does not allow."""
    from drafthorse.models.document import Document
    from drafthorse.models.note import IncludedNote

    made = Document()
    made.context.guideline_parameter.id = PROFILE
    made.header.id = facts.number
    made.header.type_code = ON_ACCOUNT if facts.due_on else TYPES[facts.kind]
    made.header.issue_date_time = date.fromisoformat(facts.issued_on)
    for text in _notes(facts):
        note = IncludedNote()
        note.content = text
        made.header.notes.add(note)
    _agree(made.trade.agreement, facts)
    for position, line in enumerate(facts.lines, start=1):
        made.trade.items.add(_item(facts, position, line))
    _settle(made.trade.settlement, facts)
    return bytes(made.serialize(schema=SCHEMA))


def _notes(facts: Facts) -> list[str]:
    found = [facts.sentence]
    if facts.in_name_of:
        found.append(f"Issued by {facts.in_name_of} in the name and on behalf of the seller.")
    return found


def _agree(agreement: Any, facts: Facts) -> None:
    agreement.buyer_reference = facts.buyer_reference or facts.subject
    _name(agreement.seller, facts.seller, facts)
    _name(agreement.buyer, facts.buyer, facts)


def _name(made: Any, party: Party, facts: Facts) -> None:
    from drafthorse.models.party import TaxRegistration

    made.name = party.name
    if party.registration:
        made.legal_organization.id = ("", party.registration)
    street = [line.strip() for line in party.address.splitlines() if line.strip()]
    for name, text in zip(("line_one", "line_two", "line_three"), street, strict=False):
        setattr(made.address, name, text)
    if party.city:
        made.address.city_name = party.city
    made.address.country_id = party.country
    if party.vat_id and facts.category != OUT_OF_SCOPE:
        made.tax_registrations.add(TaxRegistration(id=("VA", party.vat_id)))


def _item(facts: Facts, position: int, line: Line) -> Any:
    from drafthorse.models.tradelines import LineItem

    item = LineItem()
    item.document.line_id = str(position)
    item.product.name = line.text
    item.agreement.net.amount = _decimal(facts, line.net_minor)
    item.delivery.billed_quantity = (Decimal(1), ONE_PIECE)
    _tax(item.settlement.trade_tax, facts)
    item.settlement.monetary_summation.total_amount = _decimal(facts, line.net_minor)
    return item


def _settle(settlement: Any, facts: Facts) -> None:
    from drafthorse.models.accounting import ApplicableTradeTax

    settlement.currency_code = facts.currency
    if facts.paid_by or facts.pay_with:
        settlement.payment_reference = facts.paid_by or facts.pay_with
    _how_to_pay(settlement, facts)
    tax = ApplicableTradeTax()
    tax.calculated_amount = _decimal(facts, facts.tax_minor)
    tax.basis_amount = _decimal(facts, facts.net_minor)
    if not facts.rate_bps:
        tax.exemption_reason = facts.sentence
    _tax(tax, facts)
    settlement.trade_tax.add(tax)
    sums, gross = settlement.monetary_summation, _decimal(facts, facts.gross_minor)
    sums.line_total = _decimal(facts, facts.net_minor)
    sums.tax_basis_total = _decimal(facts, facts.net_minor)
    sums.tax_total = (_decimal(facts, facts.tax_minor), facts.currency)
    sums.grand_total = gross
    nothing = Decimal("0.00")
    sums.prepaid_total, sums.due_amount = (nothing, gross) if facts.due_on else (gross, nothing)
    if facts.corrects:
        settlement.invoice_referenced_document.issuer_assigned_id = facts.corrects
        settlement.invoice_referenced_document.issue_date_time = date.fromisoformat(
            facts.corrects_on
        )


def _how_to_pay(settlement: Any, facts: Facts) -> None:
    from drafthorse.models.payment import PaymentMeans, PaymentTerms

    means, terms = PaymentMeans(), PaymentTerms()
    means.type_code = BY_TRANSFER if facts.pay_to else BY_ONLINE_SERVICE
    if facts.pay_to:
        means.payee_account.iban = facts.pay_to
    settlement.payment_means.add(means)
    if facts.due_on:
        terms.due = date.fromisoformat(facts.due_on)
    terms.description = (
        f"To be paid by {facts.due_on} through the platform, reference {facts.pay_with}."
        if facts.due_on
        else "Settled through the platform; nothing is left to be paid."
    )
    settlement.terms.add(terms)


def _tax(tax: Any, facts: Facts) -> None:
    tax.type_code = "VAT"
    tax.category_code = facts.category
    if facts.category != OUT_OF_SCOPE:
        tax.rate_applicable_percent = Decimal(facts.rate_bps) / 100


def _decimal(facts: Facts, minor: int) -> Decimal:
    return facts.money(minor).decimal
