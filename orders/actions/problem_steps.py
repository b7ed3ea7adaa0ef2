"""What the acts on a problem have in common; the caller holds the order's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.money import Money
from marketplace.core.states import move
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.conclusion import leave_dispute
from orders.actions.money import Because, Kind, decide_money, gross_of_held
from orders.judging import everything_judged
from orders.models import ClaimRefund, Nonconformance, NonconformanceFile, Order, OrderLine
from orders.queries import lock_order
from orders.rules import check_can_in_problem
from orders.states import DISPUTABLE, NONCONFORMANCE, ORDER, NonconformanceState
from orders.vat import gross_part

MOST_FILES = 20


@dataclass(frozen=True)
class Claim:
    """What is wrong, in the claimant's words."""

    kind: str
    description: str

    def check(self) -> None:
        """Raises DomainError for an unknown kind or a missing description."""
        if self.kind not in Nonconformance.Kind.values:
            raise DomainError("Say what is wrong.", fields={"kind": "Choose one."})
        if not self.description.strip():
            raise DomainError(
                "Describe what is wrong, so that the other side can act on it.",
                fields={"description": "Describe it."},
            )


def open_nonconformance(
    *,
    actor: Actor,
    order: Order,
    side: str,
    claim: Claim,
    line: OrderLine | None = None,
    quantity: int = 0,
    held_minor: int = 0,
    claimed_minor: int = 0,
    after_acceptance: bool = False,
    files: Sequence[StoredFile] = (),
) -> Nonconformance:
    """Write a claim down. The caller holds the order's lock and has checked the right."""
    claim.check()
    found = Nonconformance.objects.create(
        order=order,
        line=line,
        quantity=quantity,
        raised_by=side,
        kind=claim.kind,
        description=claim.description.strip(),
        held_minor=held_minor,
        claimed_minor=claimed_minor,
        after_acceptance=after_acceptance,
        respond_by=in_days(settings.NCR_ANSWER_DAYS),
    )
    keep_files(found, side, files)
    pieces = f"{quantity} of {line.part_number}" if line else "the order"
    record_problem(
        events.NONCONFORMANCE_RAISED,
        found,
        actor,
        reference=found.reference,
        about=pieces,
        kind=found.get_kind_display().lower(),
    )
    return found


def problem_of(order: Order, problem: str) -> Nonconformance:
    """A problem of this order. Raises NotFound."""
    found = order.nonconformances.select_related("line").filter(public_id=problem).first()
    if found is None:
        raise NotFound()
    found.order = order
    return found


def opened(actor: Actor, public_id: str, problem: str) -> tuple[Order, Nonconformance, str]:
    """The locked order, its problem and the actor's side, when the role allows the verb."""
    order = lock_order(public_id)
    found = problem_of(order, problem)
    return order, found, check_can_in_problem(actor, order)


def resolve(
    actor: Actor, order: Order, found: Nonconformance, side: str, refund_minor: int
) -> Nonconformance:
    """It is settled: so much (minor units) goes back to the buyer; the order goes on or ends."""
    move(found, NONCONFORMANCE, "resolve_nonconformance", by=side)
    found.respond_by = None
    found.refunded_minor = refund_minor
    found.save()
    record_problem(
        events.NONCONFORMANCE_RESOLVED,
        found,
        actor,
        reference=found.reference,
        refund=gross_back(found, refund_minor),
        refund_minor=refund_minor,
        decided=bool(found.decision),
    )
    share_out(actor, order, found, refund_minor)
    leave_dispute(actor=actor, order=order, side=side)
    return found


def share_out(actor: Actor, order: Order, found: Nonconformance, refund_minor: int) -> None:
    """What is agreed goes back; of rejected pieces the rest goes to the manufacturer, of another
    claim it is free again and follows the acceptance. So does the money of pieces that count as
    good again while others are still to be judged. After the acceptance it is owed."""
    if found.after_acceptance:
        _owe(actor, found, refund_minor)
        return
    values: dict[str, Any] = {
        "actor": actor,
        "order": order,
        "because": Because.NONCONFORMANCE,
        "subject": found.public_id,
    }
    decide_money(kind=Kind.REFUND, amount_minor=refund_minor, **values)
    is_good_again = found.state == NonconformanceState.WITHDRAWN
    if found.line_id is not None and (not is_good_again or everything_judged(order)):
        decide_money(kind=Kind.RELEASE, amount_minor=found.held_minor - refund_minor, **values)


def _owe(actor: Actor, found: Nonconformance, refund_minor: int) -> None:
    """The order's money is with the manufacturer: what goes back is owed, and payments settles
    it."""
    if refund_minor == 0:
        return
    refund = ClaimRefund.objects.create(nonconformance=found, amount_minor=refund_minor)
    record(
        events.CLAIM_REFUND_OWED,
        refund,
        thread=found.order,
        actor=actor,
        visible_to=found.order.parties,
        reference=found.reference,
        amount=gross_back(found, refund_minor),
        amount_minor=refund_minor,
        currency=found.order.currency,
    )


def escalate(actor: Actor, order: Order, found: Nonconformance, side: str, reason: str) -> None:
    """The platform decides; the order stands still until it has, unless it was accepted before."""
    move(found, NONCONFORMANCE, "escalate_nonconformance", by=side)
    found.respond_by = None
    found.save()
    if order.state in DISPUTABLE:
        left = order.state
        move(order, ORDER, "dispute_order", by=side)
        order.left_state = left
        order.save(update_fields=["left_state"])
    record_problem(
        events.NONCONFORMANCE_ESCALATED,
        found,
        actor,
        reference=found.reference,
        reason=reason[:300],
    )


def offer_in_words(found: Nonconformance) -> str:
    """Such as "replace in 10 days, €5.00 back"."""
    words = str(found.get_offer_disposition_display()).lower()
    if found.remedy_days:
        words += f" in {found.remedy_days} days"
    back = found.offer_refund_minor
    return f"{words}, {found.order.gross_words(back)} back" if back else words


def gross_back(found: Nonconformance, minor: int) -> str:
    """What the buyer really gets of `minor`, in words: out of what is held, or owed after the
    acceptance."""
    order = found.order
    if not found.after_acceptance:
        return gross_of_held(order, minor)
    back = order.money_decisions.filter(kind=Kind.REFUND).aggregate(sum=Sum("amount_minor"))
    claims = ClaimRefund.objects.filter(nonconformance__order=order).exclude(nonconformance=found)
    owed = claims.aggregate(sum=Sum("amount_minor"))
    kept = order.funded_minor - (back["sum"] or 0) - (owed["sum"] or 0)
    gross = gross_part(kept, minor, order.vat_bps)
    return order.with_vat(str(Money(gross, order.currency)))


def need(text: str, field: str, sentence: str) -> None:
    """Raises DomainError with the sentence, at the field, for an empty text."""
    if not text.strip():
        raise DomainError(sentence, fields={field: sentence})


def in_days(days: int) -> datetime:
    """The moment so many days from now."""
    return timezone.now() + timedelta(days=days)


def wait(found: Nonconformance, days: int) -> None:
    """Whoever is next has so many days, and is reminded once."""
    found.respond_by = in_days(days)
    found.reminded = False


def keep_files(found: Nonconformance, side: str, files: Sequence[StoredFile]) -> None:
    """Keep evidence of a side. Raises DomainError above MOST_FILES."""
    if found.files.count() + len(files) > MOST_FILES:
        raise DomainError(f"A problem keeps at most {MOST_FILES} files.")
    NonconformanceFile.objects.bulk_create(
        NonconformanceFile(nonconformance=found, file=file, side=side) for file in files
    )


def record_problem(fact: Fact, found: Nonconformance, actor: Actor, **data: Any) -> None:
    """Record a fact of the problem in the order's story, for both parties."""
    record(fact, found, actor=actor, thread=found.order, visible_to=found.order.parties, **data)
