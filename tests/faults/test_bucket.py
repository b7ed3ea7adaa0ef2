"""The bucket refuses, hangs or answers 503: uploads are refused with a sentence, nothing is half
saved, downloads say to try again, and what needs no file goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from marketplace.files.links import link_to
from marketplace.files.models import FileAccess, StoredFile
from tests.faults import report
from tests.faults.house import House, Web, fresh, wait_for
from tests.faults.proxy import Proxy
from tests.faults.stage import FAULT, IS_LONG
from tests.faults.storm import PATH, address, written
from tests.faults.test_disk import multipart, session
from tests.personas import Persona

pytestmark = FAULT
BUCKET = "files"
KEYS = {
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "us-east-1",
}
# Two tries of ten seconds each; the library's own patience is two minutes.
BOUND = 30.0


class Place:
    """A bucket behind a proxy, and a web server that keeps its files there."""

    def __init__(self, house: House, server: ThreadedMotoServer) -> None:
        host, port = server.get_host_and_port()
        self.proxy = Proxy(port)
        self.bucket: Any = boto3.resource(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name=KEYS["AWS_DEFAULT_REGION"],
            aws_access_key_id="example",
            aws_secret_access_key="example",
            config=Config(connect_timeout=3),
        ).Bucket(BUCKET)
        self.bucket.create()
        address = f"http://127.0.0.1:{self.proxy.port}"
        own = {"AWS_STORAGE_BUCKET_NAME": BUCKET, "AWS_ENDPOINT_URL_S3": address}
        self.web = Web(house, **KEYS, **own)

    def keys(self) -> set[str]:
        return {each.key for each in self.bucket.objects.all()}

    def broken(self, fault: str) -> AbstractContextManager[None]:
        if fault == "refuses":
            return self.proxy.refusing()
        if fault == "hangs":
            return self.proxy.faulty("hang")
        return self.proxy.faulty("status", "503 Slow Down")


@pytest.fixture(scope="module")
def place(standing: House) -> Iterator[Place]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    found = Place(standing, server)
    yield found
    found.web.stop()
    found.proxy.stop()
    server.stop()


if IS_LONG:
    # In a short round tests/api/test_bucket.py has a bucket that refuses.

    @pytest.mark.parametrize("fault", ["refuses", "hangs", "says 503"])
    def test_without_the_bucket(
        house: House, place: Place, bea: Persona, token: str, fault: str
    ) -> None:
        """Kills: the library's own patience, an error of the bucket that is a 500, a receipt of a
        file that nobody got."""
        web, label = place.web, fresh("bucket-")
        body, headers = multipart("plate.stl", "file", 60_000)

        def upload() -> Any:
            return web.ask("POST", "/api/v1/parts/", body, token=token, headers=headers)

        assert upload().status == 201
        file = StoredFile.objects.latest("pk")
        link = link_to(file, bea.actor)
        before, kept = place.keys(), StoredFile.objects.count()
        body, headers = multipart("other.stl", "file", 90_000)
        with place.broken(fault):
            refused = upload()
            download = web.ask("GET", link, cookies=session(bea))
            other = web.ask("POST", PATH, address(label), token=token, key=label)
        assert (refused.status, refused.json["code"]) == (503, "files_away"), refused
        assert download.status == 503 and download.is_sentence, download
        assert max(refused.seconds, download.seconds) < BOUND
        assert other.status == 201 and written(label) == (1, 1)
        assert not FileAccess.objects.filter(file=file).exists()
        healed = wait_for(lambda: web.ask("GET", link, cookies=session(bea)).status == 200)
        assert (place.keys(), StoredFile.objects.count()) == (before, kept)
        assert upload().status == 201
        report.row(
            f"bucket {fault}",
            caused=f"a proxy before an S3 server {fault}",
            seen=f"503 after {refused.seconds:.1f} s: {refused.json['detail']}; orders go on",
            healed=healed,
        )
