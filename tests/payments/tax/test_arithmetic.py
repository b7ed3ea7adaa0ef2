"""VAT is rounded half up and cumulatively: parts always add up to their whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orders.models import Milestone, Order
from orders.vat import share_of_tax, tax_on, taxes_of
from payments.instalments import plan_of
from payments.tax import leaving, split_gross, tax_within
from tests.payments.test_plan import steps

RATES = st.integers(0, 2700)
AMOUNTS = st.lists(st.integers(1, 10**8), min_size=1, max_size=8)


def test_half_up() -> None:
    assert [tax_on(minor, 1900) for minor in (50_000, 50, 3, 2)] == [9500, 10, 1, 0]
    assert tax_within(11_900, 1900) == 1900
    assert tax_within(100, 0) == 0


@given(AMOUNTS, RATES)
def test_the_tax_of_parts_is_the_tax_of_the_whole(amounts: list[int], rate: int) -> None:
    found = taxes_of(0, amounts, rate)
    assert sum(found) == tax_on(sum(amounts), rate)
    assert all(tax >= 0 for tax in found)
    # One more, as a supplement adds it.
    assert sum(found) + taxes_of(sum(amounts), [777], rate)[0] == tax_on(sum(amounts) + 777, rate)


@given(AMOUNTS, RATES)
def test_whatever_leaves_in_whatever_parts_nothing_is_left_over(
    parts: list[int], rate: int
) -> None:
    total = (sum(parts), tax_on(sum(parts), rate))
    net, tax = total
    for part in parts:
        goes = leaving(total, (net, tax), part)
        assert 0 <= goes <= tax
        net, tax = net - part, tax - goes
        assert tax == share_of_tax(total[1], total[0], net)
    assert (net, tax) == (0, 0)


@given(AMOUNTS, RATES, st.lists(st.integers(1, 10**8), max_size=4))
def test_a_bank_that_takes_gross_leaves_no_tax_without_money(
    parts: list[int], rate: int, taken: list[int]
) -> None:
    total = (sum(parts), tax_on(sum(parts), rate))
    net, tax = total
    for gross in taken:
        goes = split_gross(gross, total, (net, tax))
        assert sum(goes) == min(gross, net + tax)
        assert 0 <= goes[0] <= net and 0 <= goes[1] <= tax
        net, tax = net - goes[0], tax - goes[1]
        assert net > 0 or tax == 0
        if net > 0:
            # The share of what is left, give or take the roundings of both sides.
            assert abs(tax * total[0] - total[1] * net) <= 2 * total[0]
    if net:
        last = leaving(total, (net, tax), net)
        assert last == tax


@given(steps(), RATES)
def test_the_steps_of_an_order_come_to_its_payments_to_the_cent(
    found: list[tuple[str, int]], rate: int
) -> None:
    """Net, VAT and gross of an order's milestones and of what is asked for are those of the whole,
    and each milestone says what its payment says."""
    net = sum(minor for _, minor in found)
    order = Order(pk=1, currency="EUR", total_minor=net, vat_bps=rate)
    rows = [
        Milestone(pk=at, order=order, position=at, kind=kind, amount_minor=minor)
        for at, (kind, minor) in enumerate(found, start=1)
    ]
    order._prefetched_objects_cache = {"milestones": rows}
    plan = plan_of(found, 0)
    taxes = taxes_of(0, [payment.amount_minor for payment in plan], rate)
    assert sum(row.gross.minor for row in rows) == order.total_gross.minor == net + sum(taxes)
    paid = [payment.amount_minor + tax for payment, tax in zip(plan, taxes, strict=True)]
    early = [row.gross.minor for row in rows if row.kind not in ("shipment", "acceptance")]
    if len(plan) > 1 or len(rows) == len(plan):
        steps_paid = [gross for gross in early if gross]
        assert steps_paid == paid[: len(steps_paid)]
    for row in rows:
        assert 0 <= row.gross.minor - row.amount_minor <= tax_on(row.amount_minor, rate) + 1
