"""VAT is rounded half up and cumulatively: parts always add up to their whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orders.vat import tax_on
from payments.tax import leaving, share_of_tax, split_gross, tax_within, taxes_of

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
