"""One file through an address of its own: announced, sent, completed."""

import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from marketplace.files.chunks import presigned_put
from marketplace.parts.actions.direct_uploads import VALID_FOR
from marketplace.parts.actions.uploads import sweep_uploads
from marketplace.parts.models import Upload
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.parts.actions.test_parts import cube_stl

CUBE = cube_stl()
SHA256 = hashlib.sha256(CUBE).hexdigest()
ASKED = {"name": "job/BRK-014.stl", "size": len(CUBE), "sha256": SHA256}


def announced(api: Api, **other: object) -> dict:
    answer = api.post("/uploads/", {**ASKED, **other})
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(address: dict, content: bytes = CUBE, kind: str = "application/octet-stream"):
    """As somebody who has the address and nothing else."""
    return Client().put(urlsplit(address["url"]).path, content, content_type=kind)


def test_a_file_is_announced_sent_and_completed(buyer: Api) -> None:
    address = announced(buyer)
    assert address["headers"] == {"Content-Type": "application/octet-stream"}
    complete = f"/uploads/{address['id']}/complete/"
    assert_problem(buyer.post(complete), 409)
    assert send(address).status_code == 204
    assert buyer.post(complete).status_code == 202
    row = Upload.objects.get(public_id=address["id"])
    assert (row.state, row.received) == ("received", len(CUBE))
    with default_storage.open(row.chunks[0][0]) as kept:
        assert kept.read() == CUBE
    shown = buyer.get(f"/parts/uploads/files/{address['id']}/").json()
    assert (shown["name"], shown["state"]) == ("job/BRK-014.stl", "received")


def test_an_address_is_good_once_and_for_what_was_announced(buyer: Api) -> None:
    address = announced(buyer)
    for other in (CUBE[:-1], CUBE + b"x", bytes(len(CUBE)), b""):
        assert_problem(send(address, other), 422)
        assert_problem(buyer.post(f"/uploads/{address['id']}/complete/"), 409)
    assert send(address, kind="text/plain").status_code == 204
    assert_problem(send(address), 409)
    assert buyer.post(f"/uploads/{address['id']}/complete/").status_code == 202
    assert_problem(send(address), 409)
    assert_problem(buyer.post(f"/uploads/{address['id']}/complete/"), 409)


def test_an_address_ends_and_cannot_be_made_up(buyer: Api) -> None:
    address = announced(buyer)
    forged = {"url": address["url"].replace(address["id"], "upl_other")}
    assert_problem(send(forged), 404)
    with time_machine.travel(timezone.now() + VALID_FOR + timedelta(seconds=5)):
        assert_problem(send(address), 404)


def test_others_complete_nothing(buyer: Api, stranger: Api, shop: Api) -> None:
    address = announced(buyer)
    assert send(address).status_code == 204
    for other in (stranger, shop):
        assert_problem(other.post(f"/uploads/{address['id']}/complete/"), 404)
    assert Upload.objects.get().state == "receiving"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"sha256": ""}, "/sha256"),
        ({"sha256": "xyz"}, ""),
        ({"size": 0}, ""),
        ({"size": 2**40}, ""),
        ({"size": -1}, "/size"),
        ({"name": "virus.exe"}, ""),
        ({"name": ""}, "/name"),
        ({"name": "../../etc/passwd"}, ""),
        ({"nmae": "x.stl"}, "/nmae"),
    ],
)
def test_what_is_not_taken_is_told_before_it_is_sent(wrong: dict, pointer: str, buyer: Api) -> None:
    refused = assert_problem(buyer.post("/uploads/", {**ASKED, **wrong}), 422, "invalid")
    assert not pointer or refused["errors"][0]["pointer"] == pointer
    assert not Upload.objects.exists()


def test_hostile_names_stay_names(buyer: Api) -> None:
    address = announced(buyer, name="../..\\\x07/etc/BRK.stl")
    assert ".." not in address["name"]
    assert send(address).status_code == 204


def test_what_was_never_completed_is_swept(buyer: Api) -> None:
    address = announced(buyer)
    send(address)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert sweep_uploads() == 1
    assert Upload.objects.get().state == "expired"
    day = timezone.localdate().isoformat()
    assert not default_storage.exists(f"incoming/{day}/{address['id']}")


def test_a_bucket_gets_the_bytes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Size and SHA-256 are part of what is signed."""
    from storages.backends.s3 import S3Storage

    bucket = S3Storage(
        bucket_name="files",
        access_key="AKIAEXAMPLE",
        secret_key="example",
        region_name="eu-central-1",
        signature_version="s3v4",
    )
    monkeypatch.setattr("marketplace.files.chunks.default_storage", bucket)
    found = presigned_put("incoming/2026-01-01/upl_x", len(CUBE), SHA256, VALID_FOR)
    assert found is not None
    url, headers = found
    asked = parse_qs(urlsplit(url).query)
    signed = set(asked["X-Amz-SignedHeaders"][0].split(";"))
    assert {"content-length", "content-type"} <= signed
    assert "x-amz-checksum-sha256" in signed or "x-amz-checksum-sha256" in asked
    assert asked["X-Amz-Expires"] == ["3600"]
    assert headers["Content-Length"] == str(len(CUBE))
