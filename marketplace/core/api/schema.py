"""The OpenAPI document and the page that shows it."""

import json
from functools import cache
from typing import Any, Literal

from django.db import models
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.fields import MultipleChoiceField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.core.api import conventions, expanding
from marketplace.core.api.collection import collection_of
from marketplace.core.api.errors import MEDIA_TYPE, ProblemSerializer
from marketplace.core.api.recorded import show_recorded
from marketplace.core.api.throttles import cost_of

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{css}">
</head>
<body>
<p>The same for your tools: <a href="{document}">OpenAPI document</a>,
<a href="{collection}">collection for Postman, Bruno and Insomnia</a></p>
<div id="swagger-ui"></div>
<script src="{bundle}"></script>
<script src="{standalone}"></script>
<script src="{script}"></script>
</body>
</html>
"""


class ProblemSchema(AutoSchema):
    """Every operation may answer with a problem, and has the conventions of docs/api.md."""

    def get_override_parameters(self) -> list[Any]:
        """Their headers and parameters, where the operation understands them."""
        found = conventions.parameters_of(self.view, self.method, self._media_types())
        return [*found, *super().get_override_parameters()]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """With its scope and an example of its body and its answer."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation:
            show_recorded(operation)
        return operation

    def get_summary(self) -> str:
        """Its name, as words."""
        return conventions.summary_of(self.get_operation_id())

    def get_extensions(self) -> dict[str, Any]:
        """What a call counts for, where it is more than one request."""
        cost = cost_of(self.view, self.method)
        return {"x-cost": cost} if cost > 1 else {}

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        """Each says what it is: an id, where the operation says nothing else."""
        found: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        for each in found:
            each.setdefault("description", f"id of the {each['name'].replace('_', ' ')}")
        return found

    def _get_format_parameters(self) -> list[Any]:
        """None: `Accept` says it, and `?format=` is refused as any other name we do not know."""
        return []

    def _media_types(self) -> list[str]:
        return [parser.media_type for parser in self.view.parser_classes]

    def _map_basic_serializer(
        self, serializer: Any, direction: Literal["request", "response"]
    ) -> dict[str, Any]:
        """What is sent has no members but these; a PUT may send back what was read (strict.py)."""
        found: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and self.method != "PUT":
            return {**found, "additionalProperties": False}
        return found

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        view: Any = self.view
        if view.expands and self.method == "GET":
            self._add_expansions(view.expands)
        bodies["default"] = self._get_response_for_code(
            ProblemSerializer, "default", media_types=[MEDIA_TYPE]
        )
        for status, words in conventions.refusals_of(self.view, self.method).items():
            response = OpenApiResponse(ProblemSerializer, description=words)
            bodies[status] = self._get_response_for_code(response, status, [MEDIA_TYPE])
        if conventions.has_tag(self.view, self.method):
            bodies["304"] = {"description": "the caller has it already"}
        for status, answer in bodies.items():
            answer["description"] = conventions.ANSWERS.get(status, answer["description"])
            self._add_headers(status, answer)
        return bodies

    def _add_headers(self, status: str, answer: dict[str, Any]) -> None:
        """Those every answer of its status has, each a component of its own."""
        for name in conventions.headers_of(status):
            shown = {"$ref": f"#/components/headers/{name}"}
            answer.setdefault("headers", {})[name] = shown

    def _add_expansions(self, kind: str) -> None:
        """Of what the operation shows: `expanded` may be there, where it was asked for."""
        answered: Any = self.get_response_serializers()
        shown = getattr(answered, "child", answered)
        component = self.resolve_serializer(shown, "response")
        shape = expanding.expanded_shape(kind)
        added = self.resolve_serializer(shape, "response").ref
        component.schema["properties"][expanding.MEMBER] = added


def add_headers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Of the whole document: the headers that answers name."""
    result["components"]["headers"] = {
        name: {
            "description": words,
            "required": name not in conventions.COUNTED,
            "schema": {"type": "string"},
        }
        for name, words in conventions.HEADERS.items()
    }
    return result


class NamedEnum(OpenApiSerializerFieldExtension):
    """A choice of a TextChoices class is a component with the name of that class."""

    target_class = "rest_framework.serializers.ChoiceField"
    match_subclasses = True

    def get_name(self) -> str | None:
        """`OrderState`, `ShipmentCarrier`; None for choices no class declares."""
        found = self._declared()
        return found.__qualname__.replace(".", "") if found else None

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Any:
        """The enum itself, or the generator's own answer where it has no name."""
        found = self._declared()
        if found is None:
            return auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {"type": "string", "enum": list(found.values), "description": _meanings(found)}

    def _declared(self) -> type[models.TextChoices] | None:
        if isinstance(self.target, MultipleChoiceField):
            return None
        asked = [(value, str(label)) for value, label in self.target.choices.items()]
        return next(
            (
                enum
                for enum in models.TextChoices.__subclasses__()
                if [(value, str(label)) for value, label in enum.choices] == asked
            ),
            None,
        )


def _meanings(enum: type[models.TextChoices]) -> str:
    return "\n".join(f"* `{value}` - {label}" for value, label in enum.choices)


class _Public:
    """Doors of the document and its page: anybody reads them."""

    audience = "public"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)  # type: ignore[misc]
        view.audience = cls.audience
        return view


class SchemaDocument(_Public, SpectacularAPIView):
    """OpenAPI 3.1, as YAML or JSON by `Accept` or `?format=json`.

    The document is the same for everybody until the code changes: it is written once a process.
    """

    authentication_classes = ()

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer: Any = request.accepted_renderer
        answer = HttpResponse(document(renderer.format), content_type=renderer.media_type)
        name = self._get_filename(request, None)
        answer["Content-Disposition"] = f'inline; filename="{name}"'
        return answer


@cache
def described() -> dict[str, Any]:
    """The document as plain values, one for all who read it: to be copied, not changed.

    Making it takes more than a second, so this is done once a process.
    """
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


@cache
def document(form: str) -> bytes:
    """The document as "yaml" or "json"."""
    renderer = OpenApiJsonRenderer() if form == "json" else OpenApiYamlRenderer()
    written: bytes = renderer.render(described(), renderer_context={})
    return written


class SchemaCollection(_Public, APIView):
    """The operations for Postman and its like, to be imported from this address or a file."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """The same for everybody until the code changes: written once a process."""
        answer = HttpResponse(_collection(), content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="collection.json"'
        return answer


@cache
def _collection() -> bytes:
    return json.dumps(collection_of(described()), ensure_ascii=False).encode()


class SchemaPage(_Public, SpectacularSwaggerSplitView):
    """Swagger UI from our own files, without inline code or styles: the CSP allows neither."""

    authentication_classes = ()
    url_name = "api_schema"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: Response = super().get(request, *args, **kwargs)
        if request.GET.get("script") is not None:
            return answer
        data = answer.data
        return HttpResponse(
            format_html(
                PAGE,
                title=data["title"],
                icon=data["favicon_href"],
                css=data["swagger_ui_css"],
                bundle=data["swagger_ui_bundle"],
                standalone=data["swagger_ui_standalone"],
                script=data["script_url"],
                document=reverse("api_schema"),
                collection=reverse("api_collection"),
            )
        )
