from accounts.models.api_token import ApiToken
from accounts.models.membership import Membership
from accounts.models.organization import Organization
from accounts.models.user import User

__all__ = ["ApiToken", "Membership", "Organization", "User"]
