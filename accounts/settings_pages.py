"""The settings menu, on one screen: a page of settings is one row here."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.roles import Permission


@dataclass(frozen=True)
class SettingsPage:
    """One entry. `permission` hides it from roles that would only be refused there."""

    label: str
    url_name: str
    icon: str
    permission: str = ""
    # Of organizations that buy; the others have no such page.
    is_for_buyers: bool = False


@dataclass(frozen=True)
class SettingsGroup:
    label: str
    pages: Sequence[SettingsPage]


PERSONAL = SettingsGroup(
    "You",
    [
        SettingsPage("Profile", "profile_settings", "user-round"),
        SettingsPage("E-mail", "account_email", "mail"),
        SettingsPage("Password", "account_change_password", "key-round"),
        SettingsPage("Security", "security", "shield-check"),
        SettingsPage("Notifications", "notification_settings", "bell"),
        SettingsPage("Your data", "privacy", "file-lock-2"),
    ],
)
ORGANIZATION = SettingsGroup(
    "Organization",
    [
        SettingsPage("Details", "organization_settings", "building-2"),
        SettingsPage("First steps", "first_steps", "list-checks"),
        SettingsPage("Members", "members", "users"),
        SettingsPage("Roles", "roles", "shield-check"),
        SettingsPage("Addresses", "addresses", "map-pin"),
        SettingsPage("Approvals", "approval_rules", "stamp"),
        SettingsPage("NDA", "nda_settings", "file-lock-2", is_for_buyers=True),
        SettingsPage(
            "Sign-in rules", "organization_sign_in_rules", "lock", Permission.MANAGE_ORGANIZATION
        ),
        SettingsPage("API tokens", "api_tokens", "plug"),
        SettingsPage("Webhooks", "webhooks", "webhook", Permission.MANAGE_TOKENS),
        SettingsPage("Audit log", "audit", "scroll-text", Permission.VIEW_AUDIT),
        SettingsPage("All data", "organization_data", "archive", Permission.MANAGE_ORGANIZATION),
    ],
)


def settings_menu(actor: Actor) -> list[SettingsGroup]:
    """The groups and pages this actor can use; the organization's only for a member."""
    if actor.organization is None:
        return [PERSONAL]
    pages = [
        page
        for page in ORGANIZATION.pages
        if (not page.permission or actor.may(page.permission))
        and (not page.is_for_buyers or actor.organization.is_buyer)
    ]
    return [PERSONAL, SettingsGroup(ORGANIZATION.label, pages)]
