"""Uploads: a plain form, and the protocol of a script that sends files in pieces.

The script announces its files (JSON), sends each piece by PUT with `Upload-Offset`, and after a
break asks where to go on. Every answer about one upload has the same shape.
"""

import json
from typing import Any

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.pages import render_page
from marketplace.files.checks import ARCHIVE_EXTENSION
from marketplace.parts import queries
from marketplace.parts.actions import placing, uploads
from marketplace.parts.models import Upload
from marketplace.parts.states import AnalysisState, UploadState


@buyer_page
@require_POST
def upload_parts(request: Request) -> HttpResponse:
    """Take the files of a plain form. Each stands for itself: a bad one says why, the others are
    kept. Archives go to the worker, and their page shows what became of them."""
    request.actor.check(Permission.EDIT_PARTS)
    sentences = []
    archives: list[File] = []
    for upload in request.FILES.getlist("files"):
        if (upload.name or "").lower().endswith(ARCHIVE_EXTENSION):
            archives.append(upload)
            continue
        try:
            placing.place_file(actor=request.actor, upload=upload)
        except NotAllowed:
            raise  # not about this file
        except DomainError as error:
            sentences.append(error.sentence)
    if not request.FILES:
        sentences.append("Choose at least one file.")
    for sentence in sentences:
        messages.error(request, sentence)
    if not archives:
        return redirect("parts")
    batch, rows = uploads.start_batch(
        actor=request.actor,
        files=[uploads.Announced(file.name or "file.zip", file.size) for file in archives],
    )
    for file, row in zip(archives, rows, strict=True):
        if row.state == UploadState.RECEIVING:
            _send_all(request, row, file)
    return redirect("upload_batch", batch.public_id)


def _send_all(request: Request, row: Upload, file: File) -> None:
    for offset in range(0, row.size, uploads.CHUNK_BYTES):
        uploads.append_chunk(
            actor=request.actor,
            public_id=row.public_id,
            offset=offset,
            content=file.read(uploads.CHUNK_BYTES),
        )


@buyer_page
@require_POST
def start_upload(request: Request) -> HttpResponse:
    """Announce files: {"files": [{"name", "size", "sha256", "key"}]}; says where to send each."""
    request.actor.check(Permission.EDIT_PARTS)
    try:
        batch, rows = uploads.start_batch(actor=request.actor, files=_announced(request))
    except DomainError as error:
        if error.status == 403:
            raise
        return JsonResponse({"error": error.sentence}, status=error.status)
    return JsonResponse(
        {
            "url": reverse("upload_batch", args=[batch.public_id]),
            "chunk": uploads.CHUNK_BYTES,
            "files": [_json(row) for row in rows],
        },
        status=201,
    )


UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def _announced(request: Request) -> list[uploads.Announced]:
    try:
        rows = json.loads(request.body)["files"]
        return [
            uploads.Announced(
                path=_text(row["name"], 1000),
                size=int(row["size"]),
                sha256=_text(row.get("sha256", ""), 64),
                resume_key=_text(row.get("key", ""), 100),
            )
            for row in rows
        ]
    except UNREADABLE as error:
        raise DomainError("This list of files cannot be read. Reload the page.") from error


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    # Lone surrogates are no text that a database takes.
    return value.encode("utf-8", "replace").decode()[:longest]


@buyer_page
@require_http_methods(["GET", "PUT"])
def upload_chunk(request: Request, upload: str) -> HttpResponse:
    """GET: how much of the file is here. PUT: take the next piece, which begins at
    `Upload-Offset`; a piece that is not the next one gets 409 and the offset to go on from."""
    if request.method == "GET":
        return JsonResponse(_json(queries.get_upload(request.actor, upload)))
    request.actor.check(Permission.EDIT_PARTS)
    offset = request.headers.get("Upload-Offset", "")
    try:
        if not (offset.isascii() and offset.isdigit() and len(offset) < 16):
            raise DomainError("Say in Upload-Offset at which byte the piece begins.")
        row = uploads.append_chunk(
            actor=request.actor,
            public_id=upload,
            offset=int(offset),
            # One byte more than allowed is enough to see that a piece is too large.
            content=request.read(uploads.CHUNK_BYTES + 1),
        )
    except DomainError as error:
        if error.status in (403, 404):
            raise
        now = _json(queries.get_upload(request.actor, upload))
        return JsonResponse({**now, "error": error.sentence}, status=error.status)
    return JsonResponse(_json(row))


def _json(row: Upload) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "url": reverse("upload_chunk", args=[row.public_id]),
        "name": row.path,
        "size": row.size,
        "offset": row.received,
        "state": row.state,
        "sentence": row.sentence,
    }


NOT_HERE = (UploadState.RECEIVING, UploadState.EXPIRED)


@buyer_page
def upload_batch(request: Request, batch: str) -> HttpResponse:
    """What became of each file of a batch; the page refreshes itself while some are checked."""
    found = queries.get_batch(request.actor, batch)
    rows = list(found.uploads.all())
    members = [row for row in rows if row.archive_id is not None]
    placed = {row.part_id: row.part.current for row in rows if row.part is not None}
    reading = sum(one is not None and one.state == AnalysisState.PENDING for one in placed.values())
    context = {
        "batch": found,
        "rows": [
            (row, [member for member in members if member.archive_id == row.pk])
            for row in rows
            if row.archive_id is None
        ],
        "total": len(rows),
        "arrived": sum(row.state not in NOT_HERE for row in rows),
        "parts": len(placed),
        "reading": reading,
        "read": len(placed) - reading,
        "arriving": sum(row.state == UploadState.RECEIVING for row in rows),
        "checking": sum(row.state == UploadState.RECEIVED for row in rows),
        "taken": sum(row.state == UploadState.STORED and row.part_id is not None for row in rows),
        "refused": sum(row.state == UploadState.REFUSED for row in rows),
    }
    return render_page(request, "parts/buyer/upload_batch.html", context, fragment="result")
