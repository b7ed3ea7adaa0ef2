"""Facts about manufacturers."""

from marketplace.core.events import Fact

MANUFACTURER_APPLIED = Fact(
    "manufacturer_applied", "{actor} asked for {name} to be listed", {"name"}
)
MANUFACTURER_CHANGED = Fact("manufacturer_changed", "{actor} changed the profile", set())
MANUFACTURER_VERIFIED = Fact("manufacturer_verified", "{actor} verified the manufacturer", set())
MANUFACTURER_SUSPENDED = Fact(
    "manufacturer_suspended", "{actor} suspended the manufacturer: {reason}", {"reason"}
)
PAYOUTS_SWITCHED = Fact(
    "payouts_switched", "Payouts of the manufacturer were switched {word}", {"word"}
)
