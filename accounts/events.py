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
API_TOKEN_LIMITED = Fact(
    "api_token_limited",
    "{actor} set the limit of the API token {name} to {limit}",
    {"name", "limit"},
)
ACCESS_TOKEN_ISSUED = Fact(
    "access_token_issued", "{actor} took a short-lived access token by {via}", {"via"}
)
STAFF_VISIT_STARTED = Fact(
    "staff_visit_started",
    "Staff began to act for {organization}, until {until} UTC: {reason}",
    {"organization", "reason", "until"},
)
STAFF_VISIT_ENDED = Fact(
    "staff_visit_ended", "Staff stopped acting for {organization}: {how}", {"organization", "how"}
)
COMPANY_FACTS_STATED = Fact(
    "company_facts_stated", "{actor} stated the company's register and tax facts", set()
)
PROFILE_CHANGED = Fact("profile_changed", "{actor} changed their name", set())

# The team. The subject is the person or the invitation, the thread the organization. `role` and
# limits are written as a sentence reads them ("approver", "1,000.00 EUR", "no limit").
MEMBER_INVITED = Fact(
    "member_invited", "{actor} invited {email} as {role}", {"email", "role", "limit"}
)
INVITATION_REVOKED = Fact(
    "invitation_revoked", "{actor} revoked the invitation of {email}", {"email"}
)
MEMBER_JOINED = Fact("member_joined", "{name} joined as {role}", {"name", "role", "invitation"})
ROLE_CHANGED = Fact(
    "role_changed", "{actor} changed the role of {name} from {old} to {new}", {"name", "old", "new"}
)
SPEND_LIMIT_CHANGED = Fact(
    "spend_limit_changed",
    "{actor} changed the spend limit of {name} from {old} to {new}",
    {"name", "old", "new"},
)
MEMBER_DEACTIVATED = Fact("member_deactivated", "{actor} deactivated {name}", {"name"})
MEMBER_REACTIVATED = Fact(
    "member_reactivated", "{actor} reactivated {name} as {role}", {"name", "role"}
)
MEMBER_REMOVED = Fact("member_removed", "{actor} removed {name}", {"name"})
MEMBER_LEFT = Fact("member_left", "{name} left the organization", {"name"})
OWNERSHIP_TRANSFERRED = Fact(
    "ownership_transferred", "{actor} transferred the ownership to {name}", {"name"}
)
ADDRESS_ADDED = Fact("address_added", "{actor} added the address {label}", {"label"})
ADDRESS_CHANGED = Fact("address_changed", "{actor} changed the address {label}", {"label"})
ADDRESS_REMOVED = Fact("address_removed", "{actor} removed the address {label}", {"label"})
APPROVAL_RULE_ADDED = Fact(
    "approval_rule_added",
    "{actor} added an approval rule: over {over}, {needed} to approve",
    {"over", "needed", "approvers"},
)
APPROVAL_RULE_CHANGED = Fact(
    "approval_rule_changed",
    "{actor} changed the approval rule over {old_over} ({old_needed} to approve): "
    "now over {over}, {needed} to approve",
    {"over", "needed", "approvers", "old_over", "old_needed", "old_approvers"},
)
APPROVAL_RULE_REMOVED = Fact(
    "approval_rule_removed",
    "{actor} removed the approval rule over {over} ({needed} to approve)",
    {"over", "needed"},
)
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
ACCESS_SWITCHED_OFF = Fact(
    "access_switched_off", "{actor} switched off the account of {name}", {"name"}
)
ACCESS_SWITCHED_ON = Fact(
    "access_switched_on", "{actor} switched the account of {name} on again", {"name"}
)
STAFF_RIGHTS_CHANGED = Fact(
    "staff_rights_changed", "{actor} changed what {name} may do as staff", {"name"}
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
# A person's own; nobody else sees these.
VIEW_SAVED = Fact("view_saved", "{actor} saved the view {name}", {"name"})
VIEW_DELETED = Fact("view_deleted", "{actor} deleted the view {name}", {"name"})
