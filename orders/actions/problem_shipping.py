"""What travels to settle a problem: pieces anew to the buyer, or pieces back to the shop."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.states import WrongState, check_move, move
from orders import events
from orders.actions.problem_steps import opened, record_problem, wait
from orders.actions.shipping import deliver_shipment, write_papers, write_shipment
from orders.models import Disposition, Nonconformance, Shipment
from orders.progress import Progress
from orders.shipping_terms import Box, Carriage, Piece, read_pieces
from orders.states import NONCONFORMANCE, NonconformanceState

Purpose = Shipment.Purpose


def due_of(found: Nonconformance) -> list[Progress]:
    """The pieces of a problem that are due again, as a form of a shipment shows them."""
    if found.line is None:
        return []
    return [Progress(found.line, 0, 0, of=found.quantity)]


@transaction.atomic
def ship_remedy(
    *,
    actor: Actor,
    public_id: str,
    problem: str,
    pieces: Sequence[Piece],
    packages: Sequence[Box] = (),
    carriage: Carriage,
) -> Shipment:
    """Hand the pieces of a problem, made anew or reworked, to a carrier: the remedy is reported.

    All of them travel together, with delivery note and packing list, and are never counted among
    the ordered ones. Raises NotFound, NotAllowed, WrongState before a remedy that travels is
    agreed, DomainError for another number of pieces or a carrier that cannot be.
    """
    order, found, side = opened(actor, public_id, problem)
    check_move(found, NONCONFORMANCE, "report_remedy", by=side)
    if not found.may_travel:
        raise WrongState("Nothing is shipped to the buyer for this problem. Report what was done.")
    taken = read_pieces(due_of(found), pieces)
    count = sum(quantity for _, _, quantity in taken)
    if count != found.quantity:
        assert found.line is not None
        sentence = f"All {found.quantity} pieces of this problem travel together, not {count}."
        raise DomainError(sentence, fields={found.line.public_id: sentence})
    move(found, NONCONFORMANCE, "report_remedy", by=side)
    shipment = write_shipment(
        order, taken, packages, carriage, purpose=Purpose.REPLACEMENT, problem=found
    )
    write_papers(actor, order, shipment)
    found.remedy_note = f"Shipped with {shipment}."
    wait(found, settings.ACCEPTANCE_WINDOW_DAYS)
    found.save()
    record_problem(
        events.REMEDY_REPORTED, found, actor, reference=found.reference, note=found.remedy_note
    )
    return shipment


@transaction.atomic
def send_return(*, actor: Actor, public_id: str, problem: str, carriage: Carriage) -> Shipment:
    """The buyer hands the pieces that go back to a carrier, under the RMA number.

    Raises NotFound, NotAllowed, WrongState while no return is agreed or one travels already,
    DomainError for a carrier that cannot be.
    """
    order, found, side = opened(actor, public_id, problem)
    if side != Side.BUYER:
        raise NotAllowed("The buyer sends the pieces back.")
    if not awaits_return(found):
        raise WrongState(
            "No return is agreed for this problem, or the pieces are on their way already. Reload "
            "the page to see it."
        )
    taken = [] if found.line is None else [(found.line, "", found.quantity)]
    shipment = write_shipment(order, taken, (), carriage, purpose=Purpose.RETURN, problem=found)
    write_papers(actor, order, shipment)
    wait(found, settings.ACCEPTANCE_WINDOW_DAYS)
    found.save()
    record_problem(
        events.RETURN_SENT,
        found,
        actor,
        reference=found.reference,
        carrier=shipment.carrier_label,
        tracking=shipment.tracking_number,
    )
    return shipment


def awaits_return(found: Nonconformance) -> bool:
    """Whether the buyer has pieces to send back for this problem now. One query at most."""
    is_agreed = found.state == NonconformanceState.AGREED
    if not is_agreed or found.offer_disposition != Disposition.RETURN:
        return False
    return not found.shipments.filter(purpose=Purpose.RETURN, delivered_at=None).exists()


def arrived(actor: Actor, found: Nonconformance, source: str) -> None:
    """Whoever judges the pieces of a problem has them: what travels for it has arrived."""
    for shipment in found.shipments.filter(delivered_at=None).select_related("order"):
        deliver_shipment(actor=actor, shipment=shipment, source=source)
