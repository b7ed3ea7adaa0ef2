"""What the accounts know of one person, for their copy of it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import Q, QuerySet

from accounts.models import (
    ApiToken,
    ApprovalRule,
    Membership,
    SavedView,
    StaffVisit,
    TeamInvitation,
    User,
)
from marketplace.core.history import PersonalData

# Stands where a person's name stood.
FORMER = "Former member"


def former_address(user: User) -> str:
    """An address that reaches nobody and is nobody else's, for a row that must have one."""
    return f"{user.public_id}@removed.invalid"


def failed_sign_ins(email: str) -> QuerySet[AccessAttempt]:
    """Failures under an address; some doors leave it in the form's text only."""
    return AccessAttempt.objects.filter(Q(username__iexact=email) | Q(post_data__icontains=email))


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows; without passwords, codes and tokens, which are kept as hashes."""
    return {
        "profile": [
            {
                "id": user.public_id,
                "email": user.email,
                "name": user.name,
                "joined": user.date_joined,
                "last_sign_in": user.last_login,
                "is_staff": user.is_staff,
            }
        ],
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "memberships": list(
            Membership.objects.filter(user=user).values(
                "organization__name", "role", "spend_limit_minor", "created_at", "deactivated_at"
            )
        ),
        "devices": list(
            UserSession.objects.filter(user=user).values(
                "created_at", "last_seen_at", "ip", "user_agent"
            )
        ),
        "sign_ins": [
            *AccessLog.objects.filter(username=user.email).values(
                "attempt_time", "logout_time", "ip_address", "user_agent"
            ),
            *failed_sign_ins(user.email).values(
                "attempt_time", "ip_address", "user_agent", "failures_since_start"
            ),
            *AccessFailureLog.objects.filter(username=user.email).values(
                "attempt_time", "ip_address", "user_agent", "locked_out"
            ),
        ],
        "second_factors": list(
            Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
        ),
        "linked_accounts": list(
            SocialAccount.objects.filter(user=user).values(
                "provider", "uid", "date_joined", "last_login", "extra_data"
            )
        ),
        "saved_views": list(
            SavedView.objects.filter(user=user).values("page", "name", "query", "created_at")
        ),
        "api_tokens": list(
            ApiToken.objects.filter(created_by=user).values(
                "name",
                "organization__name",
                "scopes",
                "created_at",
                "last_used_at",
                "expires_at",
                "revoked_at",
            )
        ),
        "invitations": [
            *TeamInvitation.objects.filter(invited_by=user).values(
                "organization__name", "email", "role", "created_at", "accepted_at", "revoked_at"
            ),
            *TeamInvitation.objects.filter(accepted_by=user).values(
                "organization__name", "email", "role", "created_at", "accepted_at"
            ),
        ],
        "approvals": list(
            ApprovalRule.objects.filter(approvers=user).values("organization__name", "over_minor")
        ),
        "staff_visits": list(
            StaffVisit.objects.filter(staff=user).values(
                "organization__name", "reason", "started_at", "ended_at"
            )
        ),
    }
