"""Sides, permissions, and roles as named bundles with a description a person can read."""

from dataclasses import dataclass

from django.db import models


class Side(models.TextChoices):
    """Who stands where in a story. A side follows from the thing, not from the person."""

    BUYER = "buyer", "Buyer"
    MANUFACTURER = "manufacturer", "Manufacturer"
    STAFF = "staff", "Staff"
    SYSTEM = "system", "System"


class Permission(models.TextChoices):
    """What a member may do for their organization."""

    VIEW = "view", "See parts, requests, quotes and orders"
    EDIT_PARTS = "edit_parts", "Upload and edit parts"
    EDIT_RFQS = "edit_rfqs", "Prepare and publish requests"
    AWARD = "award", "Accept quotes"
    APPROVE = "approve", "Approve awards"
    PAY = "pay", "Pay orders"
    RECEIVE = "receive", "Confirm delivery and accept goods"
    QUOTE = "quote", "Quote requests"
    PRODUCE = "produce", "Report production and ship"
    MANAGE_PAYOUTS = "manage_payouts", "Set up and see payouts"
    EDIT_PROFILE = "edit_profile", "Edit the manufacturer profile"
    MANAGE_TOKENS = "manage_tokens", "Manage API tokens and webhooks"
    VIEW_AUDIT = "view_audit", "See and export the audit log"
    MANAGE_MEMBERS = "manage_members", "Invite people, change their roles, remove them"
    MANAGE_ORGANIZATION = "manage_organization", "Edit the organization, its rules and addresses"
    OWN = "own", "Transfer ownership and appoint owners"


@dataclass(frozen=True)
class Bundle:
    """What a role allows, and the sentence that explains it."""

    description: str
    permissions: frozenset[str]


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    BUYER = "buyer", "Buyer (purchaser)"
    ENGINEER = "engineer", "Engineer"
    APPROVER = "approver", "Approver"
    FINANCE = "finance", "Finance"
    QUOTER = "quoter", "Quoter (estimator)"
    PRODUCTION = "production", "Production"
    VIEWER = "viewer", "Viewer"


P = Permission
EVERYTHING = frozenset(Permission.values)
BUNDLES: dict[str, Bundle] = {
    Role.OWNER: Bundle("Everything, including who owns the organization.", EVERYTHING),
    Role.ADMIN: Bundle(
        "Everything except appointing owners and transferring ownership.", EVERYTHING - {P.OWN}
    ),
    Role.BUYER: Bundle(
        "Prepares requests, accepts quotes, pays and receives goods.",
        frozenset({P.VIEW, P.EDIT_PARTS, P.EDIT_RFQS, P.AWARD, P.PAY, P.RECEIVE}),
    ),
    Role.ENGINEER: Bundle(
        "Uploads parts, prepares and publishes requests, receives goods; does not award or pay.",
        frozenset({P.VIEW, P.EDIT_PARTS, P.EDIT_RFQS, P.RECEIVE}),
    ),
    Role.APPROVER: Bundle(
        "Approves or rejects awards above a limit; never their own.",
        frozenset({P.VIEW, P.APPROVE}),
    ),
    Role.FINANCE: Bundle(
        "Pays orders and sets up payouts.",
        frozenset({P.VIEW, P.PAY, P.MANAGE_PAYOUTS}),
    ),
    Role.QUOTER: Bundle("Prices requests and sends quotes.", frozenset({P.VIEW, P.QUOTE})),
    Role.PRODUCTION: Bundle(
        "Confirms orders, reports production and ships.", frozenset({P.VIEW, P.PRODUCE})
    ),
    Role.VIEWER: Bundle("Sees everything, changes nothing.", frozenset({P.VIEW})),
}

# What staff may do while they act for a customer: help, but bind nobody. Money, awards, approvals,
# credentials and who belongs to the organization stay with its own people.
VISIT_PERMISSIONS = frozenset(
    {P.VIEW, P.EDIT_PARTS, P.EDIT_RFQS, P.QUOTE, P.PRODUCE, P.RECEIVE, P.EDIT_PROFILE}
)
