"""Pieces of files on their way in: kept in the private storage until the file is whole.

The only place that knows where pieces lie. They go through Django's storages, so that several web
processes and a worker on another machine find them, on a disk or in a bucket.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.core.ids import new_public_id

FOLDER = "incoming"
COPY_BYTES = 1 << 20


def keep_chunk(content: bytes) -> str:
    """Keep one piece and return its key. Keys are random and lie in a folder of the day."""
    key = f"{FOLDER}/{timezone.localdate().isoformat()}/{new_public_id('chk')}"
    return default_storage.save(key, ContentFile(content))


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


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while piece := source.read(COPY_BYTES):
        target.write(piece)
