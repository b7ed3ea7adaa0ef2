"""Payout accounts: set up on Stripe's page, watched by a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.directory.actions.manufacturer import switch_payouts
from payments import events, gateway
from payments.actions.instructions import unblock_instruction
from payments.background import soon
from payments.models import ConnectedAccount
from payments.queries import blocked_transfers_to
from payments.rules import check_can_manage_payouts
from payments.states import ACCOUNT
from payments.values import (
    Account,
    GatewayIndeterminate,
    GatewayRefused,
    GatewayUnreachable,
)

LEASE = timedelta(minutes=2)
LINK_MARGIN = timedelta(seconds=30)
ACTOR = Actor.system("Payments")


@transaction.atomic
def set_up_payouts(*, actor: Actor) -> ConnectedAccount:
    """Ask for a link to Stripe's onboarding page; a worker fetches it. Raises a sentence."""
    check_can_manage_payouts(actor)
    now = timezone.now()
    account, _ = ConnectedAccount.objects.get_or_create(organization=actor.organization)
    account.link_asked_at = now
    account.link_email = actor.user.email if actor.user else ""
    account.link_url = ""
    account.link_expires_at = None
    account.link_error = ""
    account.due_at = now
    account.save()
    soon("fetch_onboarding_link", account.pk)
    return account


@transaction.atomic
def take_link(*, actor: Actor) -> str:
    """Return the link that was asked for and forget it, since it works once; "" while waiting."""
    check_can_manage_payouts(actor)
    account = (
        ConnectedAccount.objects.select_for_update().filter(organization=actor.organization).first()
    )
    if account is None or not account.link_url:
        return ""
    url, expires_at = account.link_url, account.link_expires_at
    ConnectedAccount.objects.filter(pk=account.pk).update(link_url="", link_expires_at=None)
    fresh = expires_at is not None and expires_at > timezone.now() + LINK_MARGIN
    return url if fresh else ""


def fetch_link(pk: int) -> None:
    """Create the account if needed and fetch a link; for the worker, any number of times."""
    now = timezone.now()
    waiting = ConnectedAccount.objects.filter(pk=pk, link_asked_at__isnull=False, due_at__lte=now)
    if not waiting.update(due_at=now + LEASE):
        return
    account = ConnectedAccount.objects.select_related("organization").get(pk=pk)
    try:
        if not account.account:
            _create_account(account)
        page = settings.SITE_URL + reverse("portal_payouts")
        link = gateway.create_account_link(
            account=account.account, return_url=f"{page}?back=1", refresh_url=f"{page}?again=1"
        )
    except GatewayRefused as error:
        account.generation += 1
        account.link_asked_at = None
        account.link_error = str(error)[:2000]
    except GatewayIndeterminate as error:
        account.look_first = True
        account.link_error = str(error)[:2000]
        account.due_at = timezone.now() + timedelta(seconds=10)
    except GatewayUnreachable as error:
        account.link_error = str(error)[:2000]
        account.due_at = timezone.now() + timedelta(seconds=10)
    else:
        account.link_asked_at = None
        account.link_error = ""
        account.link_url = link.url
        account.link_expires_at = datetime.fromtimestamp(link.expires_at, UTC)
    account.save(
        update_fields=[
            "generation",
            "look_first",
            "link_asked_at",
            "link_error",
            "link_url",
            "link_expires_at",
            "due_at",
        ]
    )


def _create_account(account: ConnectedAccount) -> None:
    organization = account.organization
    made = None
    if account.look_first:
        made = gateway.find_account(reference=organization.public_id)
        if made is None:
            account.generation += 1
            account.look_first = False
            account.save(update_fields=["generation", "look_first"])
    made = made or gateway.create_account(
        key=f"account:{account.public_id}:{account.generation}",
        country=organization.country,
        email=account.link_email,
        name=organization.name,
        reference=organization.public_id,
    )
    account.account = made.id
    account.save(update_fields=["account"])


def sync_account(account_id: str) -> bool:
    """Ask Stripe how an account stands and take that in. False when it is not ours."""
    if not ConnectedAccount.objects.filter(account=account_id).exists():
        return False
    apply_account(gateway.retrieve_account(account_id))
    return True


@transaction.atomic
def apply_account(found: Account) -> None:
    """Converge to what Stripe says; a change is told, and waiting transfers are tried again."""
    account = (
        ConnectedAccount.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(account=found.id)
    )
    account.details_submitted = found.details_submitted
    account.due = found.due
    account.due_by = datetime.fromtimestamp(found.due_by, UTC) if found.due_by else None
    account.disabled_reason = found.disabled_reason[:80]
    account.pays_out = found.payouts_enabled
    account.synced_at = timezone.now()
    account.save(
        update_fields=[
            *("details_submitted", "due", "due_by", "disabled_reason", "pays_out", "synced_at")
        ]
    )
    verb = _verb_for(found)
    active = verb == "activate_account"
    if verb and ACCOUNT.find(verb, account.state):
        move(account, ACCOUNT, verb, by=Side.SYSTEM)
        switch_payouts(actor=ACTOR, organization=account.organization, enabled=active)
        record(
            _FACTS[verb],
            account,
            actor=ACTOR,
            visible_to=[account.organization],
        )
    if active:
        # Also without a change of ours: Stripe may have said no and yes again in between.
        for pk in blocked_transfers_to(account.organization).values_list("pk", flat=True):
            unblock_instruction(actor=ACTOR, pk=pk)


_FACTS = {
    "activate_account": events.ACCOUNT_ACTIVATED,
    "restrict_account": events.ACCOUNT_RESTRICTED,
    "reject_account": events.ACCOUNT_REJECTED,
}


def _verb_for(found: Account) -> str:
    if found.disabled_reason.startswith("rejected"):
        return "reject_account"
    if found.transfers_active:
        return "activate_account"
    # An account nobody has filled in yet is new, not restricted.
    return "restrict_account" if found.details_submitted else ""


def links_to_fetch() -> list[int]:
    """Accounts somebody waits for a link of."""
    rows = ConnectedAccount.objects.filter(link_asked_at__isnull=False, due_at__lte=timezone.now())
    return list(rows.values_list("pk", flat=True)[:100])
