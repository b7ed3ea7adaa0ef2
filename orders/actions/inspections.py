"""The shop writes down what it inspected."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.files.models import StoredFile
from orders import events
from orders.models import Inspection, Order, OrderLine
from orders.queries import lock_order
from orders.rules import INSPECT
from orders.sampling import AQLS, Plan, full_inspection, plan_for

MOST = 500


@dataclass(frozen=True)
class Looked:
    """`lot_size` pieces of a lot, `defects` of the inspected ones failed; no `aql` means 100 %."""

    line: str
    lot_size: int
    defects: int
    inspected_on: date
    lot: str = ""
    aql: str = ""
    inspector: str = ""
    note: str = ""


@transaction.atomic
def record_inspection(
    *, actor: Actor, public_id: str, looked: Looked, file: StoredFile | None = None
) -> Inspection:
    """Keep an inspection; sample size, limits and result are computed from lot and AQL.

    Raises NotFound, NotAllowed, WrongState, DomainError with a sentence a field.
    """
    order = lock_order(public_id)
    INSPECT.check(actor, order)
    line = line_of(order, looked.line)
    plan = _plan(looked, line)
    if order.inspections.count() >= MOST:
        raise DomainError(f"An order keeps at most {MOST} inspections.")
    person = actor.user.name if actor.user else ""
    made = Inspection.objects.create(
        order=order,
        line=line,
        lot=" ".join(looked.lot.split())[:40],
        lot_size=plan.lot_size,
        plan=Inspection.Plan.SAMPLING if looked.aql else Inspection.Plan.FULL,
        aql=looked.aql,
        letter=plan.letter,
        sample_size=plan.sample_size,
        accept=plan.accept,
        defects=looked.defects,
        inspector=(" ".join(looked.inspector.split()) or person)[:120],
        inspected_on=looked.inspected_on,
        note=looked.note.strip()[:2000],
        file=file,
    )
    record(
        events.INSPECTION_RECORDED,
        made,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        part=line.part_number,
        result=made.result_label.lower(),
        sample=made.sample_size,
        defects=made.defects,
    )
    return made


def line_of(order: Order, public_id: str) -> OrderLine:
    """A line of this order. Raises NotFound."""
    found = order.lines.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def _plan(looked: Looked, line: OrderLine) -> Plan:
    faults: dict[str, str] = {}
    if not 1 <= looked.lot_size <= line.quantity:
        faults["lot_size"] = f"A lot of this line has 1 to {line.quantity} pieces."
    if looked.aql and looked.aql not in AQLS:
        faults["aql"] = f"Choose one of {', '.join(AQLS)}, or 100 %."
    if looked.inspected_on > timezone.localdate():
        faults["inspected_on"] = "This day lies ahead."
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)
    full = full_inspection(looked.lot_size)
    plan = plan_for(looked.lot_size, looked.aql) if looked.aql else full
    if not 0 <= looked.defects <= plan.sample_size:
        raise DomainError(
            f"The plan looks at {plan.sample_size} of {plan.lot_size} pieces, so at most that many "
            "can fail.",
            fields={"defects": f"0 to {plan.sample_size}."},
        )
    return plan
