"""`Idempotency-Key`: a POST that is sent again is answered again and not done again.

As in draft-ietf-httpapi-idempotency-key-header: 409 while the first call is at work, 422 for a key
that was used for something else. Why it is built so: docs/decisions/0036.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.errors import BadCall, InFlight, KeyReused
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
# The draft writes a key as a quoted string, many clients without quotes: both are the same key.
KEY = r'"?([!#-\[\]-~]{1,100})"?'


def key_of(request: Request) -> str:
    """The key of a call, "" without one. Raises BadCall for one we do not take."""
    given = request.headers.get(HEADER)
    if given is None:
        return ""
    found = re.fullmatch(KEY, given.strip())
    if found is None:
        raise BadCall(
            "An Idempotency-Key has 1 to 100 visible ASCII characters, without spaces, quotation "
            "marks and backslashes. A UUID is a good one.",
            fields={HEADER: "Use 1 to 100 visible ASCII characters."},
        )
    return found[1]


def fingerprint_of(request: Request) -> str:
    """SHA-256 of what is asked: path, query and body as it was understood, so that neither spaces
    in JSON nor a form's boundary count. Files are read in pieces. Raises the parser's errors."""
    sha = hashlib.sha256()

    def add(*pieces: str) -> None:
        for piece in pieces:
            raw = piece.encode("utf-8", "surrogatepass")
            sha.update(b"%d:%b" % (len(raw), raw))

    add(request.method or "", request.get_full_path())
    data: Any = request.data
    if not isinstance(data, QueryDict):
        add(json.dumps(data, sort_keys=True))
        return sha.hexdigest()
    for name, values in sorted(data.lists()):
        for value in values:
            add(name, *_file(value)) if isinstance(value, UploadedFile) else add(name, str(value))
    return sha.hexdigest()


def _file(file: UploadedFile) -> tuple[str, str]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return file.name or "", digest.hexdigest()


def answer_once(view: Any, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What `act` answers, or what it answered when this key was here before.

    The lock on the key's row is held for the work and ends with it, also when the process dies.
    Raises InFlight, KeyReused, BadCall, and Conflict where the answer held a secret.
    """
    request: Request = view.request
    key = key_of(request)
    if not key:
        return act()
    asked = {"caller": _caller(view.actor), "key": key}
    fingerprint = fingerprint_of(request)
    KeptAnswer.objects.bulk_create(
        [KeptAnswer(**asked, fingerprint=fingerprint)], ignore_conflicts=True
    )
    with transaction.atomic():
        # Whose row is locked is at work; SQLite has one writer and waits here instead.
        row = KeptAnswer.objects.select_for_update(skip_locked=True).filter(**asked).first()
        if row is None:
            raise InFlight()
        if row.created_at < timezone.now() - KEPT_FOR:
            row.fingerprint, row.status, row.created_at = fingerprint, None, timezone.now()
        if row.fingerprint != fingerprint:
            raise KeyReused()
        if row.status is not None:
            return _replayed(row, view.actor)
        answer: HttpResponseBase = view.settled(act)
        # What the caller may do can change before it asks again; nothing was done.
        if answer.status_code < 500 and answer.status_code != 403:
            _keep(row, view, answer)
        return answer


def forget_kept_answers() -> int:
    """Delete answers of more than 24 hours ago; the number of them."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _caller(actor: Any) -> str:
    """An access token speaks with the credential it was made from: the next one repeats a call."""
    return f"{actor.company.public_id} {actor.credential or actor.public_id}"


def _keep(row: KeptAnswer, view: Any, answer: HttpResponseBase) -> None:
    shown_once = view.shows_secret or "no-store" in answer.get("Cache-Control", "")
    row.is_secret = answer.status_code < 400 and (shown_once or not isinstance(answer, Response))
    row.status = answer.status_code
    row.rights = " ".join(sorted(view.actor.permissions))
    row.content_type = answer.get("Content-Type", "")
    if isinstance(answer, Response) and not row.is_secret:
        row.body = answer.content.decode()
    row.save()


def _replayed(row: KeptAnswer, actor: Any) -> HttpResponse:
    if not set(row.rights.split()) <= set(actor.permissions):
        raise NotAllowed(
            "This was done by a call with more rights than this one has. Ask with those rights."
        )
    if row.is_secret:
        raise Conflict(
            "This was done already, and its answer held a secret that is shown once. If it did not "
            "reach you, make a new one with a new key and end the one you do not have.",
            code="already_done",
        )
    answer = HttpResponse(row.body, status=row.status, content_type=row.content_type or None)
    if not row.content_type:
        del answer["Content-Type"]
    answer[REPLAYED] = "true"
    return answer
