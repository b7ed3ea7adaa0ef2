"""The bucket of the backups, by Amazon's client; any storage that speaks S3 serves."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.operations.backups.errors import BackupFault
from marketplace.operations.backups.shelves import CONTENTS, SUMS

# A piece of an upload in memory, bytes; one at a time.
TRANSFER = TransferConfig(multipart_chunksize=8 << 20, use_threads=False)


class Bucket:
    """BACKUP_S3_BUCKET. Amazon's client reads keys, region and AWS_ENDPOINT_URL_S3 itself."""

    def __init__(self, name: str) -> None:
        self.name, self.label = name, f"s3://{name}"
        patience = Config(
            connect_timeout=3, read_timeout=60, retries={"max_attempts": 4, "mode": "standard"}
        )
        self._client: Any = boto3.client("s3", config=patience)
        self._known: array[int] | None = None

    def backups(self) -> list[str]:
        found = [
            each["Prefix"].rstrip("/")
            for page in self._pages(Delimiter="/")
            for each in page.get("CommonPrefixes", ())
        ]
        return sorted(name for name in found if name != CONTENTS)

    def files_of(self, backup: str) -> list[str]:
        return [name.removeprefix(f"{backup}/") for name in self._names(f"{backup}/")]

    def contents(self) -> Iterator[str]:
        return self._names(f"{CONTENTS}/")

    def open(self, name: str) -> IO[bytes]:
        with self.faults_told():
            try:
                body: IO[bytes] = self._client.get_object(Bucket=self.name, Key=name)["Body"]
            except self._client.exceptions.NoSuchKey as error:
                raise FileNotFoundError(name) from error
        return cast("IO[bytes]", _Body(self, body))

    def has(self, name: str) -> bool:
        """Of a content, from a list read once: eight bytes for each, in the bucket's own order.

        Two of them beginning with the same eight bytes is less likely than a wrong bit on a disk.
        """
        if self._known is None:
            self._known = array("Q", (_start_of(each) for each in self.contents()))
        start = _start_of(name)
        at = bisect_left(self._known, start)
        return at < len(self._known) and self._known[at] == start

    def look_again(self) -> None:
        """The list of contents is read again at the next question."""
        self._known = None

    def size(self, name: str) -> int | None:
        with self.faults_told():
            try:
                return int(self._client.head_object(Bucket=self.name, Key=name)["ContentLength"])
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return None
                raise

    def keep(self, name: str, source: Path) -> None:
        with self.faults_told():
            self._client.upload_file(str(source), self.name, name, Config=TRANSFER)

    def remove(self, name: str) -> None:
        with self.faults_told():
            self._client.delete_object(Bucket=self.name, Key=name)

    def remove_backup(self, backup: str) -> None:
        self.remove(f"{backup}/{SUMS}")
        for name in list(self._names(f"{backup}/")):
            self.remove(name)

    def _names(self, prefix: str) -> Iterator[str]:
        for page in self._pages(Prefix=prefix):
            for each in page.get("Contents", ()):
                yield each["Key"]

    def _pages(self, **asked: str) -> Iterator[dict[str, Any]]:
        with self.faults_told():
            found = self._client.get_paginator("list_objects_v2")
            yield from found.paginate(Bucket=self.name, **asked)

    @contextmanager
    def faults_told(self) -> Iterator[None]:
        """Turns what Amazon's client raises into a fault of the bucket."""
        try:
            yield
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise BackupFault(
                f"The bucket {self.name} for backups does not answer as it should: {error} "
                "Check BACKUP_S3_BUCKET, the keys and what they may do."
            ) from error


class _Body:
    """What is read of an object, and closed; a line that breaks is the bucket's fault too."""

    def __init__(self, bucket: Bucket, body: IO[bytes]) -> None:
        self._bucket, self._body = bucket, body

    def read(self, size: int) -> bytes:
        with self._bucket.faults_told():
            return self._body.read(size)

    def close(self) -> None:
        self._body.close()


def _start_of(content: str) -> int:
    return int(content.rpartition("/")[2][:16], 16)
