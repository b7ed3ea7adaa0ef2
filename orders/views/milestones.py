"""The milestones of an order, for both sides: what, when, for how much, whose turn it is."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.files.links import link_to
from orders import rules
from orders.actions import milestone_decisions as acts
from orders.actions.instalments import unpaid_of_step
from orders.actions.milestone_evidence import attach_milestone_evidence, keep_evidence
from orders.due_dates import days_in_words
from orders.forms import milestones as forms
from orders.milestones import HOW, OPEN, evidence_asked, stands_still, turn_of
from orders.models import MilestoneEvidence, Order
from orders.queries import find_order
from orders.views.room import Room, act_in_room, order_at, show_room

E = MilestoneEvidence.Kind


def milestone_context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    """Every milestone with what it needs and what is there. Constant queries."""
    milestones = list(order.milestones.prefetch_related("evidence__file"))
    asked = evidence_asked(order, milestones)
    today = timezone.localdate()
    can_submit = rules.SUBMIT_MILESTONE.is_open(actor, order)
    can_decide = rules.DECIDE_MILESTONE.is_open(actor, order)
    rows = []
    for milestone in milestones:
        milestone.order = order
        is_open = milestone.state in OPEN
        turn = turn_of(milestone)
        rows.append(
            {
                "milestone": milestone,
                "how": HOW[milestone.kind],
                "due": days_in_words(milestone.due_on, today)
                if milestone.due_on and is_open
                else "",
                "is_late": is_open and milestone.due_on is not None and milestone.due_on < today,
                "asked": asked[milestone.pk],
                "missing": [one.label for one in asked[milestone.pk] if not one.is_there],
                "files": [(row, link_to(row.file, actor)) for row in milestone.evidence.all()],
                "turn": turn,
                "may_submit": turn == side == Side.MANUFACTURER and can_submit,
                "may_decide": turn == side == Side.BUYER and can_decide,
                "unpaid": unpaid_of_step(order, milestone) if turn == side == Side.BUYER else None,
            }
        )
    return {
        "milestones": rows,
        "next": next((row for row in rows if row["may_submit"] or row["may_decide"]), None),
        "waits_for": next((row for row in rows if row["turn"] == Side.BUYER), None),
        "stands_still": stands_still(order),
        "answer_days": settings.MILESTONE_DAYS,
    }


ROOM = Room(
    "order_milestones",
    "orders/order_milestones.html",
    milestone_context,
    forms={
        "evidence": forms.EvidenceForm,
        "submit": forms.SubmitForm,
        "reject": forms.RejectForm,
    },
)


def order_milestones(request: Request, side: str, order: str) -> HttpResponse:
    """In which steps the order is paid, and how far they are."""
    return show_room(request, ROOM, side, order)


def _attach(
    *,
    actor: Actor,
    public_id: str,
    milestone: str,
    photos: list[UploadedFile],
    reports: list[UploadedFile],
    certificates: list[UploadedFile],
    note: str,
) -> Any:
    rules.SUBMIT_MILESTONE.check(actor, find_order(actor, public_id))
    return attach_milestone_evidence(
        actor=actor,
        public_id=public_id,
        milestone=milestone,
        evidence=[
            keep_evidence(actor, kind, upload, note)
            for kind, uploads in (
                (E.PHOTO, photos),
                (E.REPORT, reports),
                (E.CERTIFICATE, certificates),
            )
            for upload in uploads
        ],
    )


# Verb in the address -> the act, what is said when it is done, and its form.
MILESTONE_ACTS: Mapping[str, tuple[Callable[..., Any], str, str]] = {
    "evidence": (_attach, "Added. Submit the milestone when everything is there.", "evidence"),
    "submit": (acts.submit_milestone, "Submitted. The buyer looks at it.", "submit"),
    "approve": (acts.approve_milestone, "Approved. The amount goes to the manufacturer.", ""),
    "reject": (acts.reject_milestone, "Rejected. The manufacturer reads why.", "reject"),
}


@require_POST
def act_on_milestone(
    request: Request, side: str, order: str, milestone: str, act: str
) -> HttpResponse:
    """One act on one milestone."""
    found = order_at(request.actor, side, order)
    if act not in MILESTONE_ACTS or not found.milestones.filter(public_id=milestone).exists():
        raise NotFound()
    action, done, form = MILESTONE_ACTS[act]
    bound = partial(action, milestone=milestone)
    return act_in_room(request, ROOM, side, order, bound, done, form)
