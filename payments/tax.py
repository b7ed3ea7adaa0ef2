"""VAT arithmetic: pure functions on minor units.

What VAT comes on top of a payment is found in `orders.vat`; here, how much of it goes with a part
of the payment, and what of an amount that contains it is VAT. Everything is half up and cumulative,
so that parts add up to their whole.
"""

from __future__ import annotations

from orders.vat import WHOLE_BPS, share_of_tax


def tax_within(gross_minor: int, rate_bps: int) -> int:
    """The VAT contained in `gross_minor`, half up, minor units."""
    whole = WHOLE_BPS + rate_bps
    return (gross_minor * rate_bps * 2 + whole) // (2 * whole)


def leaving(total: tuple[int, int], here: tuple[int, int], part_minor: int) -> int:
    """The VAT that leaves a place with `part_minor` net, so that what stays has its share.

    `total` is (net, VAT) of the payment, `here` the same of what is in the place; minor units. The
    last net takes all VAT with it.
    """
    net, tax = here
    staying = net - part_minor
    if staying <= 0:
        return tax
    # A share is rounded: with next to nothing in place it may be a unit more than there is.
    return min(tax, max(0, tax - share_of_tax(total[1], total[0], staying)))


def split_gross(gross_minor: int, total: tuple[int, int], here: tuple[int, int]) -> tuple[int, int]:
    """`gross_minor` taken out of a place as (net, VAT), at most what is there; minor units.

    `total` is (net, VAT) of the payment, `here` the same of what is in the place. VAT never stays
    behind without net.
    """
    net, tax = here
    left = net + tax - gross_minor
    if left <= 0:
        return net, tax
    whole = total[0] + total[1]
    staying = min(net, max(1, (left * total[0] * 2 + whole) // (2 * whole)))
    staying_tax = min(tax, left - staying)
    return net - (left - staying_tax), tax - staying_tax
