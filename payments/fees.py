"""The splitting of amounts and the currencies traded: pure arithmetic on minor units."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.money import EXPONENTS
from orders.commission import check_amount


def check_currency(currency: str) -> None:
    """Raise ``ValueError`` unless the marketplace trades in this currency (ISO 4217 capitals)."""
    if currency not in EXPONENTS:
        allowed = ", ".join(sorted(EXPONENTS))
        raise ValueError(f"{currency!r} is not traded here; use one of {allowed}.")


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in minor units by weights, so that the parts sum to the whole.

    Largest remainder: every part is rounded down, then the units left over go to the largest
    remainders, the earlier part first among equals. Raises ``ValueError`` without a positive
    weight or with a negative one.
    """
    check_amount(amount_minor)
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("Weights must not be negative, and one must be positive.")
    parts = [amount_minor * weight // whole for weight in weights]
    remainders = [amount_minor * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: amount_minor - sum(parts)]:
        parts[index] += 1
    return parts
