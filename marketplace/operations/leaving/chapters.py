"""What an organization takes along: a chapter is a list, or a thing, of the API.

What goes out is what the API shows: who may see what is not written a second time here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """`path` hangs below the parent's thing, or below /api/v1/ at the top.

    `query` chooses the rows. With `whole` each row of the list is read at its own address, whose
    key is `key` of the row. `below` are the lists of each such thing. A chapter that the
    organization has not (404, 403) is left out.
    """

    name: str
    path: str
    whole: bool = False
    below: Sequence[Chapter] = ()
    key: str = "id"
    query: str = ""


_COUNTERS = Chapter("counter_offers", "counter-offers/")
_FINALS = Chapter("best_and_final", "best-and-final/")
_MESSAGES = Chapter("messages", "messages/")
_ANSWERS = Chapter("answers", "answers/")
_OF_PART = (Chapter("revisions", "revisions/"), Chapter("findings", "findings/"))
CHAPTERS: Sequence[Chapter] = (
    Chapter("organization", "organization/"),
    Chapter("members", "members/"),
    Chapter("invitations", "invitations/"),
    Chapter("addresses", "addresses/"),
    Chapter("approval_rules", "approval-rules/"),
    Chapter("webhook_endpoints", "webhook-endpoints/"),
    Chapter("manufacturer", "manufacturer/"),
    Chapter("manufacturer_certificates", "manufacturer/certificates/"),
    Chapter("rate_card", "manufacturer/rate-card/"),
    Chapter("supplier_lists", "supplier-lists/", whole=True),
    Chapter("parts", "parts/", whole=True, below=_OF_PART),
    Chapter("archived_parts", "parts/", whole=True, below=_OF_PART, query="shown=archived"),
    Chapter(
        "rfqs",
        "rfqs/",
        whole=True,
        below=(
            Chapter("quotes", "quotes/", whole=True, below=(_COUNTERS,)),
            Chapter("threads", "threads/", below=(_MESSAGES,)),
            _ANSWERS,
            _FINALS,
        ),
    ),
    Chapter("requests", "requests/", whole=True, below=(_MESSAGES, _ANSWERS)),
    Chapter("quotes", "quotes/", whole=True, below=(_COUNTERS, _FINALS)),
    Chapter(
        "orders",
        "orders/",
        whole=True,
        below=(
            _MESSAGES,
            Chapter("milestones", "milestones/"),
            Chapter("first_articles", "first-articles/", whole=True),
            Chapter("inspections", "inspections/"),
            Chapter("certificates", "certificates/"),
            Chapter("shipments", "shipments/", whole=True),
            Chapter("nonconformances", "nonconformances/", whole=True),
            Chapter("changes", "changes/"),
            Chapter("settlements", "settlements/"),
            Chapter("payments", "payments/"),
        ),
    ),
    Chapter("blanket_orders", "blanket-orders/", whole=True),
    Chapter("approvals", "approvals/"),
    Chapter("credit_account", "credit-account/"),
    Chapter("receivables", "receivables/"),
    Chapter("purchase_documents", "purchase-documents/"),
    Chapter("sales_documents", "sales-documents/"),
    Chapter("payouts", "payouts/"),
    Chapter("payout_statements", "payout-statements/", whole=True, key="month"),
    Chapter("audit", "audit/"),
)


def walk(chapters: Sequence[Chapter] = CHAPTERS, prefix: str = "") -> Iterator[tuple[str, Chapter]]:
    """Every chapter with its full name, such as `orders.shipments`."""
    for chapter in chapters:
        name = prefix + chapter.name
        yield name, chapter
        yield from walk(chapter.below, f"{name}.")
