"""What we know of a person and where it stands: the table behind export, deletion and their test.

A new column that points at a person needs a row here, or a test fails.
"""

from collections.abc import Callable, Sequence

import accounts.privacy
import marketplace.files.queries
import marketplace.integrations.queries
import marketplace.messaging.queries
import marketplace.notifications.queries
import marketplace.parts.queries
import orders.queries
import payments.queries
import quotes.queries
from accounts.models import User
from marketplace.core.history import PersonalData, acts_of
from marketplace.operations.models import (
    DataExport,
    DeletionRequest,
    OrganizationExport,
    StatusSubscription,
)


def _acts(user: User) -> PersonalData:
    """Every fact the person is the actor of."""
    rows = acts_of(user.public_id).order_by("pk")
    return {"acts": list(rows.values("at", "type", "sentence", "subject", "thread"))}


def _status_mails(user: User) -> PersonalData:
    """Whether the person's address is told of incidents."""
    rows = StatusSubscription.objects.filter(email=user.email.lower())
    return {"status_mails": list(rows.values("email", "confirmed_at"))}


def _own_requests(user: User) -> PersonalData:
    """What the person asked us to do with their data."""
    return {
        "privacy_requests": [
            *DataExport.objects.filter(user=user).values("state", "asked_at", "expires_at"),
            *DeletionRequest.objects.filter(user=user).values("state", "asked_at", "due_at"),
            *OrganizationExport.objects.filter(asked_by=user).values(
                "state", "asked_at", "expires_at", "organization__name"
            ),
        ]
    }


SOURCES: Sequence[Callable[[User], PersonalData]] = (
    accounts.privacy.personal_data_of,
    marketplace.files.queries.personal_data_of,
    marketplace.integrations.queries.personal_data_of,
    marketplace.messaging.queries.personal_data_of,
    marketplace.notifications.queries.personal_data_of,
    marketplace.parts.queries.personal_data_of,
    orders.queries.personal_data_of,
    quotes.queries.personal_data_of,
    payments.queries.personal_data_of,
    _acts,
    _own_requests,
    _status_mails,
)

# Column that points at a person -> the file of the archive that has it.
EXPORTED = {
    "account.EmailAddress.user": "email_addresses",
    "accounts.ApiToken.created_by": "api_tokens",
    "accounts.SavedView.user": "saved_views",
    "accounts.ApprovalRule.approvers": "approvals",
    "accounts.Membership.user": "memberships",
    "accounts.StaffVisit.staff": "staff_visits",
    "accounts.TeamInvitation.accepted_by": "invitations",
    "accounts.TeamInvitation.invited_by": "invitations",
    "files.FileAccess.user": "opened_files",
    "files.StoredFile.created_by": "uploaded_files",
    "integrations.BrowserPush.user": "browser_pushes",
    "integrations.WebhookEndpoint.created_by": "webhooks",
    "messaging.Message.author": "messages",
    "messaging.PublishedAnswer.published_by": "published_answers",
    "messaging.ReadMark.user": "read_marks",
    "mfa.Authenticator.user": "second_factors",
    "notifications.Notification.user": "notifications",
    "notifications.NotificationPreference.user": "notification_preferences",
    "notifications.Digest.user": "digests",
    "operations.DataExport.user": "privacy_requests",
    "operations.DeletionRequest.user": "privacy_requests",
    "operations.OrganizationExport.asked_by": "privacy_requests",
    "orders.ApprovalDecision.person": "approval_decisions",
    "orders.ApprovalRequest.requested_by": "approval_requests",
    "orders.CalendarFeed.user": "calendar_feeds",
    "orders.ChangeApproval.person": "change_approvals",
    "orders.ChangeOrder.accepted_by": "change_orders",
    "orders.ChangeOrder.person": "change_orders",
    "orders.ProductionReport.author": "production_reports",
    "parts.FindingAcceptance.accepted_by": "accepted_findings",
    "parts.Part.created_by": "parts",
    "payments.ManualSettlement.decided_by": "manual_settlements",
    "payments.ManualSettlement.proposed_by": "manual_settlements",
    "payments.Reconciliation.asked_by": "reconciliations",
    "quotes.Award.decided_by": "awards",
    "quotes.BestAndFinal.asked_by": "best_and_finals",
    "quotes.CounterOffer.created_by": "counter_offers",
    "quotes.CounterOffer.decided_by": "counter_offers",
    "quotes.NDA.created_by": "ndas",
    "quotes.NDAAcceptance.user": "nda_acceptances",
    "parts.UploadBatch.created_by": "part_uploads",
    "quotes.RFQ.created_by": "requests",
    "socialaccount.SocialAccount.user": "linked_accounts",
    "usersessions.UserSession.user": "devices",
}
# Column that points at a person -> why the archive does without it.
NOT_EXPORTED = {
    "accounts.ApprovalRule_approvers.user": "the table between; exported as approvals",
    "accounts.PasswordRecord.user": "hashes of passwords, of no use to the person",
    "accounts.User_groups.user": "rights of staff in the admin, not used for customers",
    "accounts.User_user_permissions.user": "rights of staff in the admin, not used for customers",
    "admin.LogEntry.user": "the log of staff at work, kept for the customers they worked for",
    "orders.ApprovalRequest.approvers": "who could have decided; what was decided is exported",
    "orders.ApprovalRequest_approvers.user": "the table between",
    "djstripe.Customer.subscriber": "never set: customers of Stripe are organizations",
}
# Where a deleted person's name or address may remain, and why. The page and the test read it.
KEPT = {
    "an order's delivery address and notes": "contracts are kept as they were agreed (10 years)",
    "papers of an order": "they are never changed once they are issued (10 years)",
    "addresses of an organization": "they belong to the organization",
    "texts typed into requests, quotes, reports and reviews": "they belong to the organization",
    "a person's name under an accepted NDA": "proof of the promise to keep files secret",
    "questions and answers": "they belong to the two organizations that wrote them",
    "Stripe's records of payments": "bookkeeping and disputes (10 years)",
}


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows, from every app. Raises ValueError when two use one name."""
    found: PersonalData = {}
    for source in SOURCES:
        part = source(user)
        if twice := found.keys() & part.keys():
            raise ValueError(f"Two sources call a file {sorted(twice)}.")
        found.update(part)
    return found
