"""One beat of the twin: every bot takes one step with everything that waits for it."""

from marketplace.operations.twin.buyers import play_buyer
from marketplace.operations.twin.money import play_bank
from marketplace.operations.twin.people import make_bots, vouch_for_shops
from marketplace.operations.twin.shop_orders import play_orders
from marketplace.operations.twin.shops import play_shops


def play() -> int:
    """How many steps were taken. The bots are made at the first beat."""
    make_bots()
    return vouch_for_shops() + play_shops() + play_orders() + play_buyer() + play_bank()
