"""Who hears of buying on account: the buyer's people who pay, and staff who decide."""

from __future__ import annotations

from django.urls import reverse

from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.models import Event
from marketplace.notifications.actions import notify
from payments.models import CreditAccount, Receivable
from payments.staff_queries import staff_with


def tell_who_decide(event: Event) -> None:
    """Staff who decide about credit: somebody applied."""
    account = _account(event)
    notify(
        event,
        staff_with("payments.change_creditaccount"),
        organization=None,
        template=f"payments/emails/staff_{event.type}",
        link=reverse("admin:payments_creditaccount_decide", args=[account.pk]),
        link_text="Decide about it",
        account=account,
    )


def tell_applicant(event: Event) -> None:
    """The buyer's people who pay: what was decided, and why."""
    account = _account(event)
    notify(
        event,
        members_with(account.organization, Permission.PAY),
        organization=account.organization,
        template=f"payments/emails/{event.type}",
        link=reverse("on_account"),
        link_text="See your account",
        account=account,
    )


def tell_debtor(event: Event) -> None:
    """The buyer's people who pay: what is owed, and until when."""
    receivable = Receivable.objects.select_related("account__organization", "request__order").get(
        request__public_id=event.subject
    )
    buyer = receivable.account.organization
    notify(
        event,
        members_with(buyer, Permission.PAY),
        organization=buyer,
        template=f"payments/emails/{event.type}",
        link=reverse("on_account"),
        link_text="See what is owed",
        receivable=receivable,
        order=receivable.request.order,
    )


def _account(event: Event) -> CreditAccount:
    return CreditAccount.objects.select_related("organization").get(public_id=event.subject)
