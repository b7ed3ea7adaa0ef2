"""A buyer's payments over all its orders, as a page, as a table to take along, and receipts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.downloads import pdf_answer
from marketplace.core.money import Money
from marketplace.core.pages import keyset_page, render_page
from marketplace.core.pdf import from_json
from marketplace.core.spreadsheets import csv_line
from marketplace.files.links import link_to
from payments import purchase_queries as queries
from payments.plans import next_step, row_of
from payments.purchase_queries import FILTERS, Moved

MOST_ROWS = 5000
HEADER = (
    "Order",
    "Title",
    "Manufacturer",
    "PO number",
    "Payment",
    "State",
    "Currency",
    "Net",
    "VAT",
    "Amount",
    "Due",
    "Paid on",
    "Held",
    "Released",
    "Gone back",
    "Receipt",
)


@buyer_page
def payments(request: Request) -> HttpResponse:
    """What was paid, is held, was released, went back and is owed, and what comes next."""
    state = request.GET.get("state", "")
    rows = queries.purchase_payments(request.actor, state)
    page = keyset_page(rows, request.GET.get("after", ""))
    moved = queries.moved(page)
    may_pay = "pay" in request.actor.permissions
    context = {
        "page": page,
        "rows": [
            {
                "row": row_of(payment),
                "moved": moved.get(payment.pk, Moved()),
                "next": next_step(payment),
                "may_pay": may_pay and payment.is_asked,
            }
            for payment in page
        ],
        "standing": queries.standing_of(request.actor, timezone.now()),
        "state": state if state in FILTERS else "",
        "states": [(name, label) for name, (label, _) in FILTERS.items()],
    }
    return render_page(request, "payments/buyer/payments.html", context, fragment="list")


@buyer_page
def payments_csv(request: Request) -> HttpResponse:
    """The same rows for a spreadsheet, newest first, at most MOST_ROWS."""
    rows = list(
        queries.purchase_payments(request.actor, request.GET.get("state", "")).order_by("-pk")[
            :MOST_ROWS
        ]
    )
    moved = queries.moved(rows)
    lines: list[tuple[str, ...]] = [HEADER]
    for payment in rows:
        order, where = payment.order, moved.get(payment.pk, Moved())
        receipt = getattr(payment, "receipt", None)
        lines.append(
            (
                order.reference,
                order.title,
                order.manufacturer_name,
                order.po_number,
                payment.label,
                row_of(payment).state_label,
                payment.currency,
                str(payment.amount.decimal),
                str(payment.tax.decimal),
                str(payment.gross.decimal),
                _day(payment.due_at),
                "" if payment.is_covered else _day(payment.paid_at),
                *(
                    str(Money(minor, payment.currency).decimal)
                    for minor in (where.held, where.released, where.back)
                ),
                receipt.number if receipt else "",
            )
        )
    content = "".join(["\ufeff", *(csv_line(line) for line in lines)]).encode()
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="payments.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _day(at: object) -> str:
    return timezone.localdate(at).isoformat() if at else ""  # type: ignore[arg-type]


@buyer_page
def receipt(request: Request, receipt: str) -> HttpResponse:
    """The kept file, or the same bytes from what was frozen while the file is being written."""
    found = queries.get_receipt(request.actor, receipt)
    if found.file is not None:
        return redirect(link_to(found.file, request.actor))
    return pdf_answer(from_json(found.content), found.file_name)
