"""Stripe's error bodies."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200, in the shape Stripe gives it.

    ``stored`` says whether Stripe keeps this answer under the idempotency key: only once the
    endpoint began to execute, so never for a malformed request, a wrong key or a rate limit.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        stored: bool = True,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stored = stored
        error: dict[str, Any] = {"message": message, "type": kind}
        if code:
            error["code"] = code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            error["param"] = param
        error.update(extra)
        self.body = {"error": error}


def missing_resource(kind: str, object_id: str, param: str = "id") -> ApiError:
    """404 for an id that does not exist (or belongs to another account)."""
    return ApiError(
        404, f"No such {kind}: '{object_id}'", code="resource_missing", param=param, stored=False
    )


def missing_param(name: str) -> ApiError:
    """400 for a required parameter that is absent or empty."""
    return ApiError(
        400,
        f"Missing required param: {name}.",
        code="parameter_missing",
        param=name,
        stored=False,
    )


def unknown_param(name: str) -> ApiError:
    """400 for a parameter the endpoint does not know."""
    return ApiError(
        400,
        f"Received unknown parameter: {name}",
        code="parameter_unknown",
        param=name,
        stored=False,
    )


def invalid_param(name: str, message: str, code: str | None = None) -> ApiError:
    """400 for a parameter with an impossible value, found before anything was done."""
    return ApiError(400, message, code=code, param=name, stored=False)


def card_error(message: str, code: str, decline_code: str | None = None, **extra: Any) -> ApiError:
    """402 for a card that was refused."""
    if decline_code:
        extra["decline_code"] = decline_code
    return ApiError(402, message, kind="card_error", code=code, **extra)
