"""The API as the assistant's tools call it: reading, and trying what a write would do."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

SECONDS = 30
MOST_BYTES = 4_000_000


class _Stay(urllib.request.HTTPRedirectHandler):
    """Another address would be sent the token."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


class Refused(Exception):
    """The API refused the call or could not be reached; the text is a sentence for people."""


@dataclass(frozen=True)
class Caller:
    """Calls of one API token. Nothing here can write: a body is only ever sent as a dry run."""

    site: str
    token: str

    def read(self, *path: str, **parameters: object) -> dict[str, Any]:
        """The answer of a GET. Raises Refused."""
        chosen = {name: value for name, value in parameters.items() if value not in ("", None)}
        answer, _ = self._call("GET", _address(path), chosen, None)
        return answer

    def propose(self, method: str, *path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the write would answer, and the call that would do it; nothing is changed.

        Raises Refused, also when the server does not confirm that it only tried.
        """
        address = _address(path)
        answer, headers = self._call(method, address, {"dry_run": "true"}, body)
        if headers.get("Dry-Run") != "true":
            raise Refused("The server did not confirm that this was only tried. Look at the thing.")
        return {
            "nothing_was_changed": True,
            "it_would_answer": answer,
            "to_do_it_a_person_sends": {"method": method, "path": address, "body": dict(body)},
        }

    def _call(
        self, method: str, address: str, parameters: Mapping[str, object], body: object
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        query = f"?{urlencode(parameters)}" if parameters else ""
        asked = urllib.request.Request(  # noqa: S310 - the address of this installation
            f"{self.site}{address}{query}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
        )
        try:
            with _opener.open(asked, timeout=SECONDS) as answer:
                written = answer.read(MOST_BYTES + 1)
                headers = answer.headers
            if len(written) > MOST_BYTES:
                raise Refused("The answer is too long. Ask for fewer with page_size.")
            found: dict[str, Any] = json.loads(written)
            return found, headers
        except urllib.error.HTTPError as error:
            raise Refused(_sentence(error)) from None
        except (OSError, ValueError) as error:
            raise Refused(f"{self.site} does not answer: {error}") from None


def _address(path: tuple[str, ...]) -> str:
    """Parts are quoted one by one, so an id can never lead to another operation."""
    if any(part in ("", ".", "..") for part in path):
        raise Refused("An id is missing.")
    return "/".join(["/api/v1", *(quote(part, safe="") for part in path), ""])


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(error.read(MOST_BYTES))
    except ValueError:
        return f"The server answered {error.code}."
    sentences = [problem.get("detail") or f"The server answered {error.code}."]
    sentences += [
        f"{each.get('pointer', '')}: {each.get('detail', '')}" for each in problem.get("errors", [])
    ]
    return " ".join(sentences)
