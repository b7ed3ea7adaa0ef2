"""Where backups lie: BACKUP_DIR, and a bucket of their own when BACKUP_S3_BUCKET is set.

Both have the same names. `<backup>/database`, `/files` and `/manifest` are sealed; `/SHA256SUMS`
(as `sha256sum --check` reads it) is written last and says that the backup is whole; `/VERIFIED`
that it was tried out. `contents/ab/abcd...` is the content of a file, once however many backups
hold it, under a keyed hash: the name tells nobody what it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from marketplace.operations.backups.locks import backup_folder

SUMS, VERIFIED = "SHA256SUMS", "VERIFIED"
CONTENTS = "contents"


class Shelf(Protocol):
    """One place. Every method raises BackupFault when the place does not answer."""

    label: str

    def backups(self) -> list[str]:
        """The names of what is there, the oldest first, half-written ones too."""

    def files_of(self, backup: str) -> list[str]:
        """What one backup has there, such as `SHA256SUMS`."""

    def contents(self) -> Iterator[str]:
        """The names of all contents."""

    def open(self, name: str) -> IO[bytes]:
        """Raises FileNotFoundError too."""

    def has(self, name: str) -> bool:
        """Whether a content is there; see `look_again`."""

    def look_again(self) -> None:
        """What `has` remembers of the contents may be old."""

    def size(self, name: str) -> int | None:
        """Bytes, None when it is not there."""

    def keep(self, name: str, source: Path) -> None:
        """Keep a file that is whole; a name never shows half of one."""

    def remove(self, name: str) -> None: ...

    def remove_backup(self, backup: str) -> None:
        """Everything of one, `SHA256SUMS` first: what is half gone must not look whole."""


def content_name(key: str) -> str:
    """The place of a content by the hexadecimal keyed hash of its SHA-256."""
    return f"{CONTENTS}/{key[:2]}/{key}"


class Folder:
    """BACKUP_DIR."""

    def __init__(self, root: Path) -> None:
        self.root, self.label = root, str(root)

    def backups(self) -> list[str]:
        inside = (each.name for each in self.root.iterdir() if each.is_dir())
        return sorted(name for name in inside if name != CONTENTS and not name.startswith("."))

    def files_of(self, backup: str) -> list[str]:
        folder = self.root / backup
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []

    def contents(self) -> Iterator[str]:
        for folder in sorted((self.root / CONTENTS).glob("??")):
            for each in os.scandir(folder):
                yield f"{CONTENTS}/{folder.name}/{each.name}"

    def open(self, name: str) -> IO[bytes]:
        return (self.root / name).open("rb")

    def has(self, name: str) -> bool:
        return (self.root / name).exists()

    def look_again(self) -> None:
        """Nothing is remembered."""

    def size(self, name: str) -> int | None:
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError:
            return None

    def keep(self, name: str, source: Path) -> None:
        """The file itself moves here; it must lie on the same disk."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source.replace(target)

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def remove_backup(self, backup: str) -> None:
        self.remove(f"{backup}/{SUMS}")
        shutil.rmtree(self.root / backup, ignore_errors=True)


def shelves() -> list[Shelf]:
    """The folder first, which every backup is written to, then the bucket if there is one."""
    found: list[Shelf] = [Folder(backup_folder())]
    if settings.BACKUP_S3_BUCKET:
        # Amazon's client is loaded only where there is a bucket.
        from marketplace.operations.backups.buckets import Bucket

        found.append(Bucket(settings.BACKUP_S3_BUCKET))
    return found


def open_anywhere(places: list[Shelf], name: str) -> IO[bytes]:
    """From the first place that has it. Raises FileNotFoundError."""
    for place in places[:-1]:
        with suppress(FileNotFoundError):
            return place.open(name)
    return places[-1].open(name)


def whole_backups(place: Shelf) -> list[str]:
    """The names of those that were written to their end, the oldest first."""
    return [name for name in place.backups() if SUMS in place.files_of(name)]
