"""The request as our pages see it."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.actor import Actor


class Request(HttpRequest):
    """Django's request after our middleware: it knows who acts. For annotations only."""

    actor: Actor
    session: SessionBase
