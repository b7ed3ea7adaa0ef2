"""Pieces of files on their way in: kept in the private storage until the file is whole.

The only place that knows where pieces lie. They go through Django's storages, so that several web
processes and a worker on another machine find them, on a disk or in a bucket.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.core.ids import new_public_id

FOLDER = "incoming"
COPY_BYTES = 1 << 20


def chunk_key(day: date, name: str) -> str:
    """The key of a piece in the folder of a day."""
    return f"{FOLDER}/{day.isoformat()}/{name}"


def keep_chunk(content: bytes) -> str:
    """Keep one piece and return its key. Keys are random and lie in a folder of the day."""
    key = chunk_key(timezone.localdate(), new_public_id("chk"))
    return default_storage.save(key, ContentFile(content))


def keep_stream(key: str, stream: IO[bytes] | None, size: int) -> tuple[str, str]:
    """Keep at most `size` bytes of a stream without having them in memory; the key they lie under,
    another one when this one was taken meanwhile, and their SHA-256."""
    body = _Body(stream, size)
    try:
        return default_storage.save(key, body), body.sha256.hexdigest()
    except OSError:  # the line broke; what came of it would say that the address was used
        default_storage.delete(key)
        raise


def chunk_size(key: str) -> int | None:
    """How many bytes lie under a key; None for none."""
    return default_storage.size(key) if default_storage.exists(key) else None


def presigned_put(
    key: str, size: int, sha256: str, valid_for: timedelta
) -> tuple[str, dict[str, str]] | None:
    """Address and headers with which a bucket takes exactly these bytes; None for a disk.

    Size and SHA-256 are signed, so that the address is good for nothing else.
    """
    bucket = getattr(default_storage, "bucket", None)
    if bucket is None:
        return None
    checksum = b64encode(bytes.fromhex(sha256)).decode()
    kind = "application/octet-stream"
    url: str = bucket.meta.client.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": bucket.name,
            "Key": key,
            "ContentLength": size,
            "ContentType": kind,
            "ChecksumSHA256": checksum,
        },
        ExpiresIn=int(valid_for.total_seconds()),
    )
    return url, {
        "Content-Type": kind,
        "Content-Length": str(size),
        "x-amz-checksum-sha256": checksum,
    }


def join_chunks(keys: Iterable[str], path: Path) -> None:
    """Write the pieces one after the other into `path`. Raises OSError when one is gone."""
    with path.open("wb") as whole:
        for key in keys:
            with default_storage.open(key, "rb") as piece:
                _copy(piece, whole)


def drop_chunks(keys: Iterable[str]) -> None:
    """Remove pieces; one that is gone already is no error."""
    for key in keys:
        default_storage.delete(key)


def drop_chunks_before(day: date) -> int:
    """Remove every piece kept before `day`, whatever became of its upload; the number removed."""
    try:
        folders, _ = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # a disk on which nothing was ever kept
        return 0
    removed = 0
    for name in folders:
        if name >= day.isoformat():
            continue
        _, pieces = default_storage.listdir(f"{FOLDER}/{name}")
        drop_chunks(f"{FOLDER}/{name}/{piece}" for piece in pieces)
        removed += len(pieces)
        # A bucket has no folders; a disk keeps the empty one until it is removed like a file.
        default_storage.delete(f"{FOLDER}/{name}")
    return removed


class _Body(File):
    """What of a stream is kept, hashed as it passes."""

    def __init__(self, stream: IO[bytes] | None, size: int) -> None:
        super().__init__(stream)
        self._left = size
        self.size = size
        self.sha256 = hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """All of it, in pieces; a disk is written like this."""
        while self._left and self.file is not None:
            piece: bytes = self.file.read(min(self._left, chunk_size or COPY_BYTES))
            if not piece:
                return
            self._left -= len(piece)
            self.sha256.update(piece)
            yield piece


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while piece := source.read(COPY_BYTES):
        target.write(piece)
