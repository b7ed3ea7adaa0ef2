"""Opening a ZIP container without being blown up by it."""

import struct
import zipfile
from pathlib import Path

from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.limits import Limits

END_RECORD = b"PK\x05\x06"
END_RECORD_BYTES = 22
LONGEST_COMMENT = 65_535


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """Return the archive at `path` after weighing it; nothing has been unpacked then.

    The entry count is read from the end record first, because building a list of millions of
    entries is itself an attack. Raises GeometryError `unreadable`, `archive_too_big`, `encrypted`.
    """
    if _announced_entries(path) > limits.archive_entries:
        raise _too_big(limits)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as fault:
        raise damaged(fault) from fault
    entries = archive.infolist()
    if (
        len(entries) > limits.archive_entries
        or sum(entry.file_size for entry in entries) > limits.archive_bytes
    ):
        raise _too_big(limits)
    if any(entry.flag_bits & 1 for entry in entries):
        raise GeometryError(
            "encrypted",
            "This file is protected by a password, so we cannot read it. Please upload it without "
            "protection.",
        )
    return archive


def damaged(fault: Exception) -> GeometryError:
    """Return the error for a container that cannot be unpacked."""
    return GeometryError(
        "unreadable",
        "This 3MF file cannot be unpacked. It is probably damaged; please export it again.",
        detail=repr(fault),
    )


def _announced_entries(path: Path) -> int:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_RECORD_BYTES - LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_RECORD_BYTES:
        raise damaged(EOFError("no end record"))
    entries: int = struct.unpack_from("<H", tail, at + 10)[0]
    return entries


def _too_big(limits: Limits) -> GeometryError:
    return GeometryError(
        "archive_too_big",
        f"Unpacked, this file would be larger than the {limits.archive_bytes / 1e6:,.0f} MB, or "
        f"hold more than the {limits.archive_entries:,} entries, that we accept. Please export it "
        "with fewer details.",
    )
