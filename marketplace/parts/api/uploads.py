"""Uploads in pieces for programs."""

from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from marketplace.core.api.views import ApiView
from marketplace.parts import queries
from marketplace.parts.actions import uploads
from marketplace.parts.api.inputs import StartUploadSerializer
from marketplace.parts.states import UploadState

OFFSET = OpenApiParameter(
    "Upload-Offset",
    int,
    OpenApiParameter.HEADER,
    required=True,
    description="the byte at which the piece begins",
)


class StreamParser(BaseParser):
    """The body unread, for who takes it in pieces."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        return {"stream": stream}


def stream_of(request: Request) -> IO[bytes] | None:
    """The unread body; None where there is none."""
    data: Any = request.data
    stream: IO[bytes] | None = data.get("stream")
    return stream


def _piece(request: Request) -> bytes:
    """The bytes of one piece, and one more: enough to see that it is too large."""
    stream = stream_of(request)
    return stream.read(uploads.CHUNK_BYTES + 1) if stream else b""


class PieceUploadSerializer(serializers.Serializer):
    """A file on its way in. `received` is where the next piece begins."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="path")
    size = serializers.IntegerField(help_text="bytes")
    received = serializers.IntegerField(help_text="bytes that are here")
    state = serializers.ChoiceField(UploadState.choices)
    sentence = serializers.CharField(help_text="what became of it")
    part_id = serializers.CharField(source="part.public_id", allow_null=True, default=None)
    archive_id = serializers.CharField(source="archive.public_id", allow_null=True, default=None)


class BatchSerializer(serializers.Serializer):
    """Files announced together; members of a ZIP appear once it is unpacked."""

    id = serializers.CharField(source="public_id")
    created_at = serializers.DateTimeField()
    piece_bytes = serializers.SerializerMethodField()
    files = PieceUploadSerializer(many=True, source="uploads.all")

    def get_piece_bytes(self, batch: object) -> int:
        """The most a piece may have."""
        return uploads.CHUNK_BYTES


class StartUpload(ApiView):
    """Announcing files."""

    @extend_schema(
        operation_id="start_upload", request=StartUploadSerializer, responses={201: BatchSerializer}
    )
    def post(self, request: Request) -> Response:
        """Announce up to 500 files, models, drawings or ZIPs; then send each in pieces.

        A file we do not take is `refused` with its sentence, the others wait for their pieces.
        """
        files = [
            uploads.Announced(row["name"], row["size"], row["sha256"], row["resume_key"])
            for row in self.clean(StartUploadSerializer)["files"]
        ]
        batch, _ = uploads.start_batch(actor=self.actor, files=files)
        found = queries.get_batch(self.actor, batch.public_id)
        return self.answer(BatchSerializer, found, status=201)


class UploadBatchDetail(ApiView):
    """One batch."""

    @extend_schema(operation_id="get_upload_batch", responses=BatchSerializer)
    def get(self, request: Request, batch: str) -> Response:
        """What became of each file."""
        return self.answer(BatchSerializer, queries.get_batch(self.actor, batch))


class UploadPiece(ApiView):
    """One file on its way in."""

    parser_classes = [StreamParser]

    @extend_schema(operation_id="get_upload", responses=PieceUploadSerializer)
    def get(self, request: Request, upload: str) -> Response:
        """Where to go on after a break."""
        return self.answer(PieceUploadSerializer, queries.get_upload(self.actor, upload))

    @extend_schema(
        operation_id="send_piece",
        parameters=[OFFSET],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=PieceUploadSerializer,
    )
    def put(self, request: Request, upload: str) -> Response:
        """Send the next piece, at most 8 MB; the last one hands the file to the reader.

        409 when it is not the next one: ask where to go on.
        """
        self.actor.check(Permission.EDIT_PARTS)
        queries.get_upload(self.actor, upload)
        offset = request.headers.get("Upload-Offset", "")
        if not (offset.isascii() and offset.isdigit() and len(offset) < 16):
            raise ValidationError({"Upload-Offset": "Say at which byte the piece begins."})
        row = uploads.append_chunk(
            actor=self.actor, public_id=upload, offset=int(offset), content=_piece(request)
        )
        return self.answer(PieceUploadSerializer, row)
