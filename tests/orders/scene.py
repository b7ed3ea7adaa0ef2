"""An order between Bea and Milo in any state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.roles import Side
from marketplace.files.models import StoredFile
from marketplace.parts.models import Part, PartRevision
from orders.actions.blanket_orders import LineAgreed, Period, propose_blanket
from orders.actions.placement import LineSnapshot, Terms, place_order
from orders.actions.reviews import review_order
from orders.models import BlanketOrder, Order, Review
from orders.review_criteria import CRITERIA
from tests.personas import Persona
from tests.steps import step

# What each side may send as its review: five stars for everything.
SCORES = {str(side): dict.fromkeys(names, 5) for side, names in CRITERIA.items()}


@step
def revision_of(bea: Persona, number: str = "BRK-1") -> PartRevision:
    """A part revision with a model file that was never uploaded anywhere."""
    part = Part.objects.create(organization=bea.organization, number=number, name="Bracket")
    file = StoredFile.objects.create(
        organization=bea.organization,
        kind=StoredFile.Kind.MODEL,
        name=f"{number}.step",
        content_type="model/step",
        size=1,
        sha256="ab" * 32,
        content="aa/bracket",
    )
    revision = PartRevision.objects.create(part=part, model_file=file)
    Part.objects.filter(pk=part.pk).update(current=revision)
    return revision


@step
def make_order(
    bea: Persona, milo: Persona, state: str = "", agreed: Any = None, **line: Any
) -> Order:
    """An order of 40 brackets at 12.50 plus 5.00 freight, put into `state` if one is given.

    `agreed` are the terms as proposed, `line` more values of its LineSnapshot.
    """
    number = f"BRK-{Order.objects.count() + 1}"
    order = place_order(
        actor=bea.actor,
        buyer=bea.organization,
        manufacturer=milo.organization,
        lines=[
            LineSnapshot(
                part_revision=revision_of(bea, number),
                process="CNC milling",
                material="Aluminum 6061-T6",
                finish="",
                tolerance="ISO 2768-1 m (medium)",
                quantity=40,
                unit_price=Decimal("12.5000"),
                lead_time_days=10,
                **line,
            )
        ],
        terms=Terms(
            title="Brackets",
            currency="EUR",
            incoterm="DAP",
            ship_to="Aachen",
            freight_minor=500,
            quote_id=f"quo_{number}",
            agreed=agreed or {},
        ),
    )
    if state:
        force(order, state)
    return order


def force(order: Order, state: str) -> None:
    """Put an order into a state without walking there."""
    Order.objects.filter(pk=order.pk).update(state=state, accept_by=timezone.now())
    submitted = state in ("partly_shipped", "shipped", "delivered")
    order.milestones.update(state="submitted" if submitted else "pending")
    order.refresh_from_db()


@step
def write_review(writer: Persona, order_id: str, stars: int, text: str = "") -> Review:
    """The review of a party of the order, the same stars for each of its criteria."""
    side = Side.BUYER if writer.organization.is_buyer else Side.MANUFACTURER
    scores = dict.fromkeys(CRITERIA[side], stars)
    return review_order(actor=writer.actor, public_id=order_id, scores=scores, text=text)


@step
def blanket_from(
    bea: Persona, order: Order, *, quantity: int = 100, least: int = 10, days: int = 365
) -> BlanketOrder:
    """A blanket order of the order's first line, proposed today."""
    today = timezone.localdate()
    return propose_blanket(
        actor=bea.actor,
        order_id=order.public_id,
        period=Period(today, today + timedelta(days=days), 12),
        lines=[LineAgreed(order.lines.all()[0].public_id, quantity, least)],
        ship_to="Aachen, gate 2",
    )
