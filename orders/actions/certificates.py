"""Certificates: written by the platform on the shop's word, handed in, or given up by the buyer."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.documents import issue_document
from orders.actions.inspections import line_of
from orders.models import Order, OrderCertificate, OrderDocument, Waiver
from orders.papers.conformance import conformance_certificate
from orders.quality import PAPERS, newest_inspections, papers_asked
from orders.queries import lock_order, side_of
from orders.rules import INSPECT, INSPECTABLE

MOST, MOST_CONFORMANCES = 500, 20


@transaction.atomic
def issue_conformance(*, actor: Actor, public_id: str) -> OrderDocument:
    """The certificate of conformance for the whole order, signed by the name of who clicks. Issued
    again it is the next revision. Raises NotFound, NotAllowed, WrongState, DomainError."""
    order = lock_order(public_id)
    INSPECT.check(actor, order)
    inspections = newest_inspections(order)
    failed = [row.line.part_number for row in inspections if not row.passed]
    if failed:
        raise DomainError(
            f"The newest inspection of {', '.join(failed[:5])} failed. Inspect again after the "
            "rework, then certify."
        )
    revision = order.documents.filter(kind=OrderDocument.Kind.CONFORMANCE).count() + 1
    if revision > MOST_CONFORMANCES:
        raise DomainError(f"An order keeps at most {MOST_CONFORMANCES} of these certificates.")
    person = actor.user.name if actor.user else str(actor)
    return issue_document(
        actor=actor,
        order=order,
        kind=OrderDocument.Kind.CONFORMANCE,
        revision=revision,
        write=lambda number: conformance_certificate(
            order, number, person=person, at=timezone.now(), inspections=inspections
        ),
    )


@transaction.atomic
def add_certificate(
    *,
    actor: Actor,
    public_id: str,
    line: str,
    code: str,
    quantity: int,
    file: StoredFile,
    lot: str = "",
    number: str = "",
) -> OrderCertificate:
    """Hand a paper in for so many pieces of a line. Raises NotFound, NotAllowed, WrongState,
    DomainError with a sentence a field."""
    order = lock_order(public_id)
    INSPECT.check(actor, order)
    found = line_of(order, line)
    faults: dict[str, str] = {}
    if code not in PAPERS:
        faults["code"] = "Choose a kind of certificate."
    if not 1 <= quantity <= found.quantity:
        faults["quantity"] = f"This line has {found.quantity} pieces."
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)
    if order.certificates.count() >= MOST:
        raise DomainError(f"An order keeps at most {MOST} certificates.")
    made = OrderCertificate.objects.create(
        order=order,
        line=found,
        code=code,
        name=PAPERS[code],
        number=" ".join(number.split())[:60],
        quantity=quantity,
        lot=" ".join(lot.split())[:40],
        file=file,
    )
    record(
        events.ORDER_CERTIFICATE_ADDED,
        made,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        name=made.name,
        part=found.part_number,
    )
    return made


@transaction.atomic
def waive_document(*, actor: Actor, public_id: str, line: str, code: str) -> Waiver:
    """The buyer does without a paper it asked for; twice is once.

    Raises NotFound, NotAllowed, DomainError when the line does not ask for it.
    """
    order = lock_order(public_id)
    check_can_waive(actor, order)
    found = line_of(order, line)
    asked = [a for a in papers_asked(order) if a.line.pk == found.pk and a.code == code]
    if not asked:
        raise NotFound()
    kept = order.waivers.filter(line=found, code=code).first()
    if kept is not None:
        return kept
    person = actor.user.name if actor.user else ""
    made = Waiver.objects.create(order=order, line=found, code=code, person=person[:120])
    record(
        events.DOCUMENT_WAIVED,
        order,
        actor=actor,
        visible_to=order.parties,
        name=asked[0].name,
        part=found.part_number,
    )
    return made


def check_can_waive(actor: Actor, order: Order) -> None:
    """The buyer's members who award change what the order asks for. Raises NotFound, NotAllowed,
    WrongState."""
    if side_of(actor, order) != Side.BUYER:
        raise NotAllowed("The buyer asked for this paper and can do without it.")
    actor.check(Permission.AWARD)
    if order.state not in INSPECTABLE:
        raise WrongState(
            "Papers are waived from the confirmation until everything has been shipped. "
            f"This order is {order.get_state_display().lower()}."
        )


def can_waive(actor: Actor, order: Order) -> bool:
    """The same rule for buttons, while parts are still to be shipped."""
    return (
        side_of(actor, order) == Side.BUYER
        and actor.may(Permission.AWARD)
        and order.state in INSPECTABLE
    )
