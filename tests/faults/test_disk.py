"""The disk for files is full, or the one that uploads pass on their way: a sentence, no half of a
file, and what was begun goes on when there is room."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from marketplace.files.models import StoredFile
from marketplace.parts.actions.unpacking import take_upload
from marketplace.parts.models import Upload
from marketplace.parts.states import UploadState
from tests.faults import report
from tests.faults.house import Answer, House, Web, wait_for
from tests.faults.stage import FAULT
from tests.personas import Persona

pytestmark = FAULT
BOUNDARY = "faults"
ROOM, PIECE = 512 << 10, 600_000
# Above what Django keeps in memory, so that it passes the folder for what is on its way.
LARGE = 3 << 20


@contextmanager
def full(house: House, folder: str) -> Iterator[str]:
    """A folder has room for half a megabyte; how that was done.

    Mounting needs root. Without, no process of the web server may write a larger file anywhere.
    """
    place = house.folder / folder
    place.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        options = f"size={ROOM},mode=777"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)
        try:
            yield "a mounted disk of 512 kB"
            # What was kept in it would be gone with it.
            assert not [path for path in place.rglob("*") if path.is_file()]
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)
        return
    workers = house.web.workers()
    kept = [worker.rlimit(psutil.RLIMIT_FSIZE) for worker in workers]
    for worker in workers:
        worker.rlimit(psutil.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
    try:
        yield "RLIMIT_FSIZE of 512 kB, in the place of a disk"
        assert not [path for path in place.rglob("*") if path.is_file()]
    finally:
        for worker, limits in zip(workers, kept, strict=True):
            worker.rlimit(psutil.RLIMIT_FSIZE, limits)


def multipart(name: str, field: str, size: int, **others: str) -> tuple[bytes, dict[str, str]]:
    """The body of a form with a file of so many bytes, and its headers."""
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in others.items()
    )
    head += f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
    head += f'name="{field}"; filename="{name}"\r\nContent-Type: model/stl\r\n\r\n'
    body = head.encode() + b"solid " * (size // 6) + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def test_no_room_for_files(house: House, bea: Persona, token: str) -> None:
    """Kills: a half file that stays, an upload that is refused for good for want of room."""
    web, kept = house.web, StoredFile.objects.count()
    path = announced(web, token)
    assert put(web, token, path, 0).status == 200
    with full(house, "files") as how:
        body, headers = multipart("plate.stl", "file", LARGE)
        call = web.ask("POST", "/api/v1/parts/", body, token=token, headers=headers)
        page = posted(web, bea)
        piece = put(web, token, path, PIECE)
    told = web.ask("GET", "/parts/", cookies={**session(bea), **page.cookies})
    assert (call.status, call.json["code"]) == (507, "no_room")
    assert (piece.status, piece.json["code"]) == (507, "no_room")
    assert page.status == 302
    assert "no room left for files" in told.text
    assert StoredFile.objects.count() == kept
    assert not list((house.folder / "tmp").glob("*.upload*"))
    healed = wait_for(lambda: put(web, token, path, PIECE).status == 200)
    upload = Upload.objects.get(public_id=path.rstrip("/").rsplit("/", 1)[1])
    assert upload.state == UploadState.RECEIVED
    with no_large_files(), pytest.raises(OSError, match="File too large"):
        take_upload(upload.public_id)
    # The worker's want of room is no fault of the file: the next try takes it.
    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVED
    take_upload(upload.public_id)
    upload.refresh_from_db()
    assert upload.state == UploadState.STORED
    report.row(
        "disk for files full",
        caused=how,
        seen=f"{call.json['detail']} The upload goes on where it stopped",
        healed=healed,
    )


def test_no_room_for_what_is_on_its_way(house: House, bea: Persona) -> None:
    """Kills: a page of an error for a disk that is full, a file that stays behind."""
    web = house.web
    with full(house, "tmp") as how:
        page = posted(web, bea)
    assert (page.status, page.is_sentence) == (507, True), page
    assert page.headers["retry-after"]
    healed = wait_for(lambda: posted(web, bea).status == 302)
    report.row(
        "disk for uploads on their way full",
        caused=how,
        seen="507: There is no room left at the moment",
        healed=healed,
    )


@contextmanager
def no_large_files() -> Iterator[None]:
    """This process, in the place of a worker, may write no file of more than half a piece."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PIECE // 2, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def session(bea: Persona) -> dict[str, str]:
    return {"sessionid": bea.client.cookies["sessionid"].value}


def announced(web: Web, token: str) -> str:
    """The path to which the pieces of a new upload go."""
    body = {"files": [{"name": "long.stl", "size": 2 * PIECE}]}
    answer = web.ask("POST", "/api/v1/parts/uploads/", body, token=token)
    assert answer.status == 201, answer
    return f"/api/v1/parts/uploads/files/{answer.json['files'][0]['id']}/"


def put(web: Web, token: str, path: str, offset: int) -> Answer:
    """Send a piece."""
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": str(offset)}
    return web.ask("PUT", path, b"solid " * (PIECE // 6), token=token, headers=headers)


def posted(web: Web, bea: Persona) -> Answer:
    """A large file by the plain form."""
    csrf = "c" * 32
    body, headers = multipart("plate.stl", "files", LARGE, csrfmiddlewaretoken=csrf)
    cookies = {**session(bea), "csrftoken": csrf}
    return web.ask("POST", "/parts/upload/", body, cookies=cookies, headers=headers)
