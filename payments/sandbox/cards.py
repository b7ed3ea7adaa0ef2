"""Test cards and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A test card; ``decline`` is (code, decline_code, sentence)."""

    note: str
    decline: tuple[str, str, str] | None = None
    needs_3ds: bool = False
    available_now: bool = False
    disputed: bool = False
    refund_fails: bool = False


CARDS = {
    "4242424242424242": Card("succeeds"),
    "4000000000000077": Card("succeeds, money available at once", available_now=True),
    "4000000000003155": Card("asks for 3-D Secure", needs_3ds=True),
    "4000000000000002": Card(
        "is declined", ("card_declined", "generic_decline", "Your card was declined.")
    ),
    "4000000000009995": Card(
        "has insufficient funds",
        ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ),
    "4000000000000259": Card("succeeds, then is disputed", disputed=True),
    "4000000000005126": Card("succeeds, a refund of it fails later", refund_fails=True),
}
UNKNOWN = Card(
    "any other number is declined",
    ("incorrect_number", "incorrect_number", "Your card number is incorrect."),
)


def card_for(number: str) -> Card:
    """Return the behavior of a card number; spaces and dashes are ignored."""
    return CARDS.get(number.replace(" ", "").replace("-", ""), UNKNOWN)


def last4(number: str) -> str:
    """Return the last four digits a receipt shows."""
    return number.replace(" ", "").replace("-", "")[-4:].rjust(4, "0")
