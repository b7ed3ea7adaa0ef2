"""A problem with delivered goods: claimed, answered with an offer, settled, or decided by staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError
from marketplace.core.numbers import take_number
from marketplace.core.states import WrongState, move
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.conclusion import leave_dispute
from orders.actions.money import free_minor
from orders.actions.problem_shipping import arrived
from orders.actions.problem_steps import (
    Claim,
    escalate,
    keep_files,
    need,
    offer_in_words,
    open_nonconformance,
    opened,
    record_problem,
    resolve,
    share_out,
    wait,
)
from orders.models import Disposition, Nonconformance, Shipment
from orders.queries import lock_order
from orders.rules import ASK_PLATFORM, RAISE_PROBLEM
from orders.states import N_ENDED, NONCONFORMANCE, NonconformanceState, OrderState


@dataclass(frozen=True)
class Offer:
    """How the manufacturer would settle it. `refund_minor` in minor units of the order."""

    disposition: str
    note: str
    refund_minor: int = 0
    remedy_days: int = 0


@transaction.atomic
def raise_nonconformance(
    *,
    actor: Actor,
    public_id: str,
    claim: Claim,
    claimed_minor: int = 0,
    files: Sequence[StoredFile] = (),
) -> Nonconformance:
    """Claim something about the order that is not a count of pieces: late, damaged, documents.

    `claimed_minor` is held back until it is settled. Raises DomainError above what is held.
    """
    order = lock_order(public_id)
    side = RAISE_PROBLEM.check(actor, order)
    free = free_minor(order)
    if not 0 <= claimed_minor <= free:
        sentence = f"At most {order.net_words(free)} of this order is still held."
        raise DomainError(sentence, fields={"claimed": sentence})
    found = open_nonconformance(
        actor=actor, order=order, side=side, claim=claim, held_minor=claimed_minor, files=files
    )
    if order.state == OrderState.DELIVERED:
        # Silence no longer means that all is good.
        order.accept_by = None
        order.save(update_fields=["accept_by"])
    return found


@transaction.atomic
def answer_nonconformance(
    *, actor: Actor, public_id: str, problem: str, offer: Offer
) -> Nonconformance:
    """The manufacturer offers how to put it right. Raises DomainError for an offer that cannot be:
    more money than is held for this, a remedy without days."""
    _, found, side = opened(actor, public_id, problem)
    _check_offer(found, offer)
    move(found, NONCONFORMANCE, "answer_nonconformance", by=side)
    found.offer_disposition = offer.disposition
    found.offer_refund_minor = offer.refund_minor
    found.offer_note = offer.note.strip()
    found.remedy_days = offer.remedy_days if found.needs_remedy else 0
    wait(found, settings.NCR_DECIDE_DAYS)
    found.save()
    record_problem(
        events.NONCONFORMANCE_ANSWERED,
        found,
        actor,
        reference=found.reference,
        offer=offer_in_words(found),
        note=found.offer_note[:200],
    )
    return found


@transaction.atomic
def agree_nonconformance(*, actor: Actor, public_id: str, problem: str) -> Nonconformance:
    """The buyer takes the offer: a remedy is awaited, anything else settles it at once."""
    order, found, side = opened(actor, public_id, problem)
    if not found.needs_remedy:
        return resolve(actor, order, found, side, found.offer_refund_minor)
    move(found, NONCONFORMANCE, "agree_nonconformance", by=side)
    if found.offer_disposition == Disposition.RETURN:
        # A second return for the same problem goes by the number it has.
        found.rma_number = found.rma_number or _next_rma()
    wait(found, found.remedy_days)
    found.save()
    record_problem(
        events.NONCONFORMANCE_AGREED,
        found,
        actor,
        reference=found.reference,
        offer=offer_in_words(found),
    )
    return found


@transaction.atomic
def report_remedy(
    *,
    actor: Actor,
    public_id: str,
    problem: str,
    note: str,
    files: Sequence[StoredFile] = (),
) -> Nonconformance:
    """The manufacturer has put it right where nothing travels, or has the returned pieces back,
    which settles it. Pieces that are replaced are shipped instead (`ship_remedy`).

    Raises WrongState for those, DomainError without a note.
    """
    order, found, side = opened(actor, public_id, problem)
    need(note, "note", "Say what was done, or in which condition the pieces came back.")
    if found.state == NonconformanceState.AGREED and found.must_travel:
        raise WrongState("Ship the replacement: the buyer looks at it when it has arrived.")
    move(found, NONCONFORMANCE, "report_remedy", by=side)
    found.remedy_note = note.strip()
    wait(found, settings.ACCEPTANCE_WINDOW_DAYS)
    found.save()
    keep_files(found, side, files)
    record_problem(
        events.REMEDY_REPORTED, found, actor, reference=found.reference, note=note.strip()[:200]
    )
    if found.offer_disposition == Disposition.RETURN:
        arrived(actor, found, Shipment.Source.MANUFACTURER)
        return resolve(actor, order, found, Side.SYSTEM, found.offer_refund_minor)
    return found


@transaction.atomic
def reopen_nonconformance(
    *, actor: Actor, public_id: str, problem: str, reason: str
) -> Nonconformance:
    """The buyer does not take the offer, or the remedy did not put it right."""
    _, found, side = opened(actor, public_id, problem)
    need(reason, "reason", "Say why not, so that the manufacturer can do better.")
    move(found, NONCONFORMANCE, "reopen_nonconformance", by=side)
    wait(found, settings.NCR_ANSWER_DAYS)
    found.save()
    record_problem(
        events.NONCONFORMANCE_REOPENED,
        found,
        actor,
        reference=found.reference,
        reason=reason.strip()[:300],
    )
    return found


@transaction.atomic
def resolve_nonconformance(*, actor: Actor, public_id: str, problem: str) -> Nonconformance:
    """The remedy put it right; what was agreed about money happens."""
    order, found, side = opened(actor, public_id, problem)
    arrived(actor, found, Shipment.Source.BUYER)
    return resolve(actor, order, found, side, found.offer_refund_minor)


@transaction.atomic
def withdraw_nonconformance(*, actor: Actor, public_id: str, problem: str) -> Nonconformance:
    """The buyer has no claim any more; the pieces count as good."""
    order, found, side = opened(actor, public_id, problem)
    move(found, NONCONFORMANCE, "withdraw_nonconformance", by=side)
    found.respond_by = None
    found.save()
    record_problem(events.NONCONFORMANCE_WITHDRAWN, found, actor, reference=found.reference)
    share_out(actor, order, found, refund_minor=0)
    leave_dispute(actor=actor, order=order, side=side)
    return found


@transaction.atomic
def escalate_nonconformance(
    *, actor: Actor, public_id: str, problem: str, reason: str
) -> Nonconformance:
    """Either side asks the platform to decide; the order stands still until it has."""
    order, found, side = opened(actor, public_id, problem)
    need(reason, "reason", "Say what the platform should decide, and why.")
    escalate(actor, order, found, side, reason.strip())
    return found


@transaction.atomic
def decide_nonconformance(
    *, actor: Actor, public_id: str, problem: str, refund_minor: int, decision: str
) -> Nonconformance:
    """Staff decide: so much goes back to the buyer, the rest of what this held to the manufacturer.

    Raises DomainError above what is held or without the reasons.
    """
    order, found, side = opened(actor, public_id, problem)
    need(decision, "decision", "Write down the reasons; both sides read them.")
    if not 0 <= refund_minor <= found.at_stake_minor:
        most = order.net_words(found.at_stake_minor)
        sentence = f"Between 0 and {most} can go back to the buyer."
        raise DomainError(sentence, fields={"refund": sentence})
    found.decision = decision.strip()
    resolve(actor, order, found, side, refund_minor)
    return found


@transaction.atomic
def attach_evidence(
    *, actor: Actor, public_id: str, problem: str, files: Sequence[StoredFile]
) -> None:
    """Either party adds photos or documents while the problem is open."""
    _, found, side = opened(actor, public_id, problem)
    if found.state in N_ENDED:
        raise WrongState("This problem has ended; nothing more is added to it.")
    if not files:
        raise DomainError("Choose at least one file.", fields={"files": "Choose a file."})
    keep_files(found, side, files)
    record_problem(
        events.EVIDENCE_ADDED,
        found,
        actor,
        reference=found.reference,
        files=", ".join(file.name for file in files)[:200],
    )


@transaction.atomic
def ask_platform(
    *, actor: Actor, public_id: str, claim: Claim, files: Sequence[StoredFile] = ()
) -> Nonconformance:
    """Either side asks the platform to decide about the order, without a claim to answer first."""
    order = lock_order(public_id)
    side = ASK_PLATFORM.check(actor, order)
    found = open_nonconformance(actor=actor, order=order, side=side, claim=claim, files=files)
    escalate(actor, order, found, side, claim.description.strip())
    return found


def _check_offer(found: Nonconformance, offer: Offer) -> None:
    if offer.disposition not in Disposition.values:
        raise DomainError("Say what you offer.", fields={"disposition": "Choose one."})
    need(offer.note, "note", "Say in a sentence what you offer.")
    if not 0 <= offer.refund_minor <= found.at_stake_minor:
        most = found.order.net_words(found.at_stake_minor)
        sentence = f"Between 0 and {most} can go back: that is what this is about."
        raise DomainError(sentence, fields={"refund": sentence})
    gives_back = offer.disposition in (Disposition.REFUND, Disposition.RETURN)
    if gives_back and not offer.refund_minor:
        raise DomainError(
            "Say how much goes back to the buyer.", fields={"refund": "Enter an amount."}
        )
    found.offer_disposition = offer.disposition
    if found.needs_remedy and not 1 <= offer.remedy_days <= 180:
        raise DomainError(
            "Say in how many days it is put right, from 1 to 180.",
            fields={"remedy_days": "From 1 to 180."},
        )


def _next_rma() -> str:
    series = f"RMA-{timezone.localdate().year}"
    return f"{series}-{take_number(series):05d}"
