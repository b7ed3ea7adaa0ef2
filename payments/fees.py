"""The platform's fee and the splitting of amounts: pure arithmetic on minor units.

The fee is ``amount x bps / 10000``, rounded half up once; 1 bps is 0.01 %.
"""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.money import EXPONENTS, MAX_MINOR

BPS = 10_000


def check_currency(currency: str) -> None:
    """Raise ``ValueError`` unless the marketplace trades in this currency (ISO 4217 capitals)."""
    if currency not in EXPONENTS:
        allowed = ", ".join(sorted(EXPONENTS))
        raise ValueError(f"{currency!r} is not traded here; use one of {allowed}.")


def commission(amount_minor: int, bps: int) -> int:
    """Return the fee on an amount in minor units, half up.

    Raises ``ValueError`` for an amount outside 0 to ``MAX_MINOR`` or a rate outside 0 to 10000.
    """
    _check_amount(amount_minor)
    if not 0 <= bps <= BPS:
        raise ValueError("A commission rate lies between 0 and 10000 basis points.")
    return (amount_minor * bps + BPS // 2) // BPS


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in minor units by weights, so that the parts sum to the whole.

    Largest remainder: every part is rounded down, then the units left over go to the largest
    remainders, the earlier part first among equals. Raises ``ValueError`` without a positive
    weight or with a negative one.
    """
    _check_amount(amount_minor)
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("Weights must not be negative, and one must be positive.")
    parts = [amount_minor * weight // whole for weight in weights]
    remainders = [amount_minor * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: amount_minor - sum(parts)]:
        parts[index] += 1
    return parts


def _check_amount(amount_minor: int) -> None:
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise TypeError("An amount is a whole number of minor units.")
    if not 0 <= amount_minor <= MAX_MINOR:
        raise ValueError("An amount must not be negative or beyond the largest one allowed.")
