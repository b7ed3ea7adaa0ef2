"""Answering a bank: staff write the evidence, a worker sends it once, and nobody misses the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import record
from payments import events, gateway
from payments.background import soon
from payments.bank_evidence import FIELDS, MOST_TEXT
from payments.bank_files import check_files, content_of
from payments.models import DisputeCase
from payments.rules import check_can_answer_banks
from payments.states import DisputeState
from payments.values import GatewayIndeterminate, GatewayRefused, GatewayUnreachable

LEASE = timedelta(minutes=2)
# Staff are reminded this long before the last day, and then daily.
REMIND_BEFORE = timedelta(days=5)
REMIND_EVERY = timedelta(days=1)
ACTOR = Actor.system("Payments")
NO_FILES: Mapping[str, str] = {}


@transaction.atomic
def send_evidence(
    *,
    actor: Actor,
    public_id: str,
    evidence: Mapping[str, str],
    files: Mapping[str, str] = NO_FILES,
) -> DisputeCase:
    """Write down what the bank is told and want it sent; a worker sends it. Banks take it once.

    `evidence` is Stripe's field -> text, `files` Stripe's field -> public id of a file of the order
    or RECORD; empty ones are left out. Raises NotAllowed without the
    right, NotFound, Conflict when it was sent, is on its way or the bank has decided, DomainError
    for nothing to say, a text beyond 20,000 characters, files that are not for a bank.
    """
    check_can_answer_banks(actor)
    case = _lock(public_id)
    if case.state != DisputeState.OPEN:
        raise Conflict("The bank has decided; evidence changes nothing any more.")
    if case.evidence_sent_at or case.evidence_wanted_at:
        raise Conflict("The evidence was sent already. Banks take it once.")
    texts = {name: evidence[name].strip() for name in FIELDS if evidence.get(name, "").strip()}
    if not texts:
        raise DomainError("Say something: evidence without any text decides nothing.")
    for name, text in texts.items():
        if len(text) > MOST_TEXT:
            sentence = f"At most {MOST_TEXT:,} characters; these are {len(text):,}. Shorten it."
            raise DomainError(sentence, fields={name: sentence})
    assert case.request is not None
    case.files, case.uploaded = check_files(case.request.order, files), {}
    case.evidence = texts
    case.evidence_wanted_at = case.due_at = timezone.now()
    case.evidence_error = ""
    case.tries = 0
    case.save()
    _record(events.BANK_EVIDENCE_WANTED, case, actor)
    soon("submit_evidence", case.pk)
    return case


def submit_evidence(pk: int) -> None:
    """Send wanted evidence to Stripe; for the worker, any number of times."""
    now = timezone.now()
    waiting = _unsent().filter(pk=pk, due_at__lte=now)
    if not waiting.update(due_at=now + LEASE, tries=F("tries") + 1):
        return
    case = DisputeCase.objects.get(pk=pk)
    assert case.evidence_wanted_at is not None
    try:
        # What arrived although its answer was lost is not sent again.
        if not gateway.retrieve_dispute(case.dispute).submissions:
            _upload(case)
            gateway.submit_evidence(
                # Another key for each try, after the look: Stripe replays a stored 500 for a day.
                key=f"evidence:{case.public_id}:{case.evidence_wanted_at:%Y%m%d%H%M%S}:{case.tries}",
                dispute=case.dispute,
                evidence={**case.evidence, **case.uploaded},
            )
    except GatewayRefused as error:
        _note_refusal(case, str(error))
    except (GatewayIndeterminate, GatewayUnreachable) as error:
        pause = min(timedelta(seconds=2**case.tries), timedelta(hours=1))
        DisputeCase.objects.filter(pk=pk).update(
            due_at=timezone.now() + pause, evidence_error=str(error)[:2000]
        )
    else:
        _note_sent(case)


def _upload(case: DisputeCase) -> None:
    """Hand over the files that are not there yet; each is noted at once, so that a worker that dies
    goes on after it. A file that is not stored any more is left out."""
    assert case.evidence_wanted_at is not None
    for field, one in case.files.items():
        found = None if field in case.uploaded else content_of(case, one, case.evidence_wanted_at)
        if found is None:
            continue
        name, content = found
        case.uploaded[field] = gateway.upload_evidence_file(name=name, content=content)
        case.save(update_fields=["uploaded"])


def evidence_to_send() -> list[int]:
    """Cases whose evidence is wanted, not sent and due."""
    rows = _unsent().filter(due_at__lte=timezone.now())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])


@transaction.atomic
def remind_of_evidence() -> int:
    """Remind staff of days that come near and of evidence nobody has sent; the number of cases."""
    now = timezone.now()
    near = DisputeCase.objects.filter(
        Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - REMIND_EVERY),
        state=DisputeState.OPEN,
        evidence_sent_at__isnull=True,
        evidence_due_at__gt=now,
        evidence_due_at__lte=now + REMIND_BEFORE,
    )
    reminded = list(near.select_for_update(of=("self",)).order_by("pk"))
    for case in reminded:
        case.reminded_at = now
        case.save(update_fields=["reminded_at"])
        assert case.request is not None
        record(
            events.BANK_EVIDENCE_DUE,
            case,
            thread=case.request.order,
            actor=ACTOR,
            amount=str(case.amount),
            days=case.days_left,
        )
    return len(reminded)


def _unsent() -> QuerySet[DisputeCase]:
    return DisputeCase.objects.filter(
        evidence_wanted_at__isnull=False, evidence_sent_at__isnull=True
    )


def _lock(public_id: str) -> DisputeCase:
    rows = DisputeCase.objects.select_for_update(of=("self",))
    case = rows.filter(public_id=public_id, request__isnull=False).first()
    if case is None:
        raise NotFound()
    return case


@transaction.atomic
def _note_refusal(case: DisputeCase, why: str) -> None:
    """Staff write it anew."""
    found = _lock(case.public_id)
    if found.evidence_wanted_at is None or found.evidence_sent_at:
        return
    found.evidence_wanted_at = None
    found.evidence_error = why[:2000]
    found.save()
    _record(events.BANK_EVIDENCE_REFUSED, found, ACTOR, why=why[:200])


@transaction.atomic
def _note_sent(case: DisputeCase) -> None:
    found = _lock(case.public_id)
    if found.evidence_sent_at:
        return
    found.evidence_sent_at = timezone.now()
    found.evidence_error = ""
    found.save()
    _record(events.BANK_EVIDENCE_SENT, found, ACTOR)


def _record(fact: events.Fact, case: DisputeCase, actor: Actor, **data: Any) -> None:
    assert case.request is not None
    record(fact, case, thread=case.request.order, actor=actor, **data)
