"""`?dry_run=true`: what a write would answer, without doing it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from marketplace.core.api.errors import BadCall
from marketplace.core.dry_runs import undoing

PARAMETER = "dry_run"
HEADER = "Dry-Run"
FILES = ("multipart/", "application/octet-stream")


def is_dry(request: Request) -> bool:
    """Whether a dry run is asked. Raises BadCall for a value that is neither true nor false: a
    write that somebody only wanted to try is not done by mistake."""
    value = request.query_params.get(PARAMETER, "false")
    if value not in ("true", "false"):
        raise BadCall("dry_run is true or false.", fields={PARAMETER: "Use true or false."})
    return value == "true"


def dry_answer(view: Any, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What `act` would answer. Its rows are rolled back, so what waits for the commit (facts,
    mails, nudges, instructions) never happens, and files it wrote are deleted.

    Raises BadCall where that cannot be: a secret would be shown that opens nothing, and the files
    of an upload are read after it was kept.
    """
    if view.shows_secret:
        raise BadCall(
            "This cannot be tried: its answer is a secret, and one that was not kept opens nothing."
        )
    if (view.request.content_type or "").startswith(FILES):
        raise BadCall("This cannot be tried: it takes files, and they are read once they are kept.")
    with undoing(), transaction.atomic():
        answer: HttpResponseBase = view.settled(act)
        transaction.set_rollback(True)
    answer[HEADER] = "true"
    return answer
