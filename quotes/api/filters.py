"""What lists of requests can be narrowed to."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from marketplace.core.api.fields import one_of
from quotes.lists import ListFilter

LIST_PARAMETERS = [
    OpenApiParameter("text", str, description="in title, reference, or a part's number or name"),
    OpenApiParameter("process", str, description="code"),
    OpenApiParameter(
        "due", str, enum=("soon", "over"), description="deadline within three days, or passed"
    ),
]


def chosen(request: Request, states: Any) -> ListFilter:
    """The filters of a request. Raises ValidationError for a state or `due` we do not know."""
    one_of(request, "state", states.values)
    one_of(request, "due", ("soon", "over"))
    found: ListFilter = ListFilter.read(request.query_params, states)
    return found
