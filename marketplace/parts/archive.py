"""A ZIP of part files: what is in it that may be taken, weighed before anything is unpacked.

Plain Python without Django. Names in an archive are only labels here: nothing is ever written to
a path that comes out of one.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

END_RECORD, END_RECORD_BYTES, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
BLOCK_BYTES = 1 << 20
NESTED = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".zst", ".jar")
IGNORED_NAMES = ("thumbs.db", "desktop.ini")
LONGEST_NAME = 200
RATIO_SPARED_BYTES = 1_000_000
"""Small files may be packed as tightly as they like: a megabyte of blanks harms nobody."""


@dataclass(frozen=True)
class ArchiveLimits:
    """Ceilings of one archive: number of entries, bytes of a file and of all, packing ratio."""

    files: int = 500
    entries: int = 2_000
    file_bytes: int = 200_000_000
    total_bytes: int = 1_000_000_000
    ratio: float = 200.0


@dataclass(frozen=True)
class Member:
    """A file in an archive: its own `name` without folders, the `folder`, its size in bytes."""

    name: str
    folder: str
    size: int
    position: int


class ArchiveError(Exception):
    """An archive that cannot be used. `message` is a sentence for the person who uploaded it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


DEFAULT_LIMITS = ArchiveLimits()


def open_archive(path: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> list[Member]:
    """Return the files of the archive at `path` that may be taken, in their order.

    Folders, `__MACOSX`, names that begin with a dot and leftovers of file managers are passed
    over. Raises ArchiveError with a sentence: `unreadable`, `empty`, `encrypted`, `too_many`,
    `too_big`, `bomb`, `nested`, `unsafe_path`, `unsafe_name`, `link`, `same_name`; OSError when
    `path` cannot be opened.
    """
    with _opened(path, limits) as archive:
        return _members(archive.infolist(), limits)


def extract_member(
    path: Path, member: Member, target: BinaryIO, limits: ArchiveLimits = DEFAULT_LIMITS
) -> int:
    """Copy one member into the open file `target` block by block and return the bytes written.

    What is unpacked is counted, whatever the archive promised. Raises ArchiveError `too_big`,
    `unreadable`; part of the file may have been written then.
    """
    written = 0
    try:
        with _opened(path, limits) as archive:
            entries = archive.infolist()
            if member.position >= len(entries):
                raise _unreadable()
            with archive.open(entries[member.position]) as source:
                while block := source.read(BLOCK_BYTES):
                    written += len(block)
                    if written > min(member.size, limits.file_bytes):
                        raise _too_big_file(member.name, limits)
                    target.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as fault:
        raise _unreadable(member.name) from fault
    if written != member.size:
        raise _unreadable(member.name)
    return written


@contextmanager
def _opened(path: Path, limits: ArchiveLimits) -> Iterator[zipfile.ZipFile]:
    # The count is read first: building a list of millions of entries is itself an attack.
    if _announced_entries(path) > limits.entries:
        raise _too_many(limits)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as fault:
        raise _unreadable() from fault
    with archive:
        if len(archive.infolist()) > limits.entries:
            raise _too_many(limits)
        yield archive


def _announced_entries(path: Path) -> int:
    size = path.stat().st_size
    if size == 0:
        raise ArchiveError(
            "empty", "This ZIP file is empty (0 bytes). Please pack it again and upload it."
        )
    with path.open("rb") as file:
        file.seek(max(0, size - END_RECORD_BYTES - LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_RECORD_BYTES:
        raise _unreadable()
    entries: int = struct.unpack_from("<H", tail, at + 10)[0]
    return entries


def _members(entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> list[Member]:
    members: list[Member] = []
    seen: set[str] = set()
    total = 0
    for position, entry in enumerate(entries):
        if entry.is_dir() or _ignored(entry.filename):
            continue
        member = _member(entry, position, limits)
        path = f"{member.folder}/{member.name}".casefold()
        if path in seen:
            raise ArchiveError(
                "same_name",
                f"This ZIP holds “{member.name}” twice in the same folder, so we cannot tell "
                "which one counts. Please pack it again.",
            )
        seen.add(path)
        total += entry.file_size
        members.append(member)
        if len(members) > limits.files:
            raise _too_many(limits)
        if total > limits.total_bytes:
            raise ArchiveError(
                "too_big",
                f"Unpacked, this ZIP is larger than the {limits.total_bytes / 1e6:,.0f} MB we take "
                "at once. Please upload it in several pieces.",
            )
    if not members:
        raise ArchiveError(
            "empty", "This ZIP holds no file. Please pack the part files and upload it again."
        )
    return members


def _ignored(name: str) -> bool:
    parts = [part for part in re.split(r"[/\\]", name) if part]
    if not parts:
        return True
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return "__MACOSX" in parts or hidden or parts[-1].lower() in IGNORED_NAMES


def _member(entry: zipfile.ZipInfo, position: int, limits: ArchiveLimits) -> Member:
    """Return an entry as a member after every check that needs no unpacking."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    name = path.name
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", entry.filename):
        raise ArchiveError(
            "unsafe_path",
            f"“{shown}” in this ZIP has a path that leads out of the archive (“..”, “/” or a drive "
            "at its beginning). Please pack the files from inside their folder and upload it "
            "again.",
        )
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise ArchiveError(
            "unsafe_name",
            f"This ZIP holds a file with a name we do not take (“{shown}”). Please rename it and "
            "pack the ZIP again.",
        )
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise ArchiveError(
            "link",
            f"“{shown}” in this ZIP is a link, not a file. Please pack the file itself.",
        )
    if entry.flag_bits & 1:
        raise ArchiveError(
            "encrypted",
            "This ZIP is protected by a password, so we cannot open it. Please pack it without.",
        )
    if name.lower().endswith(NESTED):
        raise ArchiveError(
            "nested",
            f"This ZIP holds another archive (“{shown}”). Please unpack that one first and pack "
            "the part files themselves.",
        )
    if entry.file_size > limits.file_bytes:
        raise _too_big_file(shown, limits)
    if entry.file_size > RATIO_SPARED_BYTES and entry.file_size > limits.ratio * max(
        1, entry.compress_size
    ):
        raise ArchiveError(
            "bomb",
            f"“{shown}” in this ZIP unpacks to more than {limits.ratio:,.0f} times its packed "
            "size, which no part file does. Please upload the file by itself.",
        )
    return Member(name, "/".join(path.parts[:-1]), entry.file_size, position)


def _unreadable(name: str = "") -> ArchiveError:
    what = f"“{name}” in this ZIP cannot be unpacked" if name else "This ZIP cannot be read"
    return ArchiveError(
        "unreadable", f"{what}. It is probably damaged; please pack it again and upload it."
    )


def _too_many(limits: ArchiveLimits) -> ArchiveError:
    return ArchiveError(
        "too_many",
        f"This ZIP holds more than {limits.files:,} files. Please upload it in several pieces.",
    )


def _too_big_file(name: str, limits: ArchiveLimits) -> ArchiveError:
    return ArchiveError(
        "too_big",
        f"“{name}” in this ZIP is larger unpacked than the {limits.file_bytes / 1e6:,.0f} MB we "
        "take, or than the ZIP says. Please upload it by itself or with fewer details.",
    )
