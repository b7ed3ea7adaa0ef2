"""Actor: the one answer to "who is doing this?" in pages, API, admin and tasks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from accounts.roles import BUNDLES, Permission
from marketplace.core.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from accounts.models import Membership, Organization, StaffVisit, User

# How a program comes in; the words stand in facts ("took an access token by API token").
API_TOKEN, ACCESS_TOKEN = "API token", "access token"
PROGRAMS = {API_TOKEN, ACCESS_TOKEN}
# Somebody without an account who came by a mailed link.
LINK = "link"


@dataclass(frozen=True)
class Actor:
    """A person for an organization, an API token, a staff member with a reason, or the system.

    `organization` is None for people without one, for staff and for the system. `scopes` narrows
    the role's permissions (API tokens, staff visits); None means no narrowing. `credential` names
    what the caller showed: an API token, or a sign-in ("" where nothing was shown). `visit` is the
    reason for which staff act for a customer.
    """

    user: User | None = None
    organization: Organization | None = None
    role: str = ""
    scopes: frozenset[str] | None = None
    via: str = "page"
    name: str = ""
    is_staff: bool = False
    is_system: bool = False
    credential: str = ""
    # The limit staff gave this credential; None: the one of everybody.
    requests_per_minute: int | None = None
    visit: StaffVisit | None = None
    # Everything the person may act for, with the role in each; a token's own organization only.
    memberships: tuple[Membership, ...] = field(default=(), compare=False)

    @classmethod
    def system(cls, name: str) -> Actor:
        """The platform itself, acting for the reason `name` ("acceptance timer")."""
        return cls(via="task", name=name, is_system=True)

    @classmethod
    def staff(cls, user: User, reason: str = "") -> Actor:
        """A staff member acting in the admin, for `reason`."""
        return cls(
            user=user, via="admin", is_staff=True, name=f"Staff ({reason})" if reason else "Staff"
        )

    @property
    def label(self) -> str:
        """How timelines name the actor."""
        if self.visit is not None:
            return f"Staff for {self.company.name} ({self.visit.reason})"
        if self.is_guest:
            return f"{self.name} ({self.company.name}, by link)"
        if self.user is None or self.is_staff:
            return self.name or "Somebody"
        if self.organization is None:
            return self.user.name
        return f"{self.user.name} ({self.organization.name})"

    @property
    def public_id(self) -> str:
        """The person's public id, "" for the system."""
        return self.user.public_id if self.user else ""

    @property
    def link_holder(self) -> str:
        """Whom links to files are made out to; "" for somebody who can hold none."""
        return self.company.public_id if self.is_guest else self.public_id

    @property
    def is_guest(self) -> bool:
        """True for somebody without an account who came by a mailed link."""
        return self.via == LINK

    @property
    def company(self) -> Organization:
        """The organization acted for. Raises NotFound without one."""
        if self.organization is None:
            raise NotFound()
        return self.organization

    @property
    def organizations(self) -> tuple[Organization, ...]:
        """What the person may act for."""
        return tuple(membership.organization for membership in self.memberships)

    @property
    def is_program(self) -> bool:
        """True for an API token or an access token, where no person is present."""
        return self.via in PROGRAMS

    @property
    def is_authenticated(self) -> bool:
        """True for a signed-in person or a valid token."""
        return self.user is not None

    def in_role(self, role: str) -> Actor:
        """The same actor with another role, as when it was changed a moment ago."""
        return replace(self, role=role)

    @property
    def permissions(self) -> frozenset[str]:
        """What role and scopes both allow, in the organization acted for."""
        if self.organization is None or self.role not in BUNDLES:
            return frozenset()
        allowed = BUNDLES[self.role].permissions
        return allowed if self.scopes is None else allowed & self.scopes

    def may(self, permission: str) -> bool:
        """True when role and scopes both allow it. Staff and the system are not limited here."""
        return self.is_system or self.is_staff or permission in self.permissions

    def check(self, permission: str) -> None:
        """Raise NotAllowed with a sentence unless `may(permission)`."""
        if not self.may(permission):
            words = Permission(permission).label.lower()
            raise NotAllowed(
                f"Your role does not allow this: {words}. Ask an admin of your organization."
            )


ANONYMOUS = Actor()
