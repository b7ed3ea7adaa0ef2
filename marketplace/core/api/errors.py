"""Every error of the API is one shape: problem details (RFC 9457) with the request's id."""

import math
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from marketplace.core.errors import Conflict, DomainError
from marketplace.core.request_id import current_request_id

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request is malformed",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
    500: "Something broke on our side",
    503: "Not available at the moment",
    507: "No room",
}


class FaultSerializer(serializers.Serializer):
    """One value that was refused."""

    pointer = serializers.CharField(help_text='JSON pointer to the value, "/" for the whole body')
    detail = serializers.CharField(help_text="a sentence on what is wrong with it")


class ProblemSerializer(serializers.Serializer):
    """Problem details. `code` is stable and meant for programs, `detail` for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    request_id = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]


class TooLarge(exceptions.APIException):
    """The body is larger than what is read at once."""

    status_code = 413
    default_detail = "This body is too large. Send less at once."
    default_code = "too_large"


class Malformed(exceptions.APIException):
    """A body that cannot be read, for example one with thousands of fields."""

    status_code = 400
    default_detail = "This body cannot be read. Check its form and send it again."
    default_code = "malformed"


class BadCall(DomainError):
    """A header or parameter that every operation has, used wrongly. `fields` names it."""

    status = 400
    code = "bad_call"


class InFlight(Conflict):
    """The first call with this Idempotency-Key is still at work."""

    code = "in_flight"
    headers = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__("The first call with this Idempotency-Key is at work. Ask again soon.")


class KeyReused(DomainError):
    """An Idempotency-Key that was used for something else."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another path or body within 24 hours. Use a new key "
            "for a new call."
        )


class PreconditionFailed(DomainError):
    """The thing is no longer what the caller saw; the answer carries the tag it has now."""

    status = 412
    code = "changed_meanwhile"

    def __init__(self, tag: str) -> None:
        super().__init__(
            "It changed since you read it. Read it again, and make your change to what it is now."
        )
        self.headers = {"ETag": tag}


def problem(
    status: int, code: str, detail: str, fields: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The body of an error: `fields` are {pointer, detail} rows for single inputs."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": current_request_id(),
    }
    if fields:
        body["errors"] = fields
    return body


def plain_problem(status: int, code: str, detail: str) -> JsonResponse:
    """An error of the API that never reached DRF."""
    return JsonResponse(problem(status, code, detail), status=status, content_type=MEDIA_TYPE)


def _problem(status: int, code: str, detail: str, fields: list[dict[str, str]]) -> Response:
    return Response(problem(status, code, detail, fields), status=status, content_type=MEDIA_TYPE)


def escaped(name: object) -> str:
    """A member's name as a step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def pointers(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail as a flat list of JSON pointers with sentences."""
    if isinstance(detail, dict):
        return [
            row
            for key, value in detail.items()
            for row in pointers(value, f"{path}/{escaped(key)}")
        ]
    if isinstance(detail, list):
        rows: list[dict[str, str]] = []
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            rows += pointers(value, f"{path}/{index}" if nested else path)
        return rows
    return [{"pointer": path.replace("/non_field_errors", "") or "/", "detail": str(detail)}]


def _translated(error: Exception) -> Exception:
    """Django's own exceptions as the API's, anything else as it is."""
    if isinstance(error, Http404):
        return exceptions.NotFound("There is nothing here that you can see.")
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation):
        return Malformed()
    return error


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: domain errors, validation, authentication, limits. Else None.

    A value refused by a serializer and one refused by an action answer alike (422): which of the
    two noticed is our business, not the caller's.
    """
    set_rollback()
    if isinstance(error, DomainError):
        fields = [{"pointer": f"/{k}", "detail": v} for k, v in error.fields.items()]
        answer = _problem(error.status, error.code, error.sentence, fields)
        for name, value in getattr(error, "headers", {}).items():
            answer[name] = value
        return answer
    error = _translated(error)
    if isinstance(error, exceptions.ValidationError):
        rows = getattr(error, "rows", None) or pointers(error.detail)
        return _problem(422, "invalid", rows[0]["detail"] if rows else "Invalid input.", rows)
    if isinstance(error, exceptions.APIException):
        response = _problem(error.status_code, error.default_code, str(error.detail), [])
        if challenge := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = challenge
        if (wait := getattr(error, "wait", None)) is not None:
            response["Retry-After"] = str(max(1, math.ceil(wait)))
        return response
    return None
