"""A rate card for the demo's first shop, so that filling a quote can be tried."""

from decimal import Decimal

from accounts.actor import Actor
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.rate_fields import Key

# Invented figures of an invented shop, in euros and the units of `rate_fields`.
RATES: dict[Key, str] = {
    ("cnc_milling", "3-axis mill"): "68",
    ("cnc_milling", "4-axis mill"): "82",
    ("cnc_milling", "5-axis mill"): "105",
    ("cnc_turning", "CNC lathe"): "62",
    ("setup_hours", "cnc_milling"): "1.5",
    ("setup_hours", "cnc_turning"): "1",
    ("time_percent", "cnc_milling"): "90",
    ("material", "aluminum"): "7.8",
    ("material", "carbon_steel"): "2.9",
    ("material", "alloy_steel"): "4.1",
    ("material", "stainless"): "6.9",
    ("material", "copper_alloy"): "11.5",
    ("document", "coc"): "0",
    ("document", "mtr"): "15",
    ("discount", "10"): "4",
    ("discount", "50"): "9",
    ("discount", "100"): "14",
    ("lead_days", "cnc_milling"): "10",
    ("lead_days", "cnc_turning"): "8",
}


def add_rate_card(owner: Actor) -> None:
    """The card of the acting shop, which mills and turns."""
    save_rate_card(
        actor=owner,
        currency="EUR",
        rates={key: Decimal(value) for key, value in RATES.items()},
        minimum_charge_minor=4500,
        margin_percent=Decimal(18),
        markup_percent=Decimal(12),
    )
