"""Facts about people and organizations."""

from marketplace.core.events import Fact

ORGANIZATION_CREATED = Fact(
    "organization_created", "{actor} created the organization {name}", {"name"}
)
ORGANIZATION_CHANGED = Fact(
    "organization_changed", "{actor} changed the organization's details", set()
)
API_TOKEN_CREATED = Fact("api_token_created", "{actor} created the API token {name}", {"name"})
API_TOKEN_REVOKED = Fact("api_token_revoked", "{actor} revoked the API token {name}", {"name"})
ACCOUNT_MAIL_WRITTEN = Fact("account_mail_written", "A mail about an account was written", {"kind"})
SIGNED_IN = Fact(
    "signed_in",
    "{actor} signed in with {method}: {device}, {address}",
    {"method", "device", "address"},
)
SIGN_IN_FAILED = Fact(
    "sign_in_failed", "Somebody failed to sign in as {name}, from {address}", {"name", "address"}
)
SIGNED_OUT = Fact("signed_out", "{actor} signed out: {device}", {"device"})
SESSION_ENDED = Fact(
    "session_ended",
    "A session of {name} was ended: {device} ({reason})",
    {"name", "device", "reason"},
)
LOCKED_OUT = Fact(
    "locked_out", "Sign-in as {name} is blocked for a while, from {address}", {"name", "address"}
)
SIGN_IN_UNLOCKED = Fact("sign_in_unlocked", "{actor} unblocked the sign-in of {name}", {"name"})
PASSWORD_CHANGED = Fact("password_changed", "{actor} changed the password of {name}", {"name"})
PASSWORD_RESET = Fact("password_reset", "{actor} chose a new password with a link by mail", set())
EMAIL_CHANGED = Fact("email_changed", "{actor} changed their e-mail address", set())
SECOND_FACTOR_ADDED = Fact("second_factor_added", "{actor} added a second factor: {kind}", {"kind"})
SECOND_FACTOR_REMOVED = Fact(
    "second_factor_removed", "{actor} removed a second factor of {name}: {kind}", {"kind", "name"}
)
RECOVERY_CODES_MADE = Fact("recovery_codes_made", "{actor} made new recovery codes", set())
SECOND_FACTOR_REQUIRED = Fact(
    "second_factor_required", "{actor} made a second factor required for every member", set()
)
SECOND_FACTOR_OPTIONAL = Fact(
    "second_factor_optional", "{actor} made the second factor optional", set()
)
