"""Requests a minute, counted by token or person, else by address."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ActorThrottle(SimpleRateThrottle):
    """One bucket for each token or signed-in person; an anonymous caller counts by address."""

    scope = "actor"
    num_requests: int
    duration: int
    cost: int

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self._ident(request)}

    def _ident(self, request: Request) -> str:
        actor: Any = request.auth
        if actor is None:
            return self.get_ident(request)
        # A new access token shares the bucket of the credential it was made from.
        return str(actor.credential or actor.public_id)

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request, for as much as it costs and against the token's own limit if staff
        gave it one; what is left is kept on it for `add_limit_headers`."""
        if self.rate is None:
            return True
        self.num_requests = getattr(request.auth, "requests_per_minute", None) or self.num_requests
        self.cost = min(cost_of(view, request.method or ""), self.num_requests)
        self.key = self.get_cache_key(request, view)
        self.now = self.timer()
        forgotten = self.now - self.duration
        self.history = [at for at in self.cache.get(self.key, []) if at > forgotten]
        allowed = len(self.history) + self.cost <= self.num_requests
        if allowed:
            self.history = [self.now] * self.cost + self.history
            self.cache.set(self.key, self.history, self.duration)
        used = min(len(self.history), self.num_requests)
        oldest = self.history[-1] if self.history else self.now
        left = max(1, math.ceil(self.duration - (self.now - oldest)))
        limits = (self.num_requests, self.num_requests - used, left, self.duration)
        request._request.api_limits = limits  # type: ignore[attr-defined]
        return allowed

    def wait(self) -> float:
        """Seconds until enough of what was counted is forgotten for this request."""
        missing = len(self.history) + self.cost - self.num_requests
        return float(self.duration - (self.now - self.history[-missing]))


def cost_of(view: Any, method: str) -> int:
    """What a call of this method counts for."""
    costs: Mapping[str, int] = getattr(view, "costs", {})
    return costs.get("GET" if method == "HEAD" else method, 1)


def add_limit_headers(request: Request, response: Response) -> None:
    """RateLimit headers on an answer that was counted.

    Both shapes clients know: the structured fields of draft-ietf-httpapi-ratelimit-headers
    (`RateLimit-Policy`, `RateLimit`) and the three plain ones of its earlier drafts. Times are
    seconds; the reset is when the oldest counted request is forgotten.
    """
    limits = getattr(request._request, "api_limits", None)
    if limits is None:
        return
    quota, remaining, reset, window = limits
    response["RateLimit-Policy"] = f'"default";q={quota};w={window}'
    response["RateLimit"] = f'"default";r={remaining};t={reset}'
    response["RateLimit-Limit"] = str(quota)
    response["RateLimit-Remaining"] = str(remaining)
    response["RateLimit-Reset"] = str(reset)
