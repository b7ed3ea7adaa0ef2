"""`?fields=id,title,lines.id`: an answer with only what was asked for."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, ListSerializer

from marketplace.core.api.errors import BadCall

PARAMETER = "fields"
LONGEST = 2000


def fields_of(request: Request) -> dict[str, set[str]]:
    """Name -> names inside it, all of it without any; {} when nothing was asked.

    Raises BadCall for what is no list of names.
    """
    asked = request.query_params.get(PARAMETER)
    if asked is None:
        return {}
    found: dict[str, set[str]] = {}
    whole = set()
    for name in asked[: LONGEST + 1].split(","):
        outer, _, inner = name.strip().partition(".")
        found.setdefault(outer, set())
        if inner:
            found[outer].add(inner)
        else:
            whole.add(outer)
    if len(asked) > LONGEST or "" in found:
        raise _fault("Write names divided by commas, such as id,title,lines.id.")
    return {name: set() if name in whole else inner for name, inner in found.items()}


def narrow(serializer: BaseSerializer, asked: dict[str, set[str]]) -> None:
    """Leave only these fields in a serializer; what is left out is not computed. Raises BadCall for
    names it does not have."""
    fields = _fields_in(serializer)
    if fields is None or (missing := asked.keys() - fields.keys()):
        unknown = ", ".join(sorted(asked if fields is None else missing))
        known = ", ".join(fields or ()) or "none"
        raise _fault(f"Unknown: {unknown[:200]}. There are: {known}.")
    for name in list(fields):
        if name not in asked:
            del fields[name]
        elif asked[name]:
            narrow(fields[name], {inner: set() for inner in asked[name]})


def _fields_in(serializer: Any) -> Any:
    """The fields of an object or of the objects of a list; None for a value."""
    if isinstance(serializer, ListSerializer):
        serializer = serializer.child
    return getattr(serializer, "fields", None)


def _fault(sentence: str) -> BadCall:
    return BadCall(f"This answer cannot be narrowed so. {sentence}", fields={PARAMETER: sentence})
