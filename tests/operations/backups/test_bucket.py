"""Backups in a bucket: a real S3 server (moto) gets them, loses them, gives them back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from moto.server import ThreadedMotoServer

from config.env import EnvironmentFault, read_environment
from marketplace.operations.backups.shelves import shelves
from tests.operations.backups.scene import House, newest, refusal, say
from tests.operations.backups.test_backup import _aged
from tests.operations.test_environment import production

pytestmark = pytest.mark.slow
__all__ = ["production"]
BUCKET = "backups"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    found = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    found.start()
    host, port = found.get_host_and_port()
    yield f"http://{host}:{port}"
    found.stop()


@pytest.fixture
def bucket(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket for backups; Amazon's client finds the server by its own variable."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    settings.BACKUP_S3_BUCKET = BUCKET
    found = boto3.resource("s3").Bucket(BUCKET)
    found.create()
    found.objects.all().delete()
    return found


def keys(bucket: Any) -> set[str]:
    return {each.key for each in bucket.objects.all()}


def on_disk(house: House) -> set[str]:
    files = (path for path in house.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(house.folder)) for path in files} - {".lock"}


def test_the_bucket_has_what_the_folder_has_and_serves_without_it(
    house: House, bucket: Any
) -> None:
    bea = house.furnish()
    before = house.seen()
    assert "s3://backups" in say("backup")
    say("verify_backup")
    assert keys(bucket) == on_disk(house)
    assert f"{newest().name}/VERIFIED" in keys(bucket)
    sent = {each.key: each.last_modified for each in bucket.objects.all()}
    say("backup")
    assert {k: v for k, v in sent.items() if k.startswith("contents")} == {
        each.key: each.last_modified for each in bucket.objects.filter(Prefix="contents/")
    }
    # The machine is lost: folder, files and database.
    shutil.rmtree(house.folder)
    house.destroy_files()
    house.add_file(bea, "later", b"later")
    say("restore", "latest", "--replace", "--yes")
    assert house.seen() == before


def test_pruned_in_both(house: House, bucket: Any, settings: Any) -> None:
    bea = house.furnish()
    gone = house.add_file(bea, "gone", b"nobody has this any more")
    say("backup")
    gone.delete()
    name = newest().name
    older = _aged(house, name, 31)
    for key in [key for key in keys(bucket) if key.startswith(name)]:
        bucket.Object(key.replace(name, older)).copy({"Bucket": BUCKET, "Key": key})
        bucket.Object(key).delete()
    say("backup")
    assert {place.label: place.backups() for place in shelves()} == {
        str(house.folder): [newest().name],
        "s3://backups": [newest().name],
    }
    assert keys(bucket) == on_disk(house)
    assert sum(key.startswith("contents/") for key in keys(bucket)) == 2


def test_a_bucket_that_does_not_answer_leaves_the_folder_whole(
    house: House, bucket: Any, settings: Any
) -> None:
    house.furnish()
    settings.BACKUP_S3_BUCKET = "nowhere"
    assert "The bucket nowhere for backups does not answer" in refusal("backup")[1]
    assert newest().state == "failed"
    settings.BACKUP_S3_BUCKET = BUCKET
    say("backup")
    assert {key for key in keys(bucket) if key.startswith("contents")} == {
        key for key in on_disk(house) if key.startswith("contents")
    }
    say("verify_backup")


def test_damage_in_the_bucket_alone_is_found(house: House, bucket: Any) -> None:
    house.furnish()
    say("backup")
    bucket.Object(f"{newest().name}/database").put(Body=b"something else")
    assert "database in s3://backups is not what was written" in refusal("verify_backup")[0]


def test_a_line_that_breaks_during_a_restore_changes_nothing(
    house: House, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.furnish()
    say("backup")
    before = house.seen()
    shutil.rmtree(house.folder / newest().name)
    whole = StreamingBody.read

    def broken(self: StreamingBody, amt: int | None = None) -> bytes:
        """In the middle of the database, which is larger than everything before it."""
        if self.tell() > 30_000:
            raise ReadTimeoutError(endpoint_url="s3")
        return whole(self, amt=min(amt or 5000, 5000))  # type: ignore[no-any-return]

    monkeypatch.setattr(StreamingBody, "read", broken)
    refused = refusal("restore", "latest", "--replace", "--yes")[1]
    assert "The bucket backups for backups does not answer" in refused
    assert house.seen() == before


def test_backups_have_a_bucket_of_their_own(production: pytest.MonkeyPatch) -> None:
    production.setenv("AWS_STORAGE_BUCKET_NAME", "files")
    production.setenv("BACKUP_S3_BUCKET", "files")
    production.setenv("BACKUP_DAYS", "0")
    with pytest.raises(EnvironmentFault, match="must be another bucket") as raised:
        read_environment()
    assert "BACKUP_DAYS must be at least 1" in str(raised.value)
