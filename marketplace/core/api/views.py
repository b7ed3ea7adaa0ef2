"""The base of every API view."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from marketplace.core.api.dry_run import dry_answer, is_dry
from marketplace.core.api.errors import BadCall
from marketplace.core.api.expanding import asked_expansions, expand
from marketplace.core.api.idempotency import answer_once, key_of
from marketplace.core.api.narrowing import fields_of, narrow
from marketplace.core.api.preconditions import MATCH, if_unchanged, unless_known
from marketplace.core.api.schema import ProblemSchema
from marketplace.core.api.strict import read_strictly, refuse_unknown_parameters, shown_by
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

    `audience` is the door's marker that the guard of all URLs looks for. `shows_secret` says that
    writes answer with a secret that is shown once: such an answer is neither kept nor tried.
    Around every handler stand the conventions of docs/api.md: `Idempotency-Key`, `If-Match`,
    `If-None-Match`, `dry_run`.
    """

    audience = "api"
    # What a call counts for in the limit of requests a minute, by method; 1 where nothing is said.
    costs: Mapping[str, int] = {}
    shows_secret = False
    answers_json = True
    asked_fields: dict[str, set[str]] = {}
    is_narrowed = False
    # The kind of thing whose relations `expand` can add (config/expansions.py).
    expands = ""
    asked_expansions: Sequence[str] = ()
    is_expanded = False
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

    def held_rows(self) -> list[QuerySet[Any]]:
        """The rows whose locks every change of this thing takes, in the order of the locks; a view
        that names some understands `If-Match`."""
        return []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As DRF's, with the conventions around the handler."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            answer = self._by_convention((request.method or "").lower())
        except Exception as error:  # noqa: BLE001 - what is no refusal is raised again
            answer = self.handle_exception(error)
        self.response: Any = self.finalize_response(self.request, answer, *args, **kwargs)
        return self.response

    def _by_convention(self, method: str) -> Any:
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            return self.http_method_not_allowed(self.request, *self.args, **self.kwargs)
        act: Callable[[], HttpResponseBase] = partial(
            handler, self.request, *self.args, **self.kwargs
        )
        if method != "options":
            refuse_unknown_parameters(self, self.request, handler)
        if method in ("get", "head"):
            self.asked_fields = fields_of(self.request)
            self.asked_expansions = asked_expansions(self, self.request)
            answer = act()
            if self.asked_fields and not self.is_narrowed:
                raise BadCall("This answer cannot be narrowed.", fields={"fields": "Leave it out."})
            return unless_known(self, answer)
        if method == "options":
            return act()
        if method == "post" and MATCH in self.request.headers:
            raise BadCall("If-Match is understood by PATCH, PUT and DELETE.")
        if method == "post":
            key_of(self.request)  # one that cannot be is told to who only tries, too
        else:
            act = partial(if_unchanged, self, act)
        if is_dry(self.request):
            return dry_answer(self, act)
        return answer_once(self, act) if method == "post" else act()

    def settled(self, act: Callable[[], HttpResponseBase]) -> Any:
        """What `act` answers, a refusal included, whose changes are undone; as bytes, inside the
        caller's transaction."""
        try:
            with transaction.atomic():
                answer: Any = act()
        except Exception as error:  # noqa: BLE001 - what is no refusal is raised again
            answer = self.handle_exception(error)
        return self.rendered(answer)

    def rendered(self, answer: Any) -> Any:
        """The answer as it will leave, with its bytes."""
        done = self.finalize_response(self.request, answer, *self.args, **self.kwargs)
        return done.render() if isinstance(done, Response) else done

    def whole(self) -> bytes:
        """The bytes a GET of this thing answers now."""
        shown = self.get(self.request, *self.args, **self.kwargs)  # type: ignore[attr-defined]
        content: bytes = self.rendered(shown).content
        return content

    def clean(self, serializer: type[Serializer], **context: Any) -> dict[str, Any]:
        """The body as `serializer` reads it. Raises Faults with a pointer a fault; a member that it
        does not know is one. A PUT may send back what a GET there answers."""
        given = serializer(data=self.request.data, context={**self.context(), **context})
        return read_strictly(given, shown_by(self) if self.request.method == "PUT" else None)

    def context(self) -> dict[str, Any]:
        """What serializers may ask for: the actor, whom links are made out to."""
        return {"actor": self.actor, "request": self.request}

    def answer(
        self, serializer: type[BaseSerializer], thing: Any, status: int = 200, **context: Any
    ) -> Response:
        """One thing as JSON."""
        return Response(self.shown(serializer, thing, **context), status=status)

    def rows(self, serializer: type[BaseSerializer], rows: Iterable[Any], **context: Any) -> Any:
        """An array that is an answer of its own."""
        return Response(self.shown(serializer, rows, many=True, **context))

    def whole_list(
        self,
        serializer: type[BaseSerializer],
        rows: Iterable[Any],
        status: int = 200,
        **context: Any,
    ) -> Response:
        """A short list that is never cut, in the shape of a page."""
        shown = self.shown(serializer, rows, many=True, **context)
        return Response({"next": None, "previous": None, "results": list(shown)}, status=status)

    def page(
        self, serializer: type[BaseSerializer], rows: QuerySet[Any], **context: Any
    ) -> Response:
        """One keyset page of rows; the view names its `pagination_class`."""
        paginator = self.pagination_class()  # type: ignore[attr-defined]
        chosen = paginator.paginate_queryset(rows, self.request, view=self)
        shown = self.shown(serializer, chosen, many=True, **context)
        answer: Response = paginator.get_paginated_response(shown)
        return answer

    def shown(
        self, serializer: type[BaseSerializer], thing: Any, many: bool = False, **context: Any
    ) -> Any:
        """A thing or several as plain values, narrowed to the fields that were asked for, with
        the relations that were asked for. Raises BadCall for unknown fields."""
        made = serializer(thing, many=many, context={**self.context(), **context})
        if self.asked_fields:
            narrow(made, self.asked_fields)
            self.is_narrowed = True
        data = made.data
        if self.asked_expansions:
            expand(self, list(thing) if many else [thing], data if many else [data])
            self.is_expanded = True
        return data

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
