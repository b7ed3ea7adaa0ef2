"""Our books against themselves and against Stripe: asked for as a row, carried out by a worker.

A run reports. What differs becomes a `Discrepancy` for a person, never an entry in the books.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import record
from payments import books, events, gateway, mirror
from payments.background import soon
from payments.comparisons import (
    MOST_FINDINGS,
    Comparison,
    Finding,
    compare_cover,
    compare_mirror,
    compare_movements,
    compare_transfers,
)
from payments.invariants import check_books
from payments.models import Discrepancy, Reconciliation
from payments.rules import check_can_reconcile

logger = logging.getLogger(__name__)

# What Stripe did a moment ago may still be on its way to our books.
GRACE = timedelta(minutes=15)
# The copy is compared as far back as Stripe keeps the events that feed it.
MIRROR_REACH = timedelta(days=30)
# Longer than a run may take (the task's time limit), so that none is taken twice alive.
LEASE = timedelta(minutes=61)
MAX_TRIES = 5
NIGHT_HOUR = 2
ACTOR = Actor.system("Reconciliation")


def ask_reconciliation(*, actor: Actor, by_timer: bool = False) -> Reconciliation:
    """Ask for a run; the worker carries it out. While one is open it is returned: twice is once.

    Raises NotAllowed for anybody but staff with the right, and the system.
    """
    check_can_reconcile(actor)
    found = Reconciliation.objects.filter(ended_at__isnull=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            run = Reconciliation.objects.create(by_timer=by_timer, asked_by=actor.user)
            record(events.RECONCILIATION_ASKED, run, actor=actor)
            soon("carry_out_reconciliation", run.pk)
    except IntegrityError:
        # Somebody else asked at the same moment.
        return Reconciliation.objects.filter(ended_at__isnull=True).latest("pk")
    return run


def ask_nightly(now: datetime | None = None) -> Reconciliation | None:
    """The run of the night, once a day from NIGHT_HOUR on (local time); None when it was asked."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Reconciliation.objects.filter(by_timer=True, asked_at__gte=midnight)
    if local.hour < NIGHT_HOUR or asked.exists():
        return None
    return ask_reconciliation(actor=ACTOR, by_timer=True)


def runs_to_do() -> list[int]:
    """Runs somebody waits for, also those whose worker died; oldest first."""
    rows = Reconciliation.objects.filter(ended_at__isnull=True, due_at__lte=timezone.now())
    return list(rows.order_by("pk").values_list("pk", flat=True))


def carry_out_reconciliation(pk: int, *, grace: timedelta = GRACE) -> bool:
    """Compare and write down what differs; for the worker. True when the run is finished now.

    What moved at Stripe less than `grace` ago and is not in our books yet does not count.
    """
    if not _claim(pk):
        return False
    try:
        compared = [
            *check_books(),
            *books.unfinished_work(),
            *_compare_with_stripe(grace, is_run=True),
            *_compare_mirror(timezone.now() - grace),
        ]
    except Exception as error:  # whatever goes wrong is written down and tried again
        logger.exception("Reconciliation %s failed", pk)
        _postpone(pk, error)
        return False
    _write(pk, compared)
    return True


def compare_books(*, ask_stripe: bool = True) -> list[Comparison]:
    """Every comparison of our books, at once and with nothing left out; writes nothing.

    Without `ask_stripe` our own side alone. Raises GatewayError when Stripe does not answer.
    """
    own = [*check_books(), *books.unfinished_work()]
    return own + (_compare_with_stripe(timedelta(0), is_run=False) if ask_stripe else [])


def _compare_with_stripe(grace: timedelta, *, is_run: bool) -> list[Comparison]:
    # Ours first: whatever is in our books by now, Stripe has done before.
    ours, booked = books.booked_movements()
    sent, transferred = books.booked_transfers()
    done, owed = books.done_instructions(), books.owed_to_others()
    # Without grace a movement of this very second counts too.
    settled_before = int((timezone.now() - grace).timestamp()) if grace else 2**62
    compared, stripe = compare_movements(
        ours, booked, done, gateway.list_movements(), settled_before=settled_before
    )
    transfers = gateway.list_objects("transfers", created_from=0)
    compared += compare_transfers(sent, transferred, transfers, settled_before=settled_before)
    return compared + (compare_cover(owed, stripe) if is_run else [])


def _compare_mirror(settled_before: datetime) -> Iterator[Comparison]:
    since = timezone.now() - MIRROR_REACH
    before = int(settled_before.timestamp())
    for name in mirror.COPIED:
        found = gateway.list_objects(name, created_from=int(since.timestamp()))
        fetched = {
            body["id"]: mirror.picture(name, body) for body in found if body["created"] <= before
        }
        compared, behind = compare_mirror(name, fetched, mirror.pictures(name, since))
        mirror.copy_again(name, behind)
        yield compared


def _claim(pk: int) -> bool:
    now = timezone.now()
    waiting = Reconciliation.objects.filter(pk=pk, ended_at__isnull=True, due_at__lte=now)
    # One at a time: the older one of two would close what the newer one has found.
    other = Reconciliation.objects.filter(
        ended_at__isnull=True, started_at__isnull=False, due_at__gt=now
    )
    if other.exclude(pk=pk).exists():
        return False
    return bool(waiting.update(started_at=now, due_at=now + LEASE, tries=F("tries") + 1))


def _postpone(pk: int, error: Exception) -> None:
    run = Reconciliation.objects.get(pk=pk)
    now = timezone.now()
    Reconciliation.objects.filter(pk=pk).update(
        started_at=None,
        due_at=now + timedelta(minutes=2**run.tries),
        ended_at=now if run.tries >= MAX_TRIES else None,
        error=f"{type(error).__name__}: {error}"[:2000],
    )


@transaction.atomic
def _write(pk: int, compared: list[Comparison]) -> None:
    run = Reconciliation.objects.select_for_update(of=("self",)).get(pk=pk)
    found = {one.key[:255]: one for each in compared for one in each.findings}
    opened, closed = _update_tasks(found, compared)
    run.ended_at = timezone.now()
    run.error = ""
    run.comparisons = [each.as_dict() for each in compared]
    run.findings = [one.sentence for one in found.values()][:MOST_FINDINGS]
    run.differences = len(found)
    run.save()
    record(
        events.RECONCILED,
        run,
        actor=ACTOR,
        differences=len(found),
        opened=opened,
        closed=closed,
    )
    if opened:
        record(events.BOOKS_DIFFER, run, actor=ACTOR, opened=opened, differences=len(found))


def _update_tasks(found: dict[str, Finding], compared: list[Comparison]) -> tuple[int, int]:
    """Open what is new, note what is still there, close what is gone; (opened, closed)."""
    now = timezone.now()
    open_tasks = Discrepancy.objects.select_for_update().filter(closed_at__isnull=True)
    known = {task.key: task for task in open_tasks}
    new = [
        Discrepancy(key=key, first_seen_at=now, last_seen_at=now, **_values(one))
        for key, one in found.items()
        if key not in known
    ]
    Discrepancy.objects.bulk_create(new)
    seen = [known[key] for key in found if key in known]
    for task in seen:
        for name, value in _values(found[task.key]).items():
            setattr(task, name, value)
        task.last_seen_at = now
        task.seen += 1
    columns = ["sentence", "amount_minor", "currency", "last_seen_at", "seen"]
    Discrepancy.objects.bulk_update(seen, columns, batch_size=200)
    # Of a comparison with more findings than are kept nobody knows which are gone.
    cut = {each.kind for each in compared if each.is_cut}
    gone = [t.pk for t in known.values() if t.key not in found and t.kind not in cut]
    Discrepancy.objects.filter(pk__in=gone).update(closed_at=now)
    return len(new), len(gone)


def _values(one: Finding) -> dict[str, object]:
    return {
        "kind": one.kind,
        "sentence": one.sentence,
        "amount_minor": one.minor,
        "currency": one.currency,
        "model": one.model,
        "row": one.row,
    }
