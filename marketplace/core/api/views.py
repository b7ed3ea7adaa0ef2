"""The base of every API view."""

from collections.abc import Mapping
from typing import IO, Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from marketplace.core.api.schema import ProblemSchema
from marketplace.core.api.throttles import add_limit_headers


class FlatJSONParser(JSONParser):
    """JSON whose nesting stays within what Python reads; deeper is malformed, not a crash."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - the body is nested too deeply.") from error


class ApiView(APIView):
    """JSON in and out, for a program with a token or a page with a session.

    `audience` is the door's marker that the guard of all URLs looks for.
    """

    audience = "api"
    parser_classes = [FlatJSONParser]
    schema = ProblemSchema()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.audience = cls.audience
        return view

    @property
    def actor(self) -> Any:
        """Who calls; TokenAuthentication and PageSessionAuthentication put it there."""
        return self.request.auth

    def clean(self, serializer: type[Serializer], **context: Any) -> dict[str, Any]:
        """The body as `serializer` reads it. Raises ValidationError with a pointer a fault."""
        form = serializer(data=self.request.data, context={**self.context(), **context})
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        return values

    def context(self) -> dict[str, Any]:
        """What serializers may ask for: the actor, whom links are made out to."""
        return {"actor": self.actor, "request": self.request}

    def answer(
        self, serializer: type[BaseSerializer], thing: Any, status: int = 200, **context: Any
    ) -> Response:
        """One thing as JSON."""
        shown = serializer(thing, context={**self.context(), **context})
        return Response(shown.data, status=status)

    def page(
        self, serializer: type[BaseSerializer], rows: QuerySet[Any], **context: Any
    ) -> Response:
        """One keyset page of rows; the view names its `pagination_class`."""
        paginator = self.pagination_class()  # type: ignore[attr-defined]
        chosen = paginator.paginate_queryset(rows, self.request, view=self)
        shown = serializer(chosen, many=True, context={**self.context(), **context})
        answer: Response = paginator.get_paginated_response(shown.data)
        return answer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        add_limit_headers(request, answer)
        return answer


@extend_schema(exclude=True)
class UnknownPath(ApiView):
    """Every path under the API that is none."""

    audience = "public"
    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whatever the method, there is nothing. Raises NotFound."""
        super().initial(request, *args, **kwargs)
        hint = "" if request.path.endswith("/") else " Paths end with a slash."
        raise NotFound(f"The API has no such path.{hint}")
