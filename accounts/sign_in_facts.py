"""What allauth and Django say about signing in, passed on to our actions.

These are announcements of events of two packages, not signals of models; connected when the app is
ready, and the only place that listens to them. Failures reach us through `lockout.py`.
"""

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from accounts.actions import security, sessions
from accounts.addresses import client_address
from accounts.lockout import count_failure
from accounts.models import User
from accounts.sessions import SIGNED_IN_AT

METHODS = {
    "password": "a password",  # nosec B105 - words
    "socialaccount": "Google",
    "password_reset": "a new password",  # nosec B105 - words
    "totp": "a code of an authenticator app",
    "recovery_codes": "a recovery code",
    "webauthn": "a passkey",
}


def connect() -> None:
    """Called once, when the app is ready."""
    pairs = (
        (user_logged_in, _stamp),
        (user_logged_out, _signed_out),
        (account.user_logged_in, _signed_in),
        (account.password_changed, _password_changed),
        (account.password_set, _password_changed),
        (account.password_reset, _password_reset),
        (account.email_changed, _email_changed),
        (mfa.authenticator_added, _factor_added),
        (mfa.authenticator_reset, _factor_added),
        (mfa.authenticator_removed, _factor_removed),
        (mfa.authentication_failed, _code_failed),
    )
    for signal, receiver in pairs:
        signal.connect(receiver, dispatch_uid=f"accounts.{receiver.__name__}")


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")


def method_words(request: HttpRequest, user: User) -> str:
    """How the person just showed who they are: "a password and a recovery code"."""
    proofs = get_authentication_records(request, user)
    # A session that began anonymous may hold older tries; the last of each kind is what counted.
    names = [METHODS.get(p.get("type", p["method"]), "a link by mail") for p in proofs]
    return " and ".join(dict.fromkeys(names)) or "a link by mail"


def _stamp(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[SIGNED_IN_AT] = int(time.time())


def _signed_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    devices = sessions.begin_session(
        user=user,
        session_key=request.session.session_key or "",
        address=client_address(request),
        user_agent=_agent(request),
        method=method_words(request, user),
    )
    if devices:
        messages.warning(
            request,
            f"You were signed in on too many devices, so we ended the oldest session: "
            f"{', '.join(devices)}.",
        )


def _signed_out(sender: object, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        sessions.leave_session(
            user=user,
            session_key=request.session.session_key or "",
            user_agent=_agent(request),
            reason=getattr(request, "session_ran_out", ""),
        )


def _password_changed(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    security.change_password(user=user, session_key=request.session.session_key)


def _password_reset(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    security.reset_password(user=user)


def _email_changed(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    security.change_email(user=user)


def _factor_added(sender: object, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    security.add_second_factor(user=user, kind=authenticator.type)


def _factor_removed(
    sender: object, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    security.remove_second_factor(user=user, kind=authenticator.type)


def _code_failed(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    count_failure(request, user)
