"""Requests a minute, counted by token or person, else by address."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class ActorThrottle(SimpleRateThrottle):
    """One bucket for each actor; an anonymous caller is counted by address."""

    scope = "actor"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        actor = getattr(request, "actor", None)
        ident = actor.public_id if actor and actor.public_id else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}
