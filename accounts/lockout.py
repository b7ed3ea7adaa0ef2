"""Who may try to sign in: failures are counted by account and address, the same at every door.

Two limits. Five failures from one address lock that pair of account and address. Twenty from
anywhere lock the account for addresses the person never signed in from, so that whoever rotates
addresses is stopped while the person at home or in the office still gets in. Both end SIGN_IN_LOCK
after the last counted failure; a try during the lock is refused unread and not counted, so nobody
can keep a lock alive by hammering. Page, repeated sign-in, second factor, admin and anything else
that calls `authenticate(request, ...)` share the counters, which live in the database (axes).
"""

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.actions.sign_in import lock_out, record_failed_sign_in
from accounts.addresses import client_address
from accounts.models import User
from marketplace.core.api.errors import plain_problem

API = "/api/"


def _tried(request: HttpRequest, credentials: dict[str, Any] | None) -> tuple[str, User | None]:
    """The account that is tried: its e-mail address and the person, None for an unknown one.

    Every way to write an address (capitals, spaces) is one account; looked up once a request.
    """
    given = credentials or {}
    text = given.get("email") or given.get("username") or given.get("login")
    text = str(text or request.POST.get("login", "")).strip().lower()[:254]
    known: dict[str, User | None] = request.__dict__.setdefault("_accounts_tried", {})
    if text and text not in known:
        known[text] = next(iter(filter_users_by_email(text)), None)
    person = known.get(text)
    return (person.email if person else text), person


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """AXES_USERNAME_CALLABLE: the key failures of an account are counted by."""
    return _tried(request, credentials)[0]


class LockoutHandler(AxesDatabaseHandler):
    """axes' counters with our two limits, our facts and our mail."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures of the pair; AXES_FAILURE_LIMIT at least while the account is locked."""
        account = account_tried(request, credentials)
        tries = _counted(account)
        address = request.axes_ip_address  # type: ignore[attr-defined]
        of_pair = _sum(tries.filter(ip_address=address))
        if _sum(tries) < settings.ACCOUNT_FAILURE_LIMIT or _has_signed_in_from(account, address):
            return of_pair
        return max(of_pair, settings.AXES_FAILURE_LIMIT)

    def user_login_failed(
        self,
        sender: object,
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> None:
        """Count it, record it, and tell the person when it is the one that locks."""
        refused_unread = request is not None and request.axes_locked_out  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None or refused_unread:
            return
        _, person = _tried(request, credentials)
        if person is None:
            return
        address = client_address(request)
        record_failed_sign_in(user=person, address=address)
        if request.axes_locked_out:  # type: ignore[attr-defined]
            lock_out(user=person, address=address)


def is_locked(request: HttpRequest, user: User) -> bool:
    """Whether this address may not try this account now; the answer becomes the 429 page then."""
    credentials = {"email": user.email}
    if AxesProxyHandler.is_allowed(request, credentials):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return True


def count_failure(request: HttpRequest, user: User) -> None:
    """Count a wrong code like a wrong password."""
    AxesProxyHandler.user_login_failed("second factor", {"email": user.email}, request)


def locked_out_response(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: 429 with the time to wait, as a page or as a problem."""
    last = _counted(account_tried(request, credentials)).aggregate(at=Max("attempt_time"))["at"]
    free_at = (last or timezone.now()) + settings.SIGN_IN_LOCK
    seconds = max(1, int((free_at - timezone.now()).total_seconds()) + 1)
    return too_many_requests(request, seconds=seconds)


def too_many_requests(request: HttpRequest, *, seconds: int = 60) -> HttpResponse:
    """The 429 answer; also of allauth's own limits, which all count by the minute."""
    if request.path.startswith(API):
        answer: HttpResponse = plain_problem(
            429, "too_many_attempts", f"Too many attempts. Try again in {seconds} seconds."
        )
    else:
        minutes = -(-seconds // 60)
        answer = render(request, "429.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def _counted(account: str) -> QuerySet[AccessAttempt]:
    since = timezone.now() - settings.SIGN_IN_LOCK
    tries: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
        username=account, attempt_time__gt=since
    )
    return tries


def _sum(tries: QuerySet[AccessAttempt]) -> int:
    return tries.aggregate(all=Sum("failures_since_start"))["all"] or 0


def _has_signed_in_from(account: str, address: str) -> bool:
    return AccessLog.objects.filter(username=account, ip_address=address).exists()
