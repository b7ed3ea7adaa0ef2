"""What the OpenAPI document says of the conventions every operation has (docs/api.md)."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from marketplace.core.api import dry_run, expanding, idempotency, narrowing, preconditions

SUCCESS = [200, 201, 202]


def _sent(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=words)


def _answered(name: str, words: str, codes: list[int]) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=words, response=codes)


KEY = _sent(
    idempotency.HEADER,
    "1 to 100 visible ASCII characters, such as a UUID: the same call with the same key within 24 "
    "hours is answered again and not done again",
)
REPLAYED = _answered(
    idempotency.REPLAYED, '"true" on an answer that was given before', [*SUCCESS, 204]
)
MATCH = _sent(preconditions.MATCH, "the ETag as it was read: 412 if the thing changed since")
NONE_MATCH = _sent(preconditions.NONE_MATCH, "the ETag as it was read: 304 if it is the same")
TAG = _answered("ETag", "names this state of the thing", [200])
FIELDS = OpenApiParameter(
    narrowing.PARAMETER,
    str,
    description="names divided by commas, one level down with a point: only these are answered",
)
DRY_RUN = OpenApiParameter(
    dry_run.PARAMETER, bool, description="answer as if, and change nothing", default=False
)
WAS_DRY = _answered(dry_run.HEADER, '"true" when nothing was changed', [*SUCCESS, 204])


def has_tag(view: Any, method: str) -> bool:
    """Whether the answer is a representation with an ETag: JSON, not a document."""
    return method == "GET" and view.answers_json


def is_guarded(view: Any, method: str) -> bool:
    """Whether the operation understands `If-Match`."""
    return method in ("PATCH", "PUT", "DELETE") and _names_rows(view)


def parameters_of(view: Any, method: str, media_types: Sequence[str]) -> list[OpenApiParameter]:
    """Headers and parameters of one operation; `media_types` are what its body may be."""
    if method == "GET":
        more = [_expand(view)] if view.expands else []
        return [NONE_MATCH, TAG, FIELDS, *more] if has_tag(view, method) else []
    found = [KEY, REPLAYED] if method == "POST" else []
    if is_guarded(view, method):
        found += [MATCH] if method == "DELETE" else [MATCH, TAG]
    takes_files_only = all(each.startswith(dry_run.FILES) for each in media_types)
    if not view.shows_secret and not (takes_files_only and method in ("POST", "PUT")):
        found += [DRY_RUN, WAS_DRY]
    return found


def refusals_of(view: Any, method: str) -> dict[str, str]:
    """Statuses of problems that come of the conventions, with words."""
    found = {
        "400": "a header or parameter used wrongly, or a body that cannot be read",
        "429": "too many requests",
    }
    if view.authentication_classes:
        found["401"] = "nobody we know"
        found["403"] = "a right is missing"
        found["404"] = "it does not exist, or not for you"
    if method in ("GET", "PUT", "PATCH"):
        found["422"] = "a value that cannot be"
    if method in ("PUT", "PATCH", "DELETE"):
        found["409"] = "not open now, or changed meanwhile"
    if method == "POST":
        found["409"] = "not open now, changed meanwhile, or the first call with this key is at work"
        found["422"] = "a value that cannot be, or a key that was used for something else"
    if is_guarded(view, method):
        found["412"] = "it changed since the ETag was read; the answer has the ETag of now"
    return found


def _expand(view: Any) -> OpenApiParameter:
    names = "`, `".join(expanding.expansions_of(view.expands))
    return OpenApiParameter(
        expanding.PARAMETER,
        str,
        description=f"names divided by commas, added under `{expanding.MEMBER}`: `{names}`",
    )


def _names_rows(view: Any) -> bool:
    """A view says by its own `held_rows` that it understands `If-Match`."""
    return "held_rows" in vars(type(view))
