"""The load by week: every open order is counted once, and only the shop's own."""

from datetime import date, timedelta

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orders.models import Order
from orders.workload import WEEKS, load_of, own_load
from tests.orders.scene import make_order
from tests.personas import Persona

days = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))


@given(st.lists(days, max_size=40), st.dates(date(2026, 6, 1), date(2027, 6, 1)))
def test_every_order_is_counted_once(ship_by: list[date | None], today: date) -> None:
    load = load_of(ship_by, today)
    assert load.total == len(ship_by)
    assert load.overdue == sum(day is not None and day < today for day in ship_by)
    assert len(load.weeks) == WEEKS
    assert all(week.starts.weekday() == 0 for week in load.weeks)
    assert load.weeks[0].starts <= today < load.weeks[1].starts


def test_only_the_shops_own_open_orders(bea: Persona, milo: Persona, rita: Persona) -> None:
    order = make_order(bea, milo, "in_production")
    today = timezone.localdate()
    Order.objects.filter(pk=order.pk).update(ship_by=today + timedelta(days=7))
    load = own_load(milo.actor)
    assert (load.weeks[1].orders, load.total) == (1, 1)
    assert own_load(rita.actor).total == own_load(bea.actor).total == 0
    Order.objects.filter(pk=order.pk).update(state="shipped")
    assert own_load(milo.actor).total == 0
