"""VAT arithmetic: pure functions on minor units.

Contracts are net. What VAT comes on top of a payment is found here, how much of it goes with a
part of the payment, and what of an amount that contains it is VAT. Everything is half up and
cumulative, so that parts add up to their whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from orders.vat import WHOLE_BPS, tax_on


def tax_within(gross_minor: int, rate_bps: int) -> int:
    """The VAT contained in `gross_minor`, half up, minor units."""
    whole = WHOLE_BPS + rate_bps
    return (gross_minor * rate_bps * 2 + whole) // (2 * whole)


def taxes_of(before_minor: int, amounts: Sequence[int], rate_bps: int) -> list[int]:
    """VAT on each of `amounts` that are asked for after `before_minor` was, minor units.

    Each is the difference of two roundings of the sum so far: with what was on `before_minor` they
    add up to the VAT on everything.
    """
    found, done = [], before_minor
    for amount in amounts:
        found.append(tax_on(done + amount, rate_bps) - tax_on(done, rate_bps))
        done += amount
    return found


def share_of_tax(tax_minor: int, amount_minor: int, part_minor: int) -> int:
    """What of the VAT on `amount_minor` belongs to the first `part_minor` of it, half up, minor
    units; all of it for the whole."""
    return (tax_minor * part_minor * 2 + amount_minor) // (2 * amount_minor)


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
