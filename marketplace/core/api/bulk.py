"""Many of a kind in one call: each item is done or has its problem, and the others do not wait."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from marketplace.core.api.errors import ProblemSerializer, problem_response
from marketplace.core.api.strict import read_strictly
from marketplace.core.errors import DomainError

MOST_ITEMS = 500


class ItemResultSerializer(serializers.Serializer):
    """What became of one item; exactly one of `id` and `problem` is not null."""

    index = serializers.IntegerField(help_text="its place in `items`, from 0")
    id = serializers.CharField(allow_null=True)
    problem = ProblemSerializer(allow_null=True)


class BulkAnswerSerializer(serializers.Serializer):
    """One result an item, in their order."""

    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = ItemResultSerializer(many=True)


@cache
def items_of(item: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The serializer of a body with 1 to 500 `items`. Each is read for itself by `each_item`, so
    that a fault in one refuses no other."""
    annotated = extend_schema_field(item(many=True))(
        type("ItemsField", (serializers.ListField,), {})
    )
    field = annotated(child=serializers.DictField(), min_length=1, max_length=MOST_ITEMS)
    name = item.__name__.replace("Serializer", "")
    words = f"1 to {MOST_ITEMS} items; each is done or refused for itself."
    return type(
        f"{name}ItemsSerializer", (serializers.Serializer,), {"items": field, "__doc__": words}
    )


def each_item(
    view: Any,
    item: type[serializers.Serializer],
    act: Callable[[dict[str, Any]], str],
    rows: Sequence[Any],
    **context: Any,
) -> Response:
    """Do `act` with the values of every row, each in a savepoint of its own; it answers with the id
    of what it made. The caller's transaction keeps what was done."""
    context = {**view.context(), **context}
    results = []
    for index, row in enumerate(rows):
        try:
            with transaction.atomic():
                done = act(read_strictly(item(data=row, context=context)))
            results.append({"index": index, "id": done, "problem": None})
        except (DomainError, APIException) as error:
            refused: Any = problem_response(error, {})
            for fault in refused.data.get("errors", []):
                fault["pointer"] = f"/items/{index}{fault['pointer']}".rstrip("/")
            results.append({"index": index, "id": None, "problem": refused.data})
    count = sum(result["id"] is not None for result in results)
    answer = {"done": count, "refused": len(results) - count, "results": results}
    return Response(answer)
