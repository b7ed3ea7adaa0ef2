"""The part library for programs: parts, their details, many at once."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from marketplace.core.api.bulk import BulkAnswerSerializer, each_item, items_of
from marketplace.core.api.fields import (
    EXTERNAL_ID,
    EXTERNAL_ID_LENGTH,
    one_of,
    text_of,
    text_parameter,
)
from marketplace.core.api.pagination import KeysetPagination, WholeList
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.parts import queries
from marketplace.parts.actions import bodies as body_actions
from marketplace.parts.actions import library
from marketplace.parts.actions import parts as actions
from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.api.inputs import (
    BulkResultSerializer,
    BulkSerializer,
    LabelSerializer,
    TakeBodiesSerializer,
)
from marketplace.parts.api.serializers import (
    ChangeOnePartSerializer,
    ChangePartSerializer,
    PartRowSerializer,
    PartSerializer,
    RevisionSerializer,
    TagSerializer,
    UnitsSerializer,
    UploadSerializer,
)
from marketplace.parts.models import Part

FILTERS = [
    text_parameter("text", "part of number, name, customer number or notes"),
    OpenApiParameter(
        "shown",
        str,
        enum=[word for word in queries.SHOWN if word],
        description="only those that stand so; without it, all that are not archived",
    ),
    text_parameter("file_format", "such as step", 12),
    text_parameter("tag", "only those with this tag", 40),
    EXTERNAL_ID,
]


class PartList(ApiView):
    """The organization's parts."""

    expands = "part"
    costs = {"POST": 5}
    parser_classes = [MultiPartParser]
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_parts", parameters=FILTERS, responses=PartRowSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Newest first. Archived parts only with `shown=archived`."""
        tag = text_of(request, "tag", 40)
        filters = queries.Filters(
            text=text_of(request, "text"),
            shown=one_of(request, "shown", queries.SHOWN),
            format=text_of(request, "file_format", 12),
            tags=(tag,) if tag else (),
            external_id=text_of(request, "external_id", EXTERNAL_ID_LENGTH),
        )
        rows = queries.parts_of(self.actor, filters=filters).prefetch_related("tags")
        return self.page(PartRowSerializer, rows)

    @extend_schema(
        operation_id="upload_part",
        request={"multipart/form-data": UploadSerializer},
        responses={201: PartSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload one file; its name without the extension is the part number.

        A drawing joins the model of the same number, a changed file makes the next revision, the
        same file again changes nothing; "BRK-014_revB.step" names the revision too. The file is
        read afterwards: ask for the part until `current.state` is no longer `pending`. Many or
        large files: `POST /parts/uploads/`.
        """
        upload = self.clean(UploadSerializer)["file"]
        part = upload_part_file(actor=self.actor, upload=upload)
        found = queries.get_part(self.actor, part.public_id)
        return self.answer(PartSerializer, found, status=201)


class DescribeParts(ApiView):
    """What many parts are called."""

    costs = {"POST": 20}

    @extend_schema(
        operation_id="describe_parts",
        request=items_of(ChangeOnePartSerializer),
        responses=BulkAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """Number, name, tags, notes, `external_id` and `metadata` of up to 500 parts, each its own.

        Not all or nothing: each item is done or has its problem, with pointers from the body's
        root. The answer is 200 even if every item was refused.
        """
        self.actor.check(Permission.EDIT_PARTS)
        rows = self.clean(items_of(ChangeOnePartSerializer))["items"]
        known = queries.parts_of_any_age(self.actor)

        def change(given: dict[str, Any]) -> str:
            found = known.filter(public_id=given.pop("id")).first()
            if found is None:
                raise NotFound()
            present = {name: getattr(found, name) for name in ("number", "name", "notes")}
            actions.change_part(actor=self.actor, public_id=found.public_id, **{**present, **given})
            return str(found.public_id)

        with transaction.atomic():
            return each_item(self, ChangeOnePartSerializer, change, rows)


class PartDetail(ApiView):
    """One part."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Part.objects.filter(public_id=self.kwargs["part"])]

    @extend_schema(operation_id="get_part", responses=PartSerializer)
    def get(self, request: Request, part: str) -> Response:
        """Figures, holes, bodies, warnings, and links to its files."""
        return self.answer(PartSerializer, queries.get_part(self.actor, part))

    @extend_schema(
        operation_id="change_part", request=ChangePartSerializer, responses=PartSerializer
    )
    def patch(self, request: Request, part: str) -> Response:
        """Change number, name, customer number, tags, notes, or what your own system keeps."""
        found = queries.get_part(self.actor, part)
        given = self.clean(ChangePartSerializer)
        present = {name: getattr(found, name) for name in ("number", "name", "notes")}
        actions.change_part(actor=self.actor, public_id=part, **{**present, **given})
        return self.answer(PartSerializer, queries.get_part(self.actor, part))


class GiveUnits(ApiView):
    """The unit of a file that carries none."""

    @extend_schema(operation_id="give_units", request=UnitsSerializer, responses=PartSerializer)
    def post(self, request: Request, part: str) -> Response:
        """Say in which unit the file is drawn; it is read again."""
        actions.give_units(actor=self.actor, public_id=part, **self.clean(UnitsSerializer))
        return self.answer(PartSerializer, queries.get_part(self.actor, part))


class RelabelRevision(ApiView):
    """The name of the current revision."""

    @extend_schema(
        operation_id="relabel_revision", request=LabelSerializer, responses=PartSerializer
    )
    def post(self, request: Request, part: str) -> Response:
        """Name the current revision, while no published request has it."""
        actions.relabel_revision(actor=self.actor, public_id=part, **self.clean(LabelSerializer))
        return self.answer(PartSerializer, queries.get_part(self.actor, part))


class KeepTwin(ApiView):
    """The decision that two parts of one shape both stay."""

    @extend_schema(operation_id="keep_twin", request=None, responses=PartSerializer)
    def post(self, request: Request, part: str) -> Response:
        """Keep this part beside its twins."""
        actions.keep_twin(actor=self.actor, public_id=part)
        return self.answer(PartSerializer, queries.get_part(self.actor, part))


class TakeBodies(ApiView):
    """Parts of the bodies of an assembly."""

    @extend_schema(
        operation_id="take_bodies",
        request=TakeBodiesSerializer,
        responses={202: BulkResultSerializer},
    )
    def post(self, request: Request, part: str) -> Response:
        """Ask for a part of each chosen body; they appear in the library soon."""
        chosen = self.clean(TakeBodiesSerializer)["indexes"]
        count = body_actions.take_bodies(actor=self.actor, part_id=part, indexes=chosen)
        return self.answer(BulkResultSerializer, {"count": count}, status=202)


class RevisionList(ApiView):
    """A part's revisions."""

    pagination_class = WholeList

    @extend_schema(operation_id="list_revisions", responses=RevisionSerializer(many=True))
    def get(self, request: Request, part: str) -> Response:
        """All of them with the SHA-256 of each file, the newest first."""
        rows = queries.revisions_of(self.actor, part)
        return self.whole_list(RevisionSerializer, rows)


class TagList(ApiView):
    """The organization's tags."""

    pagination_class = WholeList

    @extend_schema(operation_id="list_part_tags", responses=TagSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All of them with their number of parts."""
        return self.whole_list(TagSerializer, queries.tags_of(self.actor))


class ChangeParts(ApiView):
    """Many parts at once."""

    @extend_schema(
        operation_id="change_parts", request=BulkSerializer, responses=BulkResultSerializer
    )
    def post(self, request: Request) -> Response:
        """Change, archive, restore or delete parts: all of them or none."""
        given = self.clean(BulkSerializer)
        chosen = {"actor": self.actor, "part_ids": given["part_ids"]}
        if given["do"] == "archive":
            count = library.archive_parts(**chosen)
        elif given["do"] == "restore":
            count = library.restore_parts(**chosen)
        elif given["do"] == "delete":
            count = library.delete_parts(**chosen)
        else:
            change = library.BulkChange(
                add_tags=given["add_tags"],
                drop_tags=given["drop_tags"],
                name_rule=given["name_rule"],
                notes=given["notes"],
            )
            count = library.change_parts(**chosen, change=change)
        return self.answer(BulkResultSerializer, {"count": count})
