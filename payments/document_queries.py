"""Who may read which invoices and credit notes."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from orders.models import Order
from payments.models import Document
from payments.rules import check_can_manage_payouts

Kind = Document.Kind
# What each side filters by -> the rows.
BUYER_FILTERS: dict[str, tuple[str, Q]] = {
    "invoices": ("Invoices", Q(kind=Kind.INVOICE)),
    "credit_notes": ("Credit notes", Q(kind=Kind.CREDIT_NOTE)),
}
MAKER_FILTERS: dict[str, tuple[str, Q]] = {
    "issued": ("To buyers", Q(kind__in=[Kind.INVOICE, Kind.CREDIT_NOTE])),
    "commission": ("Commission", Q(kind__in=[Kind.COMMISSION, Kind.COMMISSION_CREDIT])),
}


def documents_to_buyer(actor: Actor, kind: str = "") -> QuerySet[Document]:
    """Invoices and credit notes sellers sent to the acting buyer, of one of BUYER_FILTERS if named,
    newest first. Raises NotFound for who does not buy."""
    if actor.organization is None or not actor.organization.is_buyer:
        raise NotFound()
    rows = Document.objects.filter(recipient=actor.organization, issuer__isnull=False)
    return _filtered(rows, BUYER_FILTERS, kind)


def documents_of_maker(actor: Actor, kind: str = "") -> QuerySet[Document]:
    """What was issued in the acting shop's name, and what the platform invoiced it, of one of
    MAKER_FILTERS if named, newest first. Raises NotFound for who makes no parts, NotAllowed for a
    role that does not look after payouts."""
    check_can_manage_payouts(actor)
    own = Q(issuer=actor.organization) | Q(recipient=actor.organization, issuer__isnull=True)
    return _filtered(Document.objects.filter(own), MAKER_FILTERS, kind)


def documents_of_order(actor: Actor, order: Order) -> list[Document]:
    """The invoices and credit notes of an order the actor is a party of, oldest first."""
    rows = Document.objects.filter(order=order).filter(
        Q(issuer=actor.organization) | Q(recipient=actor.organization)
    )
    return list(rows.order_by("pk"))


def get_document(rows: QuerySet[Document], public_id: str) -> Document:
    """One of them, by public id. Raises NotFound."""
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def _filtered(
    rows: QuerySet[Document], filters: dict[str, tuple[str, Q]], kind: str
) -> QuerySet[Document]:
    rows = rows.select_related("order", "issuer", "recipient", "file", "xml", "corrects")
    return rows.filter(filters[kind][1]) if kind in filters else rows
