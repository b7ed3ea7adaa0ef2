"""What facts set off about invoices and credit notes; never in the way of money."""

from __future__ import annotations

from marketplace.core.models import Event
from payments.actions import documents
from payments.models import ManualSettlement


def issue_invoice(event: Event) -> None:
    """A payment is held, or owed on account: the seller's invoice for it is issued."""
    documents.issue_invoice(payment=event.subject)


def credit_lowering(event: Event) -> None:
    """Something was taken off what is owed on account: what was invoiced of it is credited."""
    documents.issue_lowering(payment=event.subject)


def issue_credit_note(event: Event) -> None:
    """A refund left: what was invoiced is credited as far as it went back."""
    documents.issue_credit_note(refund=event.subject)


def credit_paid_otherwise(event: Event) -> None:
    """Staff paid a refund another way: it is credited too."""
    settled = ManualSettlement.objects.select_related("refund").get(public_id=event.subject)
    if settled.kind == ManualSettlement.Kind.PAID_OTHERWISE and settled.refund is not None:
        documents.issue_credit_note(refund=settled.refund.public_id)


def write_invoice(event: Event) -> None:
    """A document is issued: its PDF and its XML are written."""
    documents.write_files(event.subject)
