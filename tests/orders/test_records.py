"""What a shop's orders say about it, and the orders behind each figure."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.buyer_records import purchases_behind
from orders.models import Order, Shipment
from orders.records import BEHIND, order_figures_of, orders_behind
from tests.orders.scene import make_order
from tests.personas import Persona

TODAY = date(2030, 6, 15)


def sale(bea: Persona, milo: Persona, state: str, due: int, *shipped: int) -> Order:
    """An order promised `due` days from TODAY, shipped on each of the days given."""
    order = make_order(bea, milo, state)
    Order.objects.filter(pk=order.pk).update(ship_by=TODAY + timedelta(days=due))
    for number, day in enumerate(shipped):
        at = datetime.combine(TODAY + timedelta(days=day), datetime.min.time())
        Shipment.objects.create(
            order=order,
            number=number + 1,
            carrier="dhl",
            tracking_number=f"JD{number}",
            shipped_at=timezone.make_aware(at.replace(hour=23)),
        )
    return order


def counts(milo: Persona) -> dict[str, int]:
    return order_figures_of(milo.organization.pk, TODAY)


def test_on_time_is_the_last_shipment_on_the_promised_day(bea: Persona, milo: Persona) -> None:
    sale(bea, milo, "closed", -10, -12, -10)
    sale(bea, milo, "shipped", -10, -12, -9)
    sale(bea, milo, "shipped", 5, -1)
    found = counts(milo)
    assert (found["on_time_orders"], found["due_orders"], found["shipped_orders"]) == (2, 3, 3)


def test_what_is_overdue_counts_before_it_ships(bea: Persona, milo: Persona) -> None:
    sale(bea, milo, "in_production", -1)
    sale(bea, milo, "on_hold", -1)
    sale(bea, milo, "in_production", 0)
    sale(bea, milo, "ready_to_ship", 3, -1)
    sale(bea, milo, "cancelled", -1)
    found = counts(milo)
    assert (found["on_time_orders"], found["due_orders"], found["shipped_orders"]) == (0, 2, 0)


def test_the_period_is_a_year_of_promised_days(bea: Persona, milo: Persona) -> None:
    sale(bea, milo, "closed", -364, -364)
    sale(bea, milo, "closed", -365, -365)
    make_order(bea, milo, "closed")
    assert (counts(milo)["due_orders"], counts(milo)["delivered_pieces"]) == (1, 40)


def test_pieces_and_disputes(bea: Persona, milo: Persona, rita: Persona) -> None:
    sale(bea, milo, "accepted", -3, -3)
    sale(bea, milo, "disputed", -3, -3)
    sale(bea, rita, "accepted", -3, -3)
    found = counts(milo)
    assert (found["accepted_pieces"], found["delivered_pieces"]) == (40, 40)
    assert (found["decided_orders"], found["disputed_orders"]) == (1, 1)


def test_the_lists_hold_what_was_counted(bea: Persona, milo: Persona, rita: Persona) -> None:
    shift = (timezone.localdate() - TODAY).days
    late = sale(bea, milo, "shipped", shift - 10, shift - 9)
    good = sale(bea, milo, "closed", shift - 10, shift - 10)
    overdue = sale(bea, milo, "in_production", shift - 1)
    sale(bea, rita, "shipped", shift - 10, shift - 9)

    def behind(figure: str) -> set[int]:
        return {order.pk for order in orders_behind(milo.actor, figure)}

    assert behind("late") == {late.pk, overdue.pk}
    assert behind("on-time") == behind("decided") == {good.pk}
    assert behind("due") == {late.pk, good.pk, overdue.pk}
    assert behind("shipped") == {late.pk, good.pk} and behind("disputed") == set()
    today = order_figures_of(milo.organization.pk, timezone.localdate())
    assert today["due_orders"] == 3 and today["on_time_orders"] == 1
    for figure, (title, _) in BEHIND.items():
        page = milo.client.get(f"/portal/orders/figures/{figure}/").content.decode()
        assert title in page
    page = milo.client.get("/portal/orders/figures/late/").content.decode()
    assert late.reference in page and good.reference not in page
    assert milo.client.get("/portal/orders/figures/rivals/").status_code == 404
    assert bea.client.get("/orders/figures/rivals/").status_code == 404


def test_a_buyers_lists(bea: Persona, milo: Persona, stefan: Persona) -> None:
    paid = sale(bea, milo, "closed", -10, -10)
    make_order(bea, milo)
    assert [order.pk for order in purchases_behind(bea.actor, "paid")] == [paid.pk]
    assert not purchases_behind(stefan.actor, "paid").exists()
    assert paid.reference in bea.client.get("/orders/figures/paid/").content.decode()
    assert "None is counted here" in bea.client.get("/orders/figures/unpaid/").content.decode()


def test_two_queries_for_any_number_of_orders(bea: Persona, milo: Persona) -> None:
    shop = milo.organization.pk

    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            order_figures_of(shop, TODAY)
        return len(done)

    assert count() == 2
    for _ in range(3):
        sale(bea, milo, "accepted", -3, -3)
    assert count() == 2
