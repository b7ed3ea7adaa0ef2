"""Reading a backup: from the folder, or from the bucket where the folder lacks something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from marketplace.operations.backups.errors import BackupDamaged, BackupFault
from marketplace.operations.backups.sealing import PIECE, opened
from marketplace.operations.backups.shelves import SUMS, Shelf, open_anywhere, whole_backups

DATABASE, FILES, MANIFEST = "database", "files", "manifest"
FORMAT = 1


def find_backup(places: list[Shelf], name: str) -> str:
    """The name of a backup that is whole on one of the shelves; "latest" is the newest.

    Raises BackupFault naming those there are.
    """
    found = sorted({each for place in places for each in whole_backups(place)})
    if name == "latest" and found:
        return found[-1]
    if name in found:
        return name
    where = " and ".join(place.label for place in places)
    there = f"These are: {', '.join(found)}." if found else "None is."
    raise BackupFault(f"There is no whole backup {name} in {where}. {there}")


def sums_of(place: Shelf, backup: str) -> dict[str, str]:
    """The SHA-256 of each of a backup's own files by its name. Raises FileNotFoundError."""
    with closing(place.open(f"{backup}/{SUMS}")) as source:
        lines = source.read(PIECE).decode().splitlines()
    pairs = (line.split("  ", 1) for line in lines)
    return {name: sha for sha, name in pairs}


def check_sums(place: Shelf, backup: str, *, read: bool) -> None:
    """Its own files are there, all three of them. Raises BackupDamaged.

    With `read` every byte is read, compared with its SHA-256, and opened. Amazon's client sends a
    checksum with every upload, so the bytes of a night are not fetched back each night.
    """
    sums = sums_of(place, backup)
    for name in (DATABASE, FILES, MANIFEST):
        whole = f"{backup}/{name}"
        if name not in sums or not place.size(whole):
            raise BackupDamaged(f"{whole} is missing in {place.label}.")
        if read:
            _check_sum(place, whole, sums[name])
            for _ in pieces_of([place], whole):
                pass


def _check_sum(place: Shelf, name: str, expected: str) -> None:
    sha = hashlib.sha256()
    with closing(place.open(name)) as source:
        while piece := source.read(PIECE):
            sha.update(piece)
    if sha.hexdigest() != expected:
        raise BackupDamaged(
            f"{name} in {place.label} is not what was written: its SHA-256 differs."
        )


def pieces_of(places: list[Shelf], name: str) -> Iterator[bytes]:
    """The opened bytes of a sealed file. Raises BackupDamaged when they are not what was written,
    or are not there."""
    try:
        source = open_anywhere(places, name)
    except FileNotFoundError as error:
        raise BackupDamaged(f"{name} is missing.") from error
    with closing(source):
        yield from opened(source, name)


def manifest_of(places: list[Shelf], backup: str) -> dict[str, Any]:
    """What a backup says of itself. Raises BackupDamaged, and BackupFault for one of a later
    version than this one can read."""
    text = b"".join(pieces_of(places, f"{backup}/{MANIFEST}"))
    found: dict[str, Any] = json.loads(text)
    if found["format"] != FORMAT:
        raise BackupFault(
            f"{backup} has format {found['format']}, and this version reads {FORMAT}: "
            "restore it with the version that wrote it."
        )
    return found


def files_of(places: list[Shelf], backup: str) -> Iterator[dict[str, str]]:
    """The list of files: `name` in the storage, `sha256`, `content` ("" where it was lacking)."""
    return _lines(pieces_of(places, f"{backup}/{FILES}"))


def _lines(pieces: Iterable[bytes]) -> Iterator[dict[str, str]]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield json.loads(line)
