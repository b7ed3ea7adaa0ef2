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
