"""What staff decide about orders and problems, each with a small form."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from accounts.actor import Actor
from accounts.admin_decisions import Decision
from marketplace.core.money import Money, to_minor
from orders.actions import evidence, nonconformances, placement, settlements, staff_decisions
from orders.actions.money import undecided_minor
from orders.models import Nonconformance, Order
from orders.states import N_ENDED


class _Amount(forms.DecimalField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, min_value=0, max_digits=12, decimal_places=2)


class _Reasons(forms.CharField):
    def __init__(self, label: str = "Reasons; both sides read them") -> None:
        super().__init__(
            label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "cols": 80})
        )


class EndDisputeForm(forms.Form):
    owed = _Amount("To the manufacturer, before VAT; the rest goes back to the buyer")
    decision = _Reasons()


class DecideProblemForm(forms.Form):
    refund = _Amount("Back to the buyer, before VAT")
    decision = _Reasons()


def _end_dispute(*, actor: Actor, public_id: str, owed: Decimal, decision: str) -> Any:
    currency = Order.objects.values_list("currency", flat=True).get(public_id=public_id)
    return staff_decisions.end_disputed_order(
        actor=actor, public_id=public_id, owed_minor=to_minor(owed, currency), decision=decision
    )


def _decide_problem(*, actor: Actor, public_id: str, refund: Decimal, decision: str) -> Any:
    found = Nonconformance.objects.select_related("order").get(public_id=public_id)
    return nonconformances.decide_nonconformance(
        actor=actor,
        public_id=found.order.public_id,
        problem=public_id,
        refund_minor=to_minor(refund, found.order.currency),
        decision=decision,
    )


def _resume(*, actor: Actor, public_id: str) -> Any:
    return settlements.resume_order(actor=actor, public_id=public_id)


def _ask_evidence(*, actor: Actor, public_id: str) -> Any:
    return evidence.ask_evidence(actor=actor, public_id=public_id)


def _ask_evidence_of(*, actor: Actor, public_id: str) -> Any:
    found = Nonconformance.objects.select_related("order").get(public_id=public_id)
    return evidence.ask_evidence(actor=actor, public_id=found.order.public_id, problem=public_id)


def _claim_in_words(claim: Nonconformance) -> str:
    about = f"{claim.quantity} of {claim.line.part_number}" if claim.line else "the order"
    sums = "claimed" if claim.after_acceptance else "held for it"
    words = [
        f"{claim.get_kind_display()}, {about}, by the {claim.get_raised_by_display().lower()}; "
        f"{claim.at_stake} {sums}; {claim.get_state_display().lower()}.",
        claim.description,
    ]
    if claim.offer_disposition:
        offered = f"{claim.get_offer_disposition_display()}, {claim.offer_refund} back"
        words.append(f"The manufacturer offered: {offered}. {claim.offer_note}".strip())
    return "\n".join(words)


def _dispute_facts(order: Order) -> list[tuple[str, str]]:
    """What is held and every open claim."""
    held = Money(max(0, undecided_minor(order)), order.currency)
    claims = order.nonconformances.exclude(state__in=N_ENDED).select_related("line", "order")
    return [
        ("Price of the order", str(order.total)),
        ("Still held, to be shared", str(held)),
        *((claim.reference, _claim_in_words(claim)) for claim in claims.order_by("pk")),
    ]


def _problem_facts(claim: Nonconformance) -> list[tuple[str, str]]:
    """The claim, and the most that can go back."""
    return [
        (claim.order.reference, claim.order.title),
        ("The most that can go back", str(claim.at_stake)),
        (claim.reference, _claim_in_words(claim)),
    ]


READ_BOTH = "Read both sides and the evidence first."
ORDER_DECISIONS: Mapping[str, Decision] = {
    "hold_order": Decision(
        "Put on hold",
        settlements.hold_order,
        "reason",
        "Why? Both sides read it.",
        "is on hold",
    ),
    "resume_order": Decision(
        "Let it go on",
        _resume,
        "",
        "Why? Both sides read it as the reason of staff.",
        "goes on",
    ),
    "settle_dispute": Decision(
        "Decide the dispute",
        _end_dispute,
        "",
        READ_BOTH,
        "is decided",
        form=EndDisputeForm,
        facts=_dispute_facts,
    ),
    "cancel_order": Decision(
        "Cancel and refund",
        placement.cancel_order,
        "reason",
        "Why? Both sides read it. Everything that is still held goes back to the buyer.",
        "is cancelled",
    ),
    "ask_evidence": Decision(
        "Put the evidence together",
        _ask_evidence,
        "",
        "What for? It stands in the order's history, for staff alone.",
        "has its evidence put together; it is below in a moment, among the documents",
        always=True,
    ),
}
PROBLEM_DECISIONS: Mapping[str, Decision] = {
    "resolve_nonconformance": Decision(
        "Decide",
        _decide_problem,
        "",
        READ_BOTH,
        "is decided",
        form=DecideProblemForm,
        facts=_problem_facts,
    ),
    "ask_evidence": Decision(
        "Put the evidence together",
        _ask_evidence_of,
        "",
        "What for? It stands in the order's history, for staff alone.",
        "has its evidence put together; it is in a moment among the documents of its order",
        always=True,
    ),
}
