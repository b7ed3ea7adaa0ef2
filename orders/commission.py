"""The platform's commission on a contract: pure arithmetic on minor units.

A share of the amount, ``amount x bps / 10000`` rounded half up once (1 bps is 0.01 %), plus a fixed
part, at least the minimum, and never more than the amount itself. It stands here because both the
promise in a quote and the payment ask for it.
"""

from dataclasses import dataclass

from marketplace.core.money import MAX_MINOR, Money

BPS = 10_000


@dataclass(frozen=True)
class CommissionTerms:
    """How much is kept: `fixed_minor` and `minimum_minor` in minor units of the contract's
    currency. `rule` is the public id of the rule it comes from, "" for the general rate.

    Raises ``ValueError`` for a rate outside 0 to 10000 or an amount that cannot be.
    """

    bps: int
    fixed_minor: int = 0
    minimum_minor: int = 0
    rule: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.bps <= BPS:
            raise ValueError("A commission rate lies between 0 and 10000 basis points.")
        check_amount(self.fixed_minor)
        check_amount(self.minimum_minor)

    @property
    def percent(self) -> float:
        """The rate in percent."""
        return self.bps / 100

    def words(self, currency: str) -> str:
        """Such as "8% plus 2.00 EUR, at least 5.00 EUR"."""
        fixed = f" plus {Money(self.fixed_minor, currency)}" if self.fixed_minor else ""
        least = f", at least {Money(self.minimum_minor, currency)}" if self.minimum_minor else ""
        return f"{self.percent:g}%{fixed}{least}"


def commission(amount_minor: int, terms: CommissionTerms) -> int:
    """Return the commission on the whole of a contract in minor units.

    Raises ``ValueError`` for an amount outside 0 to ``MAX_MINOR``.
    """
    check_amount(amount_minor)
    share = (amount_minor * terms.bps + BPS // 2) // BPS
    return min(amount_minor, max(terms.minimum_minor, share + terms.fixed_minor))


def check_amount(amount_minor: int) -> None:
    """Raise ``TypeError`` for no whole number, ``ValueError`` outside 0 to ``MAX_MINOR``."""
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise TypeError("An amount is a whole number of minor units.")
    if not 0 <= amount_minor <= MAX_MINOR:
        raise ValueError("An amount must not be negative or beyond the largest one allowed.")
