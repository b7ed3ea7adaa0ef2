"""A first article inspection report on paper, after the forms of SAE AS9102 Rev C."""

from typing import Any

from marketplace.core.pdf import Barcode, Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import plain_day
from orders.models import FirstArticle, Order

RULE = (
    "In tolerance: nominal plus lower tolerance, at least, and nominal plus upper tolerance, at "
    "most. Computed from the measured value in decimal numbers."
)


def first_article_report(order: Order, report: FirstArticle, number: str) -> Document:
    """The report as it was submitted."""
    line, rows = report.line, report.rows
    out = report.out_of_tolerance
    summary = f"{len(rows)} characteristics, {out} out of tolerance."
    blocks: list[Any] = [
        Barcode(number),
        Heading("Form 1: part number accountability"),
        Facts(
            [
                ("Part number", line.part_number),
                ("Part name", line.part_name),
                ("Revision", line.revision_label),
                ("Serial or lot number", report.serial or "none given"),
                ("Report", f"{number}, revision {report.revision}"),
                ("Manufacturer", order.manufacturer_name),
                ("Customer", order.buyer_name),
                ("PO number", order.po_number or "none given"),
                ("Order", f"{order.reference}, line {line.position}"),
                ("Files", "\n".join(f"{f['name']}, SHA-256 {f['sha256']}" for f in line.files)),
                ("Inspected by", report.inspector or "not named"),
                ("Submitted", plain_day(report.state_changed_at)),
                ("Result", summary),
            ]
        ),
        *_table(
            ["Part number", "Part name", "Serial number"],
            [[row["part"], row["name"], row["serial"]] for row in report.parts],
            "No parts below this one are listed.",
        ),
        Heading("Form 2: material, special process and functional test accountability"),
        *_table(
            ["Material or process", "Specification", "Supplier", "Certificate"],
            [
                [row["name"], row["specification"], row["supplier"], row["certificate"]]
                for row in report.materials
            ],
            "No materials or processes are listed.",
        ),
        Heading("Form 3: characteristic accountability"),
        _characteristics(rows),
        Paragraph(RULE, is_muted=True),
    ]
    if report.note:
        blocks += [Heading("Notes"), Paragraph(report.note)]
    footer = f"{order.manufacturer_name} · {order.reference} · {line.part_number}"
    return Document(
        "First article inspection report",
        number,
        report.state_changed_at,
        blocks,
        footer=footer,
        is_landscape=True,
    )


def _table(head: list[str], rows: list[list[str]], none: str) -> list[Any]:
    return [table_of(head, rows)] if rows else [Paragraph(none)]


def _characteristics(rows: list[Any]) -> Any:
    head = ["No.", "Zone", "Designator", "Requirement", "Nominal", "Tolerance", "Limits"]
    head += ["Unit", "Measured", "Tool", "Result", "Note"]
    cells = [
        [
            row.number,
            row.reference,
            row.designator,
            row.requirement,
            "" if row.nominal is None else row.nominal,
            _tolerance(row),
            row.limits,
            row.unit,
            row.measured,
            row.tool,
            row.result_label,
            row.note,
        ]
        for row in rows
    ]
    strong = frozenset(at for at, row in enumerate(rows) if row.result == "out")
    widths = (0.8, 1, 1.3, 3, 1.2, 1.5, 2, 0.8, 1.3, 1.6, 1.6, 2)
    return table_of(head, cells, numeric=frozenset({4, 8}), strong=strong, widths=widths)


def _tolerance(row: Any) -> str:
    parts = [f"{value:+f}" for value in (row.lower, row.upper) if value is not None]
    return " / ".join(parts)
