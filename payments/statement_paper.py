"""The monthly statement on paper: plain values in, a document out."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Organization
from marketplace.core.pdf import Document, Facts, Heading, Paragraph, Table
from marketplace.core.templatetags.formats import money
from payments.statements import Month, Statement, rows_of

NOTE = (
    "Payable is what the platform has released to you and not yet transferred. Owed is what went "
    "back to buyers after it was released to you and is still to come from you. Every line is an "
    "entry of the platform's books."
)


def statement_paper(
    organization: Organization, month: Month, statements: Sequence[Statement]
) -> Document:
    """The statements of a month; the bytes made of it depend on nothing else."""
    blocks: list[object] = [
        Facts(
            [
                ("Manufacturer", organization.name),
                ("Month", f"{month}{'' if month.is_over else ' (not over yet)'}"),
            ]
        )
    ]
    for found in statements:
        table = [[str(cell) for cell in row[1:]] for row in rows_of([found])]
        blocks += [
            Heading(f"In {found.currency}"),
            Facts(
                [
                    ("Payable at the beginning", money(found.money(found.opening_payable))),
                    ("Payable at the end", money(found.money(found.closing_payable))),
                    ("Owed at the beginning", money(found.money(found.opening_owed))),
                    ("Owed at the end", money(found.money(found.closing_owed))),
                ]
            ),
            Table(
                table[0],
                table[1:],
                numeric=frozenset(range(3, 9)),
                strong=frozenset({0, len(table) - 2}),
                widths=(1.5, 1.7, 3.4, 1.4, 1.4, 1.3, 1.3, 1.5, 1.3),
            ),
        ]
    if not statements:
        blocks.append(Paragraph("Nothing moved by the end of this month."))
    blocks.append(Paragraph(NOTE, is_muted=True))
    return Document(
        "Payout statement",
        str(month),
        month.following.start,
        blocks,  # type: ignore[arg-type]
        footer=f"{organization.name} · {month}",
        is_landscape=True,
    )
