"""Invoices and credit notes on paper: what they say in, a document out."""

from __future__ import annotations

from datetime import date, datetime

from marketplace.core.pdf import Block, Document, Heading, Paragraph, Table, table_of
from marketplace.core.pdf import Facts as Pairs
from marketplace.core.templatetags.formats import money, plain_day
from payments.invoicing import Facts, Party
from payments.models.document import Document as Row
from payments.models.tax import percent

TITLES = {str(kind): str(kind.label) for kind in Row.Kind}


def invoice_paper(facts: Facts, at: datetime) -> Document:
    """The paper of an invoice or a credit note issued at `at`."""
    sums = [["Net", _amount(facts, facts.net_minor)]]
    if facts.rate_bps:
        sums.append([f"VAT {percent(facts.rate_bps)}", _amount(facts, facts.tax_minor)])
    sums.append(["Total", _amount(facts, facts.gross_minor)])
    blocks: list[Block] = [
        Pairs([("From", _party(facts.seller)), ("To", _party(facts.buyer)), *_about(facts)]),
        Heading("Credited" if facts.corrects or "credit" in facts.kind else "Invoiced"),
        table_of(
            ["For", "Net"],
            [[line.text, _amount(facts, line.net_minor)] for line in facts.lines],
            numeric=frozenset({1}),
            widths=(6, 2),
        ),
        Table(
            ["", facts.currency],
            sums,
            numeric=frozenset({1}),
            strong=frozenset({len(sums) - 1}),
            widths=(6, 2),
        ),
        *[Paragraph(text) for text in _sentences(facts)],
    ]
    footer = f"{facts.seller.name} · {facts.number}"
    return Document(TITLES[facts.kind], facts.number, at, blocks, footer=footer)


def _amount(facts: Facts, minor: int) -> str:
    return money(facts.money(minor))


def _party(party: Party) -> str:
    lines = list(party.lines)
    if party.registration:
        lines.append(f"Registration {party.registration}")
    if party.vat_id:
        lines.append(f"VAT id {party.vat_id}")
    return "\n".join(lines)


def _about(facts: Facts) -> list[tuple[str, str]]:
    pairs = [
        ("Date", plain_day(date.fromisoformat(facts.issued_on))),
        ("About", facts.subject),
        ("Your reference", facts.buyer_reference),
    ]
    if facts.corrects:
        day = plain_day(date.fromisoformat(facts.corrects_on))
        pairs.append(("Corrects", f"Invoice {facts.corrects} of {day}"))
    return [(name, value) for name, value in pairs if value]


def _sentences(facts: Facts) -> list[str]:
    """What the law wants said, how it was paid, and who wrote it for whom."""
    found = [facts.sentence] if not facts.rate_bps else []
    if facts.paid_on:
        day = plain_day(date.fromisoformat(facts.paid_on))
        how = f"on {day}, reference {facts.paid_by}."
        is_back = bool(facts.corrects)
        found.append(f"Sent back {how}" if is_back else f"Paid {how} Nothing is left to be paid.")
    elif facts.due_on:
        day = plain_day(date.fromisoformat(facts.due_on))
        account = f" to {facts.pay_to}" if facts.pay_to else ""
        found.append(
            f"To be paid by {day}: by link under On account, or by bank transfer{account} with the "
            f"reference {facts.pay_with}."
        )
    elif facts.corrects:
        found.append("Taken off what is owed on account; nothing was sent back.")
    if facts.in_name_of:
        found.append(f"Issued by {facts.in_name_of} in the name and on behalf of the seller.")
    return found
