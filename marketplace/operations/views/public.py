"""Whether the process lives, whether it can serve, and how every part is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import public_page
from marketplace.core.api.errors import plain_problem
from marketplace.operations.rules import may_watch
from marketplace.operations.watching.health import Finding, health, readiness
from marketplace.operations.watching.prometheus import CONTENT_TYPE, exposition


@public_page
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; no I/O."""
    return JsonResponse({"status": "ok"})


@public_page
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and cache answer; 503 otherwise."""
    is_ready = all(finding.is_ok for finding in readiness())
    return _answered({"status": "ok" if is_ready else "down"}, is_ready)


def _answered(told: dict[str, Any], is_well: bool) -> JsonResponse:
    """200 or 503. Who asks every few seconds learns it; as an error of ours it is not logged."""
    answer = JsonResponse(told, status=200 if is_well else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _heading(status: str) -> dict[str, Any]:
    return {
        "status": status,
        "timestamp": timezone.now().isoformat(),
        "version": settings.RELEASE,
        "environment": settings.ENVIRONMENT,
    }


@public_page
@require_safe
def api_health(request: HttpRequest) -> JsonResponse:
    """The process answers, and which it is; no I/O."""
    return JsonResponse(_heading("ok"))


@public_page
@require_safe
def api_health_detailed(request: HttpRequest) -> HttpResponse:
    """Every part with what its check found; 503 when one fails. For staff and monitoring."""
    if refused := refuse_onlooker(request):
        return refused
    findings = health()
    is_well = all(finding.is_ok for finding in findings)
    answer = {
        **_heading("ok" if is_well else "failing"),
        "checks": {finding.name: _told(finding) for finding in findings},
    }
    return _answered(answer, is_well)


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "status": "ok" if finding.is_ok else "failing",
        "detail": finding.detail,
        "milliseconds": finding.milliseconds,
        "checked_at": finding.checked_at.isoformat(),
    }


@public_page
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every measurement for Prometheus. For staff and monitoring."""
    return refuse_onlooker(request) or HttpResponse(exposition(), content_type=CONTENT_TYPE)


def refuse_onlooker(request: HttpRequest) -> HttpResponse | None:
    """The answer to who is neither staff nor the monitoring, None for those who are."""
    if may_watch(request.user, request.headers.get("Authorization", "")):
        return None
    if request.user.is_authenticated:
        return plain_problem(404, "not_found", "There is nothing here that you can see.")
    answer = plain_problem(401, "not_authenticated", "Sign in as staff, or send METRICS_TOKEN.")
    answer["WWW-Authenticate"] = "Bearer"
    return answer
