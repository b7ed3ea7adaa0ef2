"""ETag, If-None-Match and If-Match (RFC 9110): nobody's change is lost unseen."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.module_loading import import_string
from rest_framework.response import Response

from marketplace.core.api.errors import BadCall, PreconditionFailed

MATCH, NONE_MATCH = "If-Match", "If-None-Match"
_ONE = '(W/)?"[!#-~]*"'
# Tags divided by commas, or any.
TAGS = rf"(\*|{_ONE}( *, *{_ONE})*)"


def tag_of(content: bytes) -> str:
    """The entity tag of a representation: its hash, but for signatures that change by the clock."""
    without_stamps = import_string(settings.API_STAMPS)
    return f'"{hashlib.sha256(without_stamps(content)).hexdigest()[:32]}"'


def tagged(view: Any, answer: HttpResponseBase) -> HttpResponseBase:
    """`answer` with its tag when it is a representation, whole and as JSON."""
    if (
        isinstance(answer, Response)
        and answer.status_code == 200
        and not (view.is_narrowed or view.is_expanded)
    ):
        answer["ETag"] = tag_of(view.rendered(answer).content)
    return answer


def unless_known(view: Any, answer: HttpResponseBase) -> HttpResponseBase:
    """The answer to a GET with its tag, or 304 where the caller has what it names."""
    # Whatever is answered, also a narrowed answer without a tag: what is no tag is told.
    known = _tags(view, NONE_MATCH)
    answer = tagged(view, answer)
    if "ETag" not in answer or not _names(known, answer["ETag"]):
        return answer
    unchanged = HttpResponse(status=304, headers={"ETag": answer["ETag"]})
    del unchanged["Content-Type"]
    return unchanged


def if_unchanged(view: Any, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What `act` answers, if the thing still is as the caller saw it.

    The rows of `view.held_rows()` are locked before the look and until the commit: of two calls
    with one tag the second one sees the first one's change. Raises PreconditionFailed, and BadCall
    where there is nothing to compare with.
    """
    tags = _tags(view, MATCH)
    if not tags:
        answer = act()
        return tagged(view, answer) if view.held_rows() else answer
    held = view.held_rows()
    if not held:
        raise BadCall("If-Match is not understood here: the answer to a GET carries no tag for it.")
    with transaction.atomic():
        for rows in held:
            list(rows.order_by("pk").select_for_update(of=("self",)))
        current = tag_of(view.whole())
        if not _names(tags, current):
            raise PreconditionFailed(current)
        return tagged(view, act())


def _tags(view: Any, header: str) -> list[str]:
    given = view.request.headers.get(header)
    if given is None:
        return []
    if not re.fullmatch(TAGS, given.strip()):
        raise BadCall(
            f'{header} takes the ETag of an answer as it came, with its quotation marks, or "*".',
            fields={header: "Use an ETag."},
        )
    return parse_etags(given)


def _names(tags: list[str], tag: str) -> bool:
    """A proxy that compresses marks our tags as weak: they still name the same state."""
    return tags == ["*"] or tag in [given.removeprefix("W/") for given in tags]
