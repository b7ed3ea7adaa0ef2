"""What no operation knows is refused: a misspelled member or parameter is not silently ignored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DecimalField,
    Field,
    FloatField,
    IntegerField,
)
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, Serializer

from marketplace.core.api import dry_run, expanding, narrowing
from marketplace.core.api.errors import BadCall, escaped, pointers

UNKNOWN = "There is no such value here. Leave it out, or check how it is written."
SHOWN_LENGTH = 60


def _is_whole(value: Any) -> bool:
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    )


# Of JSON: kinds of fields, whether a value is of their type, and what to do where it is not. Money
# and measures are texts, for a number may be rounded on its way.
TYPES: Sequence[tuple[tuple[type[Field], ...], Callable[[Any], bool], str]] = (
    ((BooleanField,), lambda value: isinstance(value, bool), "Write true or false."),
    ((IntegerField,), _is_whole, "Write a whole number, without quotation marks."),
    (
        (FloatField,),
        lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        "Write a number, without quotation marks.",
    ),
    (
        (CharField, ChoiceField, DecimalField),
        lambda value: isinstance(value, str),
        "Write a text, in quotation marks.",
    ),
)


class Faults(ValidationError):
    """Refused values with their pointers, those of the serializer and those it does not know."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        super().__init__(rows[0]["detail"])
        self.rows = rows


def read_strictly(form: Serializer, shown: Any = None) -> dict[str, Any]:
    """The values of a serializer that was given data. Raises Faults with a pointer a fault, at any
    depth: values of another type and members it does not have are some; but for members the answer
    `shown` has, so that what was read can be sent back as it is."""
    form.is_valid()
    data = form.initial_data
    rows = [*pointers(form.errors), *_unknown(form, shown, data, "")]
    if not isinstance(data, QueryDict):  # a form has texts only
        told = {row["pointer"] for row in rows}
        rows += [row for row in _mistyped(form, data, "") if row["pointer"] not in told]
    if rows:
        raise Faults(rows)
    values: dict[str, Any] = form.validated_data
    return values


def shown_by(view: Any) -> Any:
    """The serializer of what a GET at this address answers; None where there is none."""
    schema = getattr(getattr(type(view), "get", None), "kwargs", {}).get("schema")
    if schema is None:
        return None
    inspector = schema()
    inspector.view, inspector.method = view, "GET"
    shape = inspector.get_response_serializers()
    return shape() if isinstance(shape, type) and issubclass(shape, Serializer) else None


def _unknown(form: Any, shown: Any, data: Any, path: str) -> Iterator[dict[str, str]]:
    child = getattr(form, "child", None)
    readable = getattr(shown, "fields", {})
    if isinstance(form, Serializer) and isinstance(data, Mapping):
        for name, value in data.items():
            pointer = f"{path}/{escaped(str(name)[:SHOWN_LENGTH])}"
            if name in form.fields:
                yield from _unknown(form.fields[name], readable.get(name), value, pointer)
            elif name not in readable:
                yield {"pointer": pointer, "detail": UNKNOWN}
    elif isinstance(child, BaseSerializer) and isinstance(data, Mapping | list):
        rows = data.items() if isinstance(data, Mapping) else enumerate(data)
        inner = getattr(shown, "child", None)
        for key, value in rows:
            yield from _unknown(child, inner, value, f"{path}/{escaped(str(key)[:SHOWN_LENGTH])}")


def _mistyped(form: Any, data: Any, path: str) -> Iterator[dict[str, str]]:
    """JSON values of another type than the document says: 5 is no text, and "5" no number."""
    child = getattr(form, "child", None)
    if isinstance(form, Serializer) and isinstance(data, Mapping):
        for name, field in form.fields.items():
            if name in data and not field.read_only:
                yield from _mistyped(field, data[name], f"{path}/{escaped(name)}")
    elif child is not None and isinstance(data, Mapping | list):
        rows = data.items() if isinstance(data, Mapping) else enumerate(data)
        for key, value in rows:
            yield from _mistyped(child, value, f"{path}/{escaped(str(key)[:SHOWN_LENGTH])}")
    elif data is not None:
        for kinds, wanted, sentence in TYPES:
            if isinstance(form, kinds) and not wanted(data):
                yield {"pointer": path, "detail": sentence}
                return


def refuse_unknown_parameters(view: Any, request: Request, handler: Callable[..., Any]) -> None:
    """Raises BadCall for query parameters that neither the operation nor the conventions know."""
    if not request.query_params:
        return
    known = _declared(view, handler)
    missing = request.query_params.keys() - known
    if missing:
        sentence = f"There is no such parameter here. There are: {', '.join(sorted(known))}."
        fields = {escaped(name[:SHOWN_LENGTH]): sentence for name in sorted(missing)}
        raise BadCall(sentence, fields=fields)


_KNOWN: dict[Any, set[str]] = {}


def _declared(view: Any, handler: Any) -> set[str]:
    """Names of the query parameters of the handler's `extend_schema` and of the conventions."""
    written, method = getattr(handler, "__func__", handler), view.request.method
    method = "GET" if method == "HEAD" else method
    key = (type(view), written)
    if key not in _KNOWN:
        found = {narrowing.PARAMETER if method == "GET" else dry_run.PARAMETER}
        if method == "GET" and (pages := getattr(view, "pagination_class", None)):
            found |= {each["name"] for each in pages().get_schema_operation_parameters(view)}
        if method == "GET" and view.expands:
            found.add(expanding.PARAMETER)
        schema = getattr(written, "kwargs", {}).get("schema")
        if schema is not None:
            inspector = schema()
            inspector.view, inspector.method = view, method
            found |= {p.name for p in inspector.get_override_parameters() if p.location == "query"}
        _KNOWN[key] = found
    return _KNOWN[key]
