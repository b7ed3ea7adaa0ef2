"""Money: integer minor units and one currency. Rounding happens in `line_total` only."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 minor-unit exponents of the currencies this installation trades in.
EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2}
CURRENCY_CHOICES = [(code, code) for code in EXPONENTS]
# Largest amount of one document, minor units: far above any order, far below bigint.
MAX_MINOR = 10**13


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (cents) of one ISO 4217 currency. Two currencies never add."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise TypeError("Money holds whole minor units.")
        if self.currency not in EXPONENTS:
            raise ValueError(f"{self.currency!r} is not a currency of this marketplace.")

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"Cannot mix {self.currency} and {other.currency}.")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    def __str__(self) -> str:
        return f"{self.decimal:,.{EXPONENTS[self.currency]}f} {self.currency}"


def to_minor(amount: Decimal, currency: str) -> int:
    """Major units to minor units, half up. Raises ValueError for NaN, infinity or too much."""
    if not amount.is_finite():
        raise ValueError("An amount must be a number.")
    if abs(amount) > MAX_MINOR:
        raise ValueError("This amount is too large.")
    scaled = amount.scaleb(EXPONENTS[currency])
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def line_total(unit_price: Decimal, quantity: int, currency: str) -> int:
    """`unit_price` (major units, up to 4 decimals) times `quantity`, rounded once, minor units."""
    return to_minor(unit_price * quantity, currency)


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in minor units by weights, so that the parts sum to the whole.

    Largest remainder: every part is rounded down, then the units left over go to the largest
    remainders, the earlier part first among equals. Raises ``ValueError`` without a positive
    weight or with a negative one.
    """
    if not 0 <= amount_minor <= MAX_MINOR:
        raise ValueError("An amount must not be negative or beyond the largest one allowed.")
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("Weights must not be negative, and one must be positive.")
    parts = [amount_minor * weight // whole for weight in weights]
    remainders = [amount_minor * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: amount_minor - sum(parts)]:
        parts[index] += 1
    return parts
