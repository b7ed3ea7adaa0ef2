"""`?expand=rfq,payments`: what a thing belongs to, in the answer about the thing.

Which relations there are stands in `config/expansions.py`, for the apps of a relation do not know
each other. Each is one query or a fixed number of them for a whole page, made by the list of the
other thing: what that list would not show the caller is not in it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, Serializer

from marketplace.core.api.errors import BadCall

PARAMETER = "expand"
MEMBER = "expanded"
LONGEST = 400


@dataclass(frozen=True)
class Expansion:
    """One relation. `rows` gives the related rows the actor may see by the primary key of the
    things asked about; a list of them where `many`. `said` are words for the document."""

    said: str
    serializer: type[BaseSerializer]
    rows: Callable[[Any, Sequence[Any]], Mapping[Any, Any]]
    many: bool = False


def expansions_of(kind: str) -> Mapping[str, Expansion]:
    """The relations of a kind of thing, by name; none where a view names no kind (`expands`)."""
    if not kind:
        return {}
    declared: Mapping[str, Mapping[str, Expansion]] = import_string(settings.API_EXPANSIONS)
    return declared[kind]


def asked_expansions(view: Any, request: Request) -> list[str]:
    """The relations that were asked for, each once. Raises BadCall for names there are not."""
    asked = request.query_params.get(PARAMETER)
    if asked is None:
        return []
    known = expansions_of(view.expands)
    names = [name.strip() for name in asked[: LONGEST + 1].split(",")]
    missing = [name for name in names if name not in known]
    if missing or len(asked) > LONGEST:
        unknown = ", ".join(missing)[:200]
        sentence = f"Unknown: {unknown}. There are: {', '.join(known)}."
        raise BadCall(f"This cannot be expanded so. {sentence}", fields={PARAMETER: sentence})
    return list(dict.fromkeys(names))


def expand(view: Any, things: Sequence[Any], shown: Sequence[dict[str, Any]]) -> None:
    """Put what was asked for into the shown things, in their order."""
    known, context = expansions_of(view.expands), view.context()
    for row in shown:
        row[MEMBER] = {}
    for name in view.asked_expansions:
        expansion = known[name]
        found = expansion.rows(view.actor, things)
        for thing, row in zip(things, shown, strict=True):
            related = found.get(thing.pk, [] if expansion.many else None)
            row[MEMBER][name] = (
                None
                if related is None
                else expansion.serializer(related, many=expansion.many, context=context).data
            )


@cache
def expanded_shape(kind: str) -> type[Serializer]:
    """The serializer of `expanded` for the document: only what was asked for is there."""
    fields: dict[str, Any] = {}
    for name, each in expansions_of(kind).items():
        options: dict[str, Any] = {"many": True} if each.many else {"allow_null": True}
        fields[name] = each.serializer(required=False, help_text=each.said, **options)
    words = "What was named in `expand`, as the list of its kind shows it."
    return type(
        f"Expanded{kind.title().replace(' ', '')}Serializer",
        (Serializer,),
        {**fields, "__doc__": words},
    )
