"""Every error of the API is one shape: problem details (RFC 9457) with the request's id."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from marketplace.core.errors import DomainError
from marketplace.core.request_id import current_request_id

TITLES = {
    400: "The request is malformed",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
}


def _problem(status: int, code: str, detail: str, fields: list[dict[str, str]]) -> Response:
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
    return Response(body, status=status, content_type="application/problem+json")


def _pointers(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail as a flat list of JSON pointers with sentences."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _pointers(value, f"{path}/{key}")]
    if isinstance(detail, list):
        rows: list[dict[str, str]] = []
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            rows += _pointers(value, f"{path}/{index}" if nested else path)
        return rows
    return [{"pointer": path.replace("/non_field_errors", "") or "/", "detail": str(detail)}]


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: domain errors, validation, authentication, limits. Else None."""
    set_rollback()
    if isinstance(error, DomainError):
        fields = [{"pointer": f"/{k}", "detail": v} for k, v in error.fields.items()]
        return _problem(error.status, error.code, error.sentence, fields)
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here that you can see.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        rows = _pointers(error.detail)
        return _problem(400, "invalid", rows[0]["detail"] if rows else "Invalid input.", rows)
    if isinstance(error, exceptions.APIException):
        response = _problem(error.status_code, error.default_code, str(error.detail), [])
        if challenge := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = challenge
        if (wait := getattr(error, "wait", None)) is not None:
            response["Retry-After"] = str(max(1, int(wait)))
        return response
    return None
