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
COMPANY_FACTS_STATED = Fact(
    "company_facts_stated", "{actor} stated the company's register and tax facts", set()
)
PROFILE_CHANGED = Fact("profile_changed", "{actor} changed their name", set())
