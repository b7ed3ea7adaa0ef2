"""What a session proves: when the person last showed that it is them."""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest


def signed_in_recently(request: HttpRequest) -> bool:
    """True within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds of a sign-in or of its repetition.

    A sign-in counts as well as a confirmation: both are the same proof by the same person.
    """
    if not request.user.is_authenticated:
        return False
    proofs = get_authentication_records(request, request.user)
    newest = max((proof["at"] for proof in proofs), default=0)
    return time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT
