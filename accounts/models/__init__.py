from accounts.models.account_mail import AccountMail
from accounts.models.address import Address
from accounts.models.api_token import ApiToken
from accounts.models.approval_rule import ApprovalRule
from accounts.models.guest import GuestAccess
from accounts.models.membership import Membership
from accounts.models.organization import Organization
from accounts.models.password_record import PasswordRecord
from accounts.models.saved_view import SavedView
from accounts.models.staff_visit import StaffVisit
from accounts.models.team_invitation import TeamInvitation
from accounts.models.user import User

__all__ = [
    "AccountMail",
    "Address",
    "ApiToken",
    "ApprovalRule",
    "GuestAccess",
    "Membership",
    "Organization",
    "PasswordRecord",
    "SavedView",
    "StaffVisit",
    "TeamInvitation",
    "User",
]
