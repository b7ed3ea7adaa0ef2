"""Problems of an order, holding it, ending it: for both sides."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.core.events import facts_about
from marketplace.core.money import Money, to_minor
from marketplace.files.links import link_to
from orders import rules
from orders.actions import acceptance, claims, problem_shipping, settlements
from orders.actions import nonconformances as acts
from orders.actions.claims import claimable_minor
from orders.actions.money import undecided_minor
from orders.actions.problem_steps import Claim
from orders.forms import problems as problem_forms
from orders.forms.shipping import ReturnForm
from orders.holds import hold_of
from orders.judging import pieces_to_judge, waits_for_judgment
from orders.models import Nonconformance, Order
from orders.papers.shipping import return_address
from orders.queries import find_order
from orders.states import NONCONFORMANCE, NonconformanceState, OrderState, ProposalState
from orders.views.documents import papers_context
from orders.views.room import Room, act_in_room, order_at, show_room
from orders.views.uploads import store_evidence


def _context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    proposals = list(order.settlements.all()[:10])
    waiting = next((p for p in proposals if p.state == ProposalState.OPEN), None)
    moves = rules.available_moves(actor, order)
    held = undecided_minor(order)
    can_claim = rules.can_claim(actor, order)
    return {
        "problems": order.nonconformances.select_related("line")[:100],
        "moves": moves,
        "hold": hold_of(order),
        "can_raise": rules.RAISE_PROBLEM.is_open(actor, order),
        "can_claim": can_claim,
        "claim_over": order.claim_by is not None and order.claim_by <= timezone.now(),
        "claim_form": _claim_form(order) if can_claim else None,
        "claimable": Money(claimable_minor(order) if can_claim else 0, order.currency),
        "can_ask": rules.ASK_PLATFORM.is_open(actor, order),
        "held": Money(max(0, held), order.currency),
        "proposals": proposals,
        "waiting": waiting,
        "answers": waiting is not None and "settle_order" in moves and waiting.proposed_by != side,
        "mine": waiting is not None and "settle_order" in moves and waiting.proposed_by == side,
    }


def _claim_form(order: Order, *given: Any) -> problem_forms.ClaimForm:
    return problem_forms.ClaimForm(*given, lines=order.lines.all())


ROOM = Room(
    "order_problems",
    "orders/order_problems.html",
    _context,
    forms={
        "problem": problem_forms.ProblemForm,
        "ask": problem_forms.AskForm,
        "hold": problem_forms.ReasonForm,
        "settlement": problem_forms.SettlementForm,
        "decline": problem_forms.ReasonForm,
    },
    urls={
        "problem": "raise_nonconformance",
        "ask": "ask_platform",
        "hold": "hold_order",
        "settlement": "propose_settlement",
    },
)


def order_problems(request: Request, side: str, order: str) -> HttpResponse:
    """What is wrong, what stands still, and how the order can end."""
    return show_room(request, ROOM, side, order)


def _minor(actor: Actor, public_id: str, amount: Decimal | None) -> int:
    return to_minor(amount or Decimal(0), find_order(actor, public_id).currency)


@require_POST
def raise_nonconformance(request: Request, side: str, order: str) -> HttpResponse:
    """A claim that is not a count of inspected pieces."""

    def action(
        *,
        actor: Actor,
        public_id: str,
        kind: str,
        description: str,
        claimed: Decimal | None,
        evidence: list[UploadedFile],
    ) -> Any:
        rules.RAISE_PROBLEM.check(actor, find_order(actor, public_id))
        return acts.raise_nonconformance(
            actor=actor,
            public_id=public_id,
            claim=Claim(kind, description),
            claimed_minor=_minor(actor, public_id, claimed),
            files=store_evidence(actor, evidence),
        )

    done = "Raised. The manufacturer is told and has five days to answer."
    return act_in_room(request, ROOM, side, order, action, done, "problem")


@require_POST
def raise_claim(request: Request, side: str, order: str) -> HttpResponse:
    """A defect that showed after the goods were accepted."""
    form = _claim_form(order_at(request.actor, side, order), request.POST, request.FILES)

    def action(
        *,
        actor: Actor,
        public_id: str,
        kind: str,
        description: str,
        line: str,
        quantity: int | None,
        claimed: Decimal | None,
        evidence: list[UploadedFile],
    ) -> Any:
        rules.check_can_claim(actor, find_order(actor, public_id))
        return claims.raise_claim(
            actor=actor,
            public_id=public_id,
            claim=Claim(kind, description),
            line=line,
            quantity=quantity or 0,
            claimed_minor=_minor(actor, public_id, claimed),
            files=store_evidence(actor, evidence),
        )

    done = "Claimed. The manufacturer is told and has five days to answer."
    return act_in_room(request, ROOM, side, order, action, done, "claim", form)


@require_POST
def ask_platform(request: Request, side: str, order: str) -> HttpResponse:
    """Our people decide."""

    def action(*, actor: Actor, public_id: str, description: str) -> Any:
        claim = Claim(Nonconformance.Kind.OTHER, description)
        return acts.ask_platform(actor=actor, public_id=public_id, claim=claim)

    done = "Our people look at it. The order stands still until they have decided."
    return act_in_room(request, ROOM, side, order, action, done, "ask")


@require_POST
def hold_order(request: Request, side: str, order: str) -> HttpResponse:
    """Stop the work."""
    done = "The order is on hold; the other side is told why."
    return act_in_room(request, ROOM, side, order, settlements.hold_order, done, "hold")


@require_POST
def resume_order(request: Request, side: str, order: str) -> HttpResponse:
    """Let the work go on."""
    done = "The order goes on where it stopped."
    return act_in_room(request, ROOM, side, order, settlements.resume_order, done)


@require_POST
def propose_settlement(request: Request, side: str, order: str) -> HttpResponse:
    """Offer to end the order."""

    def action(*, actor: Actor, public_id: str, owed: Decimal | None, reason: str) -> Any:
        return settlements.propose_settlement(
            actor=actor,
            public_id=public_id,
            owed_minor=_minor(actor, public_id, owed),
            reason=reason,
        )

    done = "Proposed. The order goes on until the other side agrees."
    return act_in_room(request, ROOM, side, order, action, done, "settlement")


ANSWERS: Mapping[str, tuple[Callable[..., Any], str, str]] = {
    "accept": (settlements.accept_settlement, "Agreed. The order has ended.", ""),
    "decline": (settlements.decline_settlement, "Declined; the order goes on.", "decline"),
    "withdraw": (settlements.withdraw_settlement, "Taken back; the order goes on.", ""),
}


@require_POST
def answer_settlement(
    request: Request, side: str, order: str, settlement: str, answer: str
) -> HttpResponse:
    """Agree, decline with a reason, or take one's own proposal back."""
    if answer not in ANSWERS:
        raise NotFound()
    act, done, form = ANSWERS[answer]
    return act_in_room(request, ROOM, side, order, partial(act, settlement=settlement), done, form)


# --- one problem ----------------------------------------------------------------------------------


def _problem_of(order: Order, problem: str) -> Nonconformance:
    found = (
        order.nonconformances.select_related("line")
        .prefetch_related("files__file")
        .filter(public_id=problem)
        .first()
    )
    if found is None:
        raise NotFound()
    found.order = order
    return found


def problem_room(problem: str) -> Room:
    """The page of one problem."""
    """The page of one problem."""

    def context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
        found = _problem_of(order, problem)
        story = facts_about(found, actor.organization)
        return {
            "problem": found,
            "problem_moves": rules.problem_moves(actor, found),
            "may_act": rules.may_act_in_problem(actor, order),
            "files": [(row, link_to(row.file, actor)) for row in found.files.all()],
            "story": story,
            # Nobody settled it: the order's end did.
            "ended_with_order": found.state == NonconformanceState.RESOLVED
            and all(fact.type != "nonconformance_resolved" for fact in story),
            "shipments": found.shipments.prefetch_related("lines__line"),
            "travels": found.shipments.filter(delivered_at=None).exists(),
            "return_address": return_address(order),
            "may_return": side == Side.BUYER
            and rules.may_act_in_problem(actor, order)
            and problem_shipping.awaits_return(found),
            **papers_context(actor, order, side, problem),
            "is_next": NONCONFORMANCE.turn[found.state] == side,
        }

    return Room(
        "order_problem",
        "orders/order_problem.html",
        context,
        forms={
            "offer": problem_forms.OfferForm,
            "remedy": problem_forms.RemedyForm,
            "reopen": problem_forms.ReasonForm,
            "escalate": problem_forms.ReasonForm,
            "evidence": problem_forms.EvidenceForm,
            "carriage": ReturnForm,
        },
        parent="order_problems",
        arguments=(problem,),
    )


def order_problem(request: Request, side: str, order: str, problem: str) -> HttpResponse:
    """One problem: what is claimed, what was offered, what is next."""
    return show_room(request, problem_room(problem), side, order)


def _answer(*, actor: Actor, public_id: str, problem: str, **given: Any) -> Any:
    offer = acts.Offer(
        given["disposition"],
        given["note"],
        _minor(actor, public_id, given["refund"]),
        given["remedy_days"] or 0,
    )
    return acts.answer_nonconformance(
        actor=actor, public_id=public_id, problem=problem, offer=offer
    )


def _with_files(act: Callable[..., Any]) -> Callable[..., Any]:
    """Rights first, so that a stranger's upload never reaches the storage."""

    def action(*, actor: Actor, evidence: list[UploadedFile], **given: Any) -> Any:
        rules.check_can_in_problem(actor, find_order(actor, given["public_id"]))
        return act(actor=actor, files=store_evidence(actor, evidence), **given)

    return action


# Verb in the address -> the act, what is said when it is done, and its form.
PROBLEM_ACTS: Mapping[str, tuple[Callable[..., Any], str, str]] = {
    "answer": (_answer, "Sent. The buyer decides on your offer.", "offer"),
    "agree": (acts.agree_nonconformance, "Agreed.", ""),
    "reopen": (acts.reopen_nonconformance, "Sent back. The manufacturer answers anew.", "reopen"),
    "remedy": (_with_files(acts.report_remedy), "Reported. The buyer looks at it.", "remedy"),
    "resolve": (acts.resolve_nonconformance, "Settled.", ""),
    "withdraw": (acts.withdraw_nonconformance, "Withdrawn; the pieces count as good.", ""),
    "escalate": (
        acts.escalate_nonconformance,
        "Our people look at it and decide.",
        "escalate",
    ),
    "evidence": (_with_files(acts.attach_evidence), "Added. Both sides see it.", "evidence"),
}


@require_POST
def act_on_problem(request: Request, side: str, order: str, problem: str, act: str) -> HttpResponse:
    """One act on one problem."""
    if act not in PROBLEM_ACTS:
        raise NotFound()
    _problem_of(order_at(request.actor, side, order), problem)
    action, done, form = PROBLEM_ACTS[act]
    room = problem_room(problem)
    return act_in_room(request, room, side, order, partial(action, problem=problem), done, form)


# --- inspecting what arrived ---------------------------------------------------------------------


def _inspect_context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    rows = pieces_to_judge(order)
    return {
        "can_judge": rules.JUDGE.is_open(actor, order) and waits_for_judgment(rows),
        "is_last": order.state == OrderState.DELIVERED,
        "judged": sum(row.judged for row in rows),
    }


def _judge_form(order: Order, *given: Any) -> problem_forms.JudgeForm:
    return problem_forms.JudgeForm(*given, rows=pieces_to_judge(order))


INSPECT = Room(
    "inspect_goods",
    "orders/inspect_goods.html",
    _inspect_context,
    parent="order_detail",
    leads_back=True,
)


def inspect_goods(request: Request, side: str, order: str) -> HttpResponse:
    """Which pieces are good, line by line."""
    found = order_at(request.actor, side, order)
    if request.method != "POST":
        return show_room(request, INSPECT, side, order, bound={"judge": _judge_form(found)})
    form = _judge_form(found, request.POST, request.FILES)

    def action(*, actor: Actor, public_id: str, **given: Any) -> Any:
        rules.JUDGE.check(actor, find_order(actor, public_id))
        return acceptance.judge_goods(
            actor=actor,
            public_id=public_id,
            rejected=form.rejected,
            claim=Claim(given["kind"], given["description"]),
            files=store_evidence(actor, given["evidence"]),
        )

    done = "Done. What you rejected is a problem now that the manufacturer answers."
    return act_in_room(request, INSPECT, side, order, action, done, "judge", form)
