"""Events whose delivery was lost are fetched: the platform's, and those of connected accounts.

How far each was read is kept, so that a round that failed, or did not run, leaves no gap.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from payments import gateway
from payments.actions.inbox import receive_event
from payments.models import BankPayout, ConnectedAccount, EventCursor, InboundEvent, Instruction
from payments.states import AccountState
from payments.values import GatewayRefused

logger = logging.getLogger(__name__)

# Clocks differ, and an event may be listed a moment after it happened.
OVERLAP = timedelta(hours=1)
FIRST_LOOK = timedelta(days=1)
# Stripe keeps events for 30 days.
KEPT = timedelta(days=29)
# Each connected account is a call of its own: so many a round, the longest unread first.
ACCOUNTS_A_ROUND = 200
QUIET_EVERY = timedelta(days=1)
# A payout to the bank follows a transfer within days.
STIRRED = timedelta(days=14)
UNDER_WAY = (BankPayout.Status.PENDING, BankPayout.Status.IN_TRANSIT)
PLATFORM = ""


def backfill_events() -> int:
    """Fetch what was lost since the last time, of the platform and of accounts that have something
    open or changed; the number of events found. Raises GatewayUnreachable, GatewayIndeterminate:
    the next round goes on where this one stopped."""
    found = _read(PLATFORM)
    for account in accounts_to_read():
        try:
            found += _read(account)
        except GatewayRefused as error:
            # Such as an owner who took our access away: the other accounts are read all the same.
            logger.warning("The events of %s cannot be read: %s", account, error)
            _note(account, timezone.now())
    return found


def accounts_to_read() -> list[str]:
    """Stripe's ids of the connected accounts to ask in this round: those with something open or
    changed, others once a day; the longest unread first."""
    now = timezone.now()
    cursor = EventCursor.objects.filter(account=OuterRef("account")).values("read_until")
    paid = Instruction.objects.filter(
        kind=Instruction.Kind.TRANSFER, state_changed_at__gte=now - STIRRED
    )
    paying = BankPayout.objects.filter(status__in=UNDER_WAY)
    rows = (
        ConnectedAccount.objects.exclude(account="")
        .exclude(state=AccountState.REJECTED)
        .annotate(read_until=Subquery(cursor))
    )
    is_open = (
        ~Q(state=AccountState.ACTIVE)
        | ~Q(due=[])
        | Q(pays_out=False)
        | Q(state_changed_at__gte=now - STIRRED)
        | Q(organization__in=paid.values("organization"))
        | Q(organization__in=paying.values("organization"))
    )
    unread = Q(read_until__isnull=True) | Q(read_until__lt=now - QUIET_EVERY)
    found = rows.filter(is_open | unread).values_list("account", "read_until")
    never = datetime.min.replace(tzinfo=UTC)
    longest = sorted(found, key=lambda row: row[1] or never)
    return [account for account, _ in longest[:ACCOUNTS_A_ROUND]]


def _read(account: str) -> int:
    """Take in the events of one account that we do not have; how many there were."""
    began = timezone.now()
    before = EventCursor.objects.filter(account=account).first()
    since = before.read_until if before else began - (KEPT if account else FIRST_LOOK)
    start = max(since - OVERLAP, began - KEPT)
    known = set(
        InboundEvent.objects.filter(account=account, happened_at__gte=start).values_list(
            "event_id", flat=True
        )
    )
    listed = gateway.list_events(created_from=int(start.timestamp()), account=account)
    missed = [payload for payload in listed if payload["id"] not in known]
    for payload in reversed(missed):
        receive_event(payload)
    _note(account, began)
    return len(missed)


def _note(account: str, until: datetime) -> None:
    EventCursor.objects.update_or_create(account=account, defaults={"read_until": until})
