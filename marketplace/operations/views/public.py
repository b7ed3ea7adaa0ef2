"""Whether the process lives and whether it can serve."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.decorators import public_page
from marketplace.operations.queries import database_answers


@public_page
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; no I/O."""
    return JsonResponse({"status": "ok"})


@public_page
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers; 503 otherwise."""
    try:
        ready = database_answers()
    except DatabaseError:
        ready = False
    return JsonResponse({"status": "ok" if ready else "down"}, status=200 if ready else 503)
