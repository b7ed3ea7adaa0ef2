"""Files on their way into a bucket: a real S3 server (moto) gets the bytes, and we look at them.

The server takes whatever comes. S3 refuses bytes of another size or SHA-256, for both are signed;
here what would be refused arrives, and is noticed on our side.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from moto.server import ThreadedMotoServer

from config.settings.base import BUCKET_OPTIONS
from marketplace.files.models import StoredFile
from marketplace.operations.watching import probes
from marketplace.operations.watching.health import find
from marketplace.parts.actions.unpacking import take_upload
from marketplace.parts.actions.uploads import CHUNK_BYTES
from marketplace.parts.models import Part, Upload
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.api.test_uploads import CUBE, SHA256, announced
from tests.personas import Persona

BUCKET = "files"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    found = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    found.start()
    host, port = found.get_host_and_port()
    yield f"http://{host}:{port}"
    found.stop()


@pytest.fixture(autouse=True)
def bucket(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The storage is an empty bucket, with production's options."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    options = {**BUCKET_OPTIONS, "bucket_name": BUCKET, "endpoint_url": server}
    backend = {"BACKEND": "marketplace.files.bucket_storage.BucketStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    found = default_storage.bucket
    found.create()
    found.objects.all().delete()
    return found


def put(address: dict[str, Any], content: bytes = CUBE) -> int:
    """As a program does it that has the address and its headers; the status."""
    headers = {**address["headers"], "Content-Length": str(len(content))}
    request = Request(address["url"], content, headers, method="PUT")
    with urlopen(request, timeout=10) as answer:
        return int(answer.status)


def test_size_and_hash_are_signed_with_productions_options(buyer: Api) -> None:
    address = announced(buyer)
    asked = parse_qs(urlsplit(address["url"]).query)
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    signed = set(asked["X-Amz-SignedHeaders"][0].split(";"))
    assert {"content-length", "content-type", "x-amz-checksum-sha256"} <= signed
    assert address["headers"]["Content-Length"] == str(len(CUBE))


def test_a_file_goes_past_us_into_the_bucket_and_becomes_a_part(buyer: Api, bucket: Any) -> None:
    address = announced(buyer)
    complete = f"/uploads/{address['id']}/complete/"
    assert_problem(buyer.post(complete), 409)
    assert put(address) == 200
    assert buyer.post(complete).status_code == 202
    assert_problem(buyer.post(complete), 409)
    take_upload(address["id"])
    shown = buyer.get(f"/parts/uploads/files/{address['id']}/").json()
    assert (shown["state"], shown["part_id"]) == ("stored", Part.objects.get().public_id)
    model = Part.objects.get().current.model_file
    assert (model.sha256, model.size) == (SHA256, len(CUBE))
    with default_storage.open(model.content.name) as kept:
        assert kept.read() == CUBE
    assert not [each.key for each in bucket.objects.filter(Prefix="incoming/")]


def test_another_size_is_told_and_the_right_bytes_can_follow(buyer: Api) -> None:
    address = announced(buyer)
    put(address, CUBE + b"more")
    refused = assert_problem(buyer.post(f"/uploads/{address['id']}/complete/"), 422)
    assert "announced with 684 bytes, and 688 arrived" in refused["detail"]
    put(address)
    assert buyer.post(f"/uploads/{address['id']}/complete/").status_code == 202


@pytest.mark.parametrize("when", ["before", "after"])
def test_other_bytes_of_the_same_size_are_told(when: str, buyer: Api) -> None:
    """Whether they came before the file was said to be complete or replaced it afterwards."""
    address = announced(buyer)
    if when == "after":
        put(address)
        assert buyer.post(f"/uploads/{address['id']}/complete/").status_code == 202
    put(address, bytes(len(CUBE)))
    if when == "before":
        assert buyer.post(f"/uploads/{address['id']}/complete/").status_code == 202
    take_upload(address["id"])
    shown = buyer.get(f"/parts/uploads/files/{address['id']}/").json()
    assert shown["state"] == "refused"
    assert "Send it again." in shown["sentence"]
    assert not Part.objects.exists()


def test_twenty_megabytes_go_on_where_they_broke_off(buyer: Api, bucket: Any) -> None:
    content = CUBE[:80] + os.urandom(20 * 1024 * 1024)
    digest = hashlib.sha256(content).hexdigest()
    told = {"name": "housing.stl", "size": len(content), "sha256": digest, "resume_key": "h"}
    batch = buyer.post("/parts/uploads/", {"files": [told]}).json()
    path = f"/parts/uploads/files/{batch['files'][0]['id']}/"

    def send(offset: int, piece: bytes) -> Any:
        return buyer.client.put(
            f"/api/v1{path}",
            piece,
            content_type="application/octet-stream",
            headers={**buyer.headers, "Upload-Offset": str(offset)},
        )

    assert batch["piece_bytes"] == CHUNK_BYTES
    assert send(0, content[:CHUNK_BYTES]).json()["received"] == CHUNK_BYTES
    # The line breaks. Another process of the program asks where to go on, and is one piece off.
    again = buyer.post("/parts/uploads/", {"files": [told]}).json()["files"][0]
    assert (again["id"], again["received"]) == (batch["files"][0]["id"], CHUNK_BYTES)
    assert_problem(send(2 * CHUNK_BYTES, content[2 * CHUNK_BYTES :]), 409)
    assert_problem(send(0, content[:CHUNK_BYTES]), 409)
    for offset in range(buyer.get(path).json()["received"], len(content), CHUNK_BYTES):
        assert send(offset, content[offset : offset + CHUNK_BYTES]).status_code == 200
    upload = Upload.objects.get(public_id=again["id"])
    assert (upload.state, upload.received) == ("received", len(content))
    take_upload(upload.public_id)
    model = Part.objects.get().current.model_file
    assert (model.sha256, model.size) == (digest, len(content))
    assert bucket.Object(model.content.name).content_length == len(content)
    assert not [each.key for each in bucket.objects.filter(Prefix="incoming/")]


def test_the_health_check_asks_the_bucket(bucket: Any) -> None:
    assert probes.storage() == "The bucket answers."
    assert list(bucket.objects.all()) == []
    bucket.delete()
    assert find("storage", probes.storage).is_ok is False
    bucket.create()


def test_a_bucket_that_does_not_answer_is_told_in_a_sentence(
    bea: Persona, settings: Any, bucket: Any
) -> None:
    """Kills: the library's own patience of two minutes, its errors as a 500."""
    default = settings.STORAGES["default"]
    # Nobody listens at the port for reserved use.
    options = {**default["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
    waits = default_storage.client_config
    assert (waits.connect_timeout, waits.read_timeout) == (3, 10)
    assert waits.retries["total_max_attempts"] == 2
    answer = bea.client.post(
        "/api/v1/parts/",
        {"file": SimpleUploadedFile("cube.stl", CUBE)},
        # With a key the work has a savepoint of its own, which is what is undone here.
        headers={"Idempotency-Key": "once"},
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "files_away")
    assert answer["Retry-After"] == "10"
    assert not StoredFile.objects.exists()
