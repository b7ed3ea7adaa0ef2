"""The platform's commission on a contract: pure arithmetic on minor units.

It is ``amount x bps / 10000``, rounded half up once; 1 bps is 0.01 %. It stands here because both
the promise in a quote and the payment ask for it.
"""

from marketplace.core.money import MAX_MINOR

BPS = 10_000


def commission(amount_minor: int, bps: int) -> int:
    """Return the commission on an amount in minor units, half up.

    Raises ``ValueError`` for an amount outside 0 to ``MAX_MINOR`` or a rate outside 0 to 10000.
    """
    check_amount(amount_minor)
    if not 0 <= bps <= BPS:
        raise ValueError("A commission rate lies between 0 and 10000 basis points.")
    return (amount_minor * bps + BPS // 2) // BPS


def check_amount(amount_minor: int) -> None:
    """Raise ``TypeError`` for no whole number, ``ValueError`` outside 0 to ``MAX_MINOR``."""
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise TypeError("An amount is a whole number of minor units.")
    if not 0 <= amount_minor <= MAX_MINOR:
        raise ValueError("An amount must not be negative or beyond the largest one allowed.")
