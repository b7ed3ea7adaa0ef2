"""Facts about manufacturers and their certificates."""

from marketplace.core.events import Fact

PROFILE_STARTED = Fact("profile_started", "{actor} started the profile of {name}", {"name"})
MANUFACTURER_CHANGED = Fact("manufacturer_changed", "{actor} changed the profile", set())
MANUFACTURER_APPLIED = Fact(
    "manufacturer_applied", "{actor} asked for {name} to be listed", {"name"}
)
MANUFACTURER_ASKED = Fact("manufacturer_asked", "{actor} asked: {question}", {"question"})
QUESTION_ANSWERED = Fact("question_answered", "{actor} answered: {answer}", {"answer"})
MANUFACTURER_VERIFIED = Fact("manufacturer_verified", "{actor} verified the manufacturer", set())
MANUFACTURER_REFUSED = Fact(
    "manufacturer_refused", "{actor} refused the application: {reason}", {"reason"}
)
MANUFACTURER_SUSPENDED = Fact(
    "manufacturer_suspended", "{actor} suspended the manufacturer: {reason}", {"reason"}
)
MANUFACTURER_CLOSED = Fact("manufacturer_closed", "{actor} closed the profile", set())
PAYOUTS_SWITCHED = Fact(
    "payouts_switched", "Payouts of the manufacturer were switched {word}", {"word"}
)
CERTIFICATE_ADDED = Fact(
    "certificate_added", "{actor} added the certificate {name} {number}", {"name", "number"}
)
CERTIFICATE_CHECKED = Fact(
    "certificate_checked", "{actor} checked the certificate {name} {number}", {"name", "number"}
)
CERTIFICATE_REFUSED = Fact(
    "certificate_refused",
    "{actor} refused the certificate {name} {number}: {reason}",
    {"name", "number", "reason"},
)
CERTIFICATE_WITHDRAWN = Fact(
    "certificate_withdrawn", "{actor} withdrew the certificate {name} {number}", {"name", "number"}
)
CERTIFICATE_EXPIRING = Fact(
    "certificate_expiring",
    "The certificate {name} {number} expires in {days} days",
    {"name", "number", "days"},
)
CERTIFICATE_EXPIRED = Fact(
    "certificate_expired",
    "The certificate {name} {number} expired; it no longer counts",
    {"name", "number"},
)
SUPPLIER_LIST_CREATED = Fact(
    "supplier_list_created", "{actor} started the supplier list {name}", {"name"}
)
SUPPLIER_LIST_RENAMED = Fact(
    "supplier_list_renamed",
    "{actor} renamed the supplier list {before} to {name}",
    {"before", "name"},
)
SUPPLIER_ADDED = Fact(
    "supplier_added", "{actor} put {supplier} on the list {name}", {"supplier", "name"}
)
SUPPLIER_REMOVED = Fact(
    "supplier_removed", "{actor} took {supplier} off the list {name}", {"supplier", "name"}
)
SUPPLIER_LIST_DELETED = Fact(
    "supplier_list_deleted", "{actor} deleted the supplier list {name}", {"name"}
)
RATE_CARD_CHANGED = Fact("rate_card_changed", "{actor} changed the rate card", set())
EXCHANGE_RATES_TAKEN = Fact(
    "exchange_rates_taken",
    "{actor} entered the exchange rates of {date} ({source})",
    {"date", "source", "rates"},
)
