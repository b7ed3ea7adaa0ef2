"""The contract cannot be changed, not even by a line of SQL."""

import pytest
from django.db import IntegrityError, transaction

from orders.models import Order, OrderLine
from tests.orders.scene import make_order
from tests.personas import Persona


@pytest.mark.parametrize(
    "change",
    [
        {"total_minor": 1, "goods_minor": 1, "freight_minor": 0},
        {"ship_to": "Elsewhere"},
        {"po_number": "PO-2"},
        {"buyer_name": "Somebody"},
    ],
    ids=lambda c: next(iter(c)),
)
def test_what_was_agreed_is_refused_to_an_update(
    bea: Persona, milo: Persona, change: dict[str, object]
) -> None:
    order = make_order(bea, milo)
    with pytest.raises(IntegrityError, match="an order is a contract"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**change)
    before = order.total_minor, order.ship_to
    order.refresh_from_db()
    assert (order.total_minor, order.ship_to) == before


@pytest.mark.parametrize("change", [{"quantity": 1}, {"unit_price": 1}, {"files": []}])
def test_a_line_never_changes(bea: Persona, milo: Persona, change: dict[str, object]) -> None:
    make_order(bea, milo)
    with pytest.raises(IntegrityError, match="an order is a contract"), transaction.atomic():
        OrderLine.objects.update(**change)


def test_a_later_change_of_the_part_leaves_the_order_alone(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo)
    part = order.lines.get().part_revision.part
    part.number, part.name = "NEW-1", "Renamed"
    part.save()
    assert order.lines.get().part_name == "Bracket"
