"""What the OpenAPI document says of the conventions every operation has (docs/api.md)."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from marketplace.core.api import dry_run, expanding, idempotency, narrowing, preconditions

SUCCESS = [200, 201, 202]
# What a status says of every operation that answers with it.
ANSWERS = {
    "200": "done, or what was asked for",
    "201": "made",
    "202": "taken; a worker is at it",
    "204": "done, and nothing to say",
    "default": "another refusal",
}
# Headers of answers, by the name of their component.
HEADERS = {
    "RateLimit": 'what is left and the seconds until it is forgotten: `"default";r=99;t=60`',
    "RateLimit-Policy": 'requests and the seconds they count for: `"default";q=100;w=60`',
    "Retry-After": "seconds until this call can go on",
    "WWW-Authenticate": "how to say who calls",
    "X-Request-ID": "names the call in our log, as `request_id` in a problem",
}
# Only where requests are counted at all (RATE_LIMIT_ENABLED).
COUNTED = ("RateLimit", "RateLimit-Policy")
ACRONYMS = {"rfq": "RFQ", "rfqs": "RFQs", "pdf": "PDF", "rma": "RMA", "nda": "NDA", "api": "API"}


def _sent_as(name: str, pattern: str, words: str) -> OpenApiParameter:
    shape = {"type": "string", "pattern": f"^{pattern}$"}
    return OpenApiParameter(name, shape, OpenApiParameter.HEADER, description=words)


def _answered(name: str, words: str, codes: list[int]) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=words, response=codes)


KEY = _sent_as(
    idempotency.HEADER,
    idempotency.KEY,
    "1 to 100 visible ASCII characters, such as a UUID: the same call with the same key within 24 "
    "hours is answered again and not done again",
)
REPLAYED = _answered(
    idempotency.REPLAYED, '"true" on an answer that was given before', [*SUCCESS, 204]
)
MATCH = _sent_as(
    preconditions.MATCH,
    preconditions.TAGS,
    "the ETag as it was read: 412 if the thing changed since",
)
NONE_MATCH = _sent_as(
    preconditions.NONE_MATCH, preconditions.TAGS, "the ETag as it was read: 304 if it is the same"
)
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


def summary_of(operation_id: str) -> str:
    """The operation in a few words: "Accept quote"."""
    words = " ".join(ACRONYMS.get(word, word) for word in operation_id.split("_"))
    return words[:1].upper() + words[1:]


def headers_of(status: str) -> tuple[str, ...]:
    """Headers that every answer with this status has, besides those of its operation."""
    more = {"401": ("WWW-Authenticate",), "429": ("Retry-After",)}
    counted = COUNTED if status[0] in "23" or status == "429" else ()
    return ("X-Request-ID", *more.get(status, ()), *counted)


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
