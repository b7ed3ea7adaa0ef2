"""VAT on amounts of a contract, which is net: plain arithmetic on minor units.

Payments finds the rate with the first payment it asks for and puts the VAT on top; here it serves
to say of any amount of an order what really moves.
"""

from collections.abc import Sequence

WHOLE_BPS = 10_000


def tax_on(net_minor: int, rate_bps: int) -> int:
    """VAT on `net_minor` at `rate_bps` (1 bps is 0.01 %), half up, minor units."""
    return (net_minor * rate_bps * 2 + WHOLE_BPS) // (2 * WHOLE_BPS)


def gross_part(whole_minor: int, part_minor: int, rate_bps: int) -> int:
    """What `part_minor` net comes to with its VAT when it leaves `whole_minor`, minor units: the
    VAT on what stays is that on what stays, so parts add up to their whole."""
    staying = whole_minor - part_minor
    return part_minor + tax_on(whole_minor, rate_bps) - tax_on(staying, rate_bps)


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
