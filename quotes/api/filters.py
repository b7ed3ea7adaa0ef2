"""What lists of requests can be narrowed to."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from marketplace.core.api.fields import one_of, text_of, text_parameter
from quotes.lists import ListFilter

LONGEST_CODE = 40
LIST_PARAMETERS = [
    text_parameter("text", "in title, reference, or a part's number or name"),
    text_parameter("process", "code", LONGEST_CODE),
    OpenApiParameter(
        "due", str, enum=("soon", "over"), description="deadline within three days, or passed"
    ),
]


def chosen(request: Request, states: Any) -> ListFilter:
    """The filters of a request. Raises ValidationError for a state or `due` we do not know and
    for a text that is too long."""
    one_of(request, "state", states.values)
    one_of(request, "due", ("soon", "over"))
    text_of(request, "text")
    text_of(request, "process", LONGEST_CODE)
    found: ListFilter = ListFilter.read(request.query_params, states)
    return found
