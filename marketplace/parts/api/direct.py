"""One file through an address of its own, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError
from marketplace.parts.actions import direct_uploads
from marketplace.parts.actions.uploads import Announced
from marketplace.parts.api.inputs import LARGEST
from marketplace.parts.api.uploads import PieceUploadSerializer, StreamParser, stream_of


class FileToComeSerializer(serializers.Serializer):
    """One file that is about to come."""

    name = serializers.CharField(max_length=1000, help_text="may carry folders: job/BRK-014.step")
    size = serializers.IntegerField(min_value=0, max_value=LARGEST, help_text="bytes")
    sha256 = serializers.CharField(max_length=64, help_text="64 hexadecimal digits")


class UploadAddressSerializer(serializers.Serializer):
    """Where to send the bytes: `PUT` to `url` with exactly these headers, and no token."""

    id = serializers.CharField(source="upload.public_id")
    name = serializers.CharField(source="upload.path")
    size = serializers.IntegerField(source="upload.size")
    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class AnnounceFile(ApiView):
    """Files that come at once."""

    @extend_schema(
        operation_id="announce_file",
        request=FileToComeSerializer,
        responses={201: UploadAddressSerializer},
    )
    def post(self, request: Request) -> Response:
        """Announce one model, drawing or ZIP; send its bytes to the `url`, then complete it.

        The address takes only bytes of this size and SHA-256, once, within an hour. For many files
        or shaky lines there are pieces that can be resumed: `POST /parts/uploads/`.
        """
        given = self.clean(FileToComeSerializer)
        file = Announced(given["name"], given["size"], given["sha256"])
        address = direct_uploads.announce_file(actor=self.actor, file=file)
        return self.answer(UploadAddressSerializer, address, status=201)


class CompleteUpload(ApiView):
    """The end of sending."""

    @extend_schema(
        operation_id="complete_upload", request=None, responses={202: PieceUploadSerializer}
    )
    def post(self, request: Request, upload: str) -> Response:
        """Hand the file to the reader: it becomes a part or its next revision.

        409 while its bytes are not here. `GET /parts/uploads/files/{upload}/` says when `part_id`
        is there.
        """
        row = direct_uploads.complete_upload(actor=self.actor, public_id=upload)
        return self.answer(PieceUploadSerializer, row, status=202)


class AnyParser(StreamParser):
    """The body unread, whatever it says it is."""

    media_type = "*/*"


@extend_schema(exclude=True)
class UploadContent(ApiView):
    """Where bytes go when the storage is our own disk; the address itself is the right to it."""

    audience = "public"
    authentication_classes = ()
    permission_classes = ()
    parser_classes = [AnyParser]

    def put(self, request: Request, ticket: str) -> Response:
        """Keep the bytes of the announced file."""
        length = request.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 16):
            raise DomainError("Send the file with its Content-Length, not in pieces.")
        direct_uploads.receive_content(ticket, stream_of(request), int(length))
        return Response(status=204)
