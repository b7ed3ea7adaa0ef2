"""What shows that a milestone is done: files, only added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files import File
from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.states import WrongState
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.milestone_decisions import check_by_hand, opened_milestone, record_milestone
from orders.milestones import OPEN
from orders.models import Milestone, MilestoneEvidence
from orders.rules import SUBMIT_MILESTONE

MOST_FILES = 40


@dataclass(frozen=True)
class Evidence:
    """A stored file and what it is (`MilestoneEvidence.Kind`)."""

    kind: str
    file: StoredFile
    note: str = ""


def keep_evidence(actor: Actor, kind: str, upload: File, note: str = "") -> Evidence:
    """Store one file before the act, outside its transaction; the caller has checked the right.
    Raises DomainError for a file we do not take."""
    is_photo = kind == MilestoneEvidence.Kind.PHOTO
    stored = StoredFile.Kind.PHOTO if is_photo else StoredFile.Kind.DOCUMENT
    return Evidence(kind, store_upload(actor=actor, upload=upload, kind=stored), note)


@transaction.atomic
def attach_milestone_evidence(
    *, actor: Actor, public_id: str, milestone: str, evidence: Sequence[Evidence]
) -> Milestone:
    """Keep files with a milestone that is not submitted yet.

    Raises NotFound, NotAllowed, WrongState once submitted, DomainError without a file, for an
    unknown kind, or above MOST_FILES.
    """
    order, found = opened_milestone(public_id, milestone)
    SUBMIT_MILESTONE.check(actor, order)
    check_by_hand(found)
    if found.state not in OPEN:
        raise WrongState(
            f"This milestone is {found.get_state_display().lower()}; its evidence does not change "
            "any more."
        )
    if not evidence:
        raise DomainError("Choose at least one file.", fields={"photos": "Choose a file."})
    if any(one.kind not in MilestoneEvidence.Kind.values for one in evidence):
        raise DomainError("Say what each file is.", fields={"kind": "Choose one."})
    if found.evidence.count() + len(evidence) > MOST_FILES:
        raise DomainError(f"A milestone keeps at most {MOST_FILES} files.")
    MilestoneEvidence.objects.bulk_create(
        MilestoneEvidence(
            milestone=found, kind=one.kind, file=one.file, note=" ".join(one.note.split())[:200]
        )
        for one in evidence
    )
    names = ", ".join(one.file.name for one in evidence)
    record_milestone(events.MILESTONE_EVIDENCE_ADDED, found, actor, files=names[:200])
    return found
