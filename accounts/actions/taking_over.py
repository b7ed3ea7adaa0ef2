"""An organization comes from another installation, with its people, addresses and rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.actions.organization import FIELDS
from accounts.models import Address, ApprovalRule, Membership, Organization, User
from accounts.roles import Role
from marketplace.core.errors import Conflict

ADDRESS_FIELDS = ("label", "recipient", "lines", "country", "phone", "is_default")


def take_over_organization(
    thing: Mapping[str, Any],
    *,
    members: Iterable[Mapping[str, Any]],
    addresses: Iterable[Mapping[str, Any]],
    rules: Iterable[Mapping[str, Any]],
) -> Organization:
    """The organization under the public id it had, in the caller's transaction.

    `thing` and the rows are what the API of the other installation answered. People who have an
    account here by their address keep it; the others get one without a password, which they set by
    "Forgot password". Raises Conflict when the public id is taken.
    """
    if Organization.objects.filter(public_id=thing["id"]).exists():
        raise Conflict(f"{thing['name']} ({thing['id']}) is here already. Nothing was changed.")
    organization = Organization.objects.create(
        public_id=thing["id"],
        created_at=thing["created_at"],
        **{name: thing[name] for name in FIELDS if name in thing},
    )
    people = {row["id"]: _take_over_person(organization, row) for row in members}
    Address.objects.bulk_create(
        Address(
            public_id=row["id"],
            organization=organization,
            **{name: row[name] for name in ADDRESS_FIELDS},
        )
        for row in addresses
    )
    for row in rules:
        rule = ApprovalRule.objects.create(
            public_id=row["id"],
            organization=organization,
            over_minor=row["over"]["amount_minor"],
            approvers_needed=row["approvers_needed"],
        )
        known = [people[person["id"]] for person in row["approvers"] if person["id"] in people]
        rule.approvers.set(known)
    return organization


def _take_over_person(organization: Organization, row: Mapping[str, Any]) -> User:
    email = row["email"].strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=row["name"])
        user.set_unusable_password()
        user.save()
    Membership.objects.create(
        user=user,
        organization=organization,
        role=Role(row["role"]),
        spend_limit_minor=row.get("spend_limit_minor"),
        deactivated_at=row["deactivated_at"],
        created_at=row["since"],
    )
    return user
