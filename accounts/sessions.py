"""What a session proves, and for how long it lasts."""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

# When the person signed in, Unix seconds.
SIGNED_IN_AT = "signed_in_at"


def signed_in_recently(request: HttpRequest) -> bool:
    """True within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds of a sign-in or of its repetition.

    A sign-in counts as well as a confirmation: both are the same proof by the same person.
    """
    if not request.user.is_authenticated:
        return False
    proofs = get_authentication_records(request, request.user)
    newest = max([request.session.get(SIGNED_IN_AT, 0), *(proof["at"] for proof in proofs)])
    return time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT


def has_run_out(request: HttpRequest) -> bool:
    """Whether SESSION_MAX_AGE seconds have passed since the sign-in, however busy the session."""
    began = request.session.get(SIGNED_IN_AT)
    return began is not None and time.time() - began >= settings.SESSION_MAX_AGE
