"""Findings somebody accepts with a note, and takes back."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.directory.models import Process
from marketplace.parts import events
from marketplace.parts.manufacturability import findings_of
from marketplace.parts.models import FindingAcceptance, Part, PartRevision
from marketplace.parts.queries import lock_part

LONGEST_NOTE = 400


@transaction.atomic
def accept_finding(
    *, actor: Actor, part_id: str, process: str, rule: str, note: str
) -> FindingAcceptance:
    """Accept one finding of the current revision for a process. Twice is once, with the later note.

    Raises NotFound for a finding the revision does not have, DomainError without a note.
    """
    actor.check(Permission.EDIT_PARTS)
    part = lock_part(actor, part_id)
    revision = _current(part)
    finding = next((f for f in findings_of(revision.facts, process) if f.rule == rule), None)
    if finding is None:
        raise NotFound("This part has no such finding. Reload the page to see what it has.")
    note = " ".join(note.split())[:LONGEST_NOTE]
    if not note:
        sentence = "Write why the part may stay as it is; manufacturers may read it."
        raise DomainError(sentence, fields={"note": sentence})
    acceptance, _ = FindingAcceptance.objects.update_or_create(
        revision=revision,
        process=process,
        rule=rule,
        revoked_at=None,
        defaults={
            "note": note,
            "measured": finding.measured_text,
            "accepted_by": actor.user,
            "at": timezone.now(),
        },
    )
    record(
        events.FINDING_ACCEPTED,
        acceptance,
        actor=actor,
        thread=part,
        visible_to=[part.organization],
        process=_name_of(process),
        rule=finding.title,
        note=note,
    )
    return acceptance


@transaction.atomic
def reopen_finding(*, actor: Actor, part_id: str, process: str, rule: str) -> Part:
    """Take an acceptance back. Raises NotFound when there is none."""
    actor.check(Permission.EDIT_PARTS)
    part = lock_part(actor, part_id)
    acceptance = FindingAcceptance.objects.filter(
        revision=_current(part), process=process, rule=rule, revoked_at=None
    ).first()
    if acceptance is None:
        raise NotFound("Nobody accepted this finding. Reload the page to see where it stands.")
    acceptance.revoked_at = timezone.now()
    acceptance.save(update_fields=["revoked_at"])
    record(
        events.FINDING_REOPENED,
        acceptance,
        actor=actor,
        thread=part,
        visible_to=[part.organization],
        process=_name_of(process),
        rule=rule,
    )
    return part


def _current(part: Part) -> PartRevision:
    if part.current is None:
        raise NotFound()
    return part.current


def _name_of(process: str) -> str:
    return Process.objects.filter(code=process).values_list("name", flat=True).first() or process
