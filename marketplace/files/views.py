"""The one door through which files leave."""

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from accounts.actor import Actor
from accounts.callers import actor_for_bearer
from accounts.decorators import public_page
from accounts.http import Request
from marketplace.files.actions import note_access
from marketplace.files.links import open_link
from marketplace.files.models import StoredFile
from marketplace.files.watermark import is_watermarked, watermarked

# Shown in the page itself; everything else is offered as a download.
INLINE = {"image/png", "image/jpeg", "model/gltf-binary"}
# Pictures of lists are not receipts; the room notes who opened models, drawings and documents.
UNNOTED = {StoredFile.Kind.THUMBNAIL, StoredFile.Kind.PHOTO}


def _caller(request: Request) -> Actor:
    """The signed-in person, or the API token of the request."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and (actor := actor_for_bearer(secret.strip())):
        return actor
    return request.actor


@public_page
def open_file(request: Request, token: str) -> HttpResponseBase:
    """Stream a file whose link names the caller; anybody else gets 404."""
    actor = _caller(request)
    opened = open_link(token, actor)
    file = opened.file
    response: HttpResponseBase
    if is_watermarked(file, actor):
        response = HttpResponse(watermarked(file, actor), content_type="image/png")
    else:
        response = FileResponse(file.content.open("rb"), content_type=file.content_type)
    # What could not be fetched was not opened.
    if file.kind not in UNNOTED:
        note_access(actor=actor, file=file, room=opened.room)
    inline = file.content_type in INLINE
    response["Content-Disposition"] = content_disposition_header(not inline, file.name) or ""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store" if opened.room else "private, max-age=300"
    return response
