"""Taking a person out of the accounts, and an organization nobody is left in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import (
    Address,
    ApiToken,
    ApprovalRule,
    Membership,
    Organization,
    PasswordRecord,
    SavedView,
    TeamInvitation,
    User,
)
from accounts.privacy import FORMER, failed_sign_ins, former_address

GONE = "Deleted organization"


def anonymize_person(*, user: User) -> None:
    """Take everything personal out of the accounts' rows; the row stays, because orders and facts
    point at it. The caller holds the transaction and records the fact. Twice is once.
    """
    email = user.email
    sessions = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    for rows in (
        sessions,
        Authenticator.objects.filter(user=user),
        SocialAccount.objects.filter(user=user),
        EmailAddress.objects.filter(user=user),
        PasswordRecord.objects.filter(user=user),
        ApiToken.objects.filter(created_by=user),
        SavedView.objects.filter(user=user),
        failed_sign_ins(email),
        AccessFailureLog.objects.filter(username=email),
        AccessLog.objects.filter(username=email),
        TeamInvitation.objects.filter(email__iexact=email, accepted_at=None),
        ApprovalRule.approvers.through.objects.filter(user=user),
    ):
        rows.delete()
    address = former_address(user)
    TeamInvitation.objects.filter(accepted_by=user).update(email=address)
    Membership.objects.filter(user=user, deactivated_at=None).update(deactivated_at=timezone.now())
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr=FORMER)
    user.email, user.name = address, FORMER
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.anonymized_at = timezone.now()
    user.set_unusable_password()
    user.save()


def blank_organization(*, organization: Organization) -> None:
    """Take what is personal out of an organization that has no member and no order left."""
    Address.objects.filter(organization=organization).delete()
    ApiToken.objects.filter(organization=organization).delete()
    TeamInvitation.objects.filter(organization=organization).delete()
    organization.name = organization.legal_name = GONE
    organization.registration_number = organization.website = ""
    organization.city = organization.address = ""
    organization.vat_id = organization.vat_id_hash = ""
    organization.save()
