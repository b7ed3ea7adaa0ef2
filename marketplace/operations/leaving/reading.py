"""Reading the API from inside, as the person who asked for the archive may read it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.urls import resolve

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.files.links import open_link
from marketplace.files.models import StoredFile
from marketplace.operations.leaving.chapters import Chapter

API = "/api/v1/"
_FILE = re.compile(r"^(?:https?://[^/]+)?/files/([^/?#]+)/$")


class Unreadable(DomainError):
    """The API did not answer as it does to the person's own program."""


@dataclass
class Line:
    """One thing of a chapter; `of` is the id of what it belongs to, "" at the top."""

    chapter: str
    of: str
    thing: Any


@dataclass
class Reader:
    """Reads as `actor`, and remembers the files that were met."""

    actor: Actor
    files: dict[str, StoredFile] = field(default_factory=dict)

    def get(self, address: str) -> Any:
        """What the API answers to GET `address`, None where there is nothing for this actor.

        Links to files become their places in the archive. Raises Unreadable otherwise.
        """
        status, answer = _ask(self.actor, address)
        if status in (403, 404):
            return None
        if status != 200:
            raise Unreadable(f"{address} answered {status}.")
        return self._placed(answer)

    def page(self, chapter: Chapter, position: str) -> tuple[list[Line], str]:
        """The lines of the page of a top chapter at `position` ("": the first), and the next."""
        address = position or API + chapter.path + (f"?{chapter.query}" if chapter.query else "")
        answer = self.get(address)
        if answer is None:
            return [], ""
        rows, following = _rows_of(answer)
        lines: list[Line] = []
        for row in rows:
            lines += self._lines(chapter, chapter.name, API + chapter.path, row, "")
        return lines, following

    def _lines(
        self, chapter: Chapter, name: str, address: str, row: Any, of: str
    ) -> Iterator[Line]:
        own = f"{address}{row.get(chapter.key, '')}/" if isinstance(row, dict) else address
        thing = (self.get(own) or row) if chapter.whole else row
        yield Line(name, of, thing)
        for lower in chapter.below:
            place = own + lower.path
            for found in self._all(place):
                yield from self._lines(
                    lower, f"{name}.{lower.name}", place, found, str(row[chapter.key])
                )

    def _all(self, address: str) -> Iterator[Any]:
        following = address
        while following:
            answer = self.get(following)
            if answer is None:
                return
            rows, following = _rows_of(answer)
            yield from rows

    def _placed(self, value: Any) -> Any:
        """The same with places in the archive for links to files."""
        if isinstance(value, dict):
            return {key: self._placed(below) for key, below in value.items()}
        if isinstance(value, list):
            return [self._placed(below) for below in value]
        if isinstance(value, str) and (found := _FILE.match(value)):
            try:
                file = open_link(found[1], self.actor).file
            except NotFound:
                return ""
            self.files[file.public_id] = file
            return place_of(file)
        return value


def reader_for(actor: Actor, label: str) -> Reader:
    """A reader with a bucket of its own: the archive does not use up the person's limit."""
    return Reader(replace(actor, credential=label, requests_per_minute=1_000_000))


def place_of(file: StoredFile) -> str:
    """Where a file lies in the archive: each content once."""
    return f"files/{file.sha256}"


def _rows_of(answer: Any) -> tuple[list[Any], str]:
    """The things of an answer, and the address of the next page ("" on the last)."""
    if isinstance(answer, dict) and "results" in answer:
        following = urlsplit(answer.get("next") or "")
        return answer["results"], f"{following.path}?{following.query}" if following.path else ""
    return (answer if isinstance(answer, list) else [answer]), ""


def _ask(actor: Actor, address: str) -> tuple[int, Any]:
    """Status and body of a GET, without a server between: the view itself is called."""
    parts = urlsplit(address)
    site = urlsplit(settings.SITE_URL)
    request: Any = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
    # What the middleware and the authentication of a real request leave on it.
    request.actor, request.user = actor, actor.user
    request._force_auth_user, request._force_auth_token = actor.user, actor
    try:
        match = resolve(parts.path)
    except Http404:
        return 404, None
    view: Callable[..., Any] = match.func
    response = view(request, *match.args, **match.kwargs).render()
    return response.status_code, json.loads(response.content) if response.content else None
