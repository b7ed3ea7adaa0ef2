"""What an upload must be before it is stored: name, size, content."""

import re
import unicodedata
from pathlib import PurePosixPath

from django.conf import settings

from marketplace.core.errors import DomainError
from marketplace.files.models import StoredFile

Kind = StoredFile.Kind
MODEL_EXTENSIONS = {".step", ".stp", ".stl", ".3mf", ".obj", ".ply", ".iges", ".igs", ".dxf"}
ARCHIVE_EXTENSION = ".zip"
EXTENSIONS = {
    Kind.MODEL: MODEL_EXTENSIONS,
    Kind.DRAWING: {".pdf"},
    Kind.PHOTO: {".jpg", ".jpeg", ".png", ".webp"},
    Kind.DOCUMENT: {".pdf", ".jpg", ".jpeg", ".png"},
    Kind.CERTIFICATE: {".pdf", ".jpg", ".jpeg", ".png"},
}
MAX_PHOTO_BYTES = 20 * 1024 * 1024
# Invisible and direction-changing characters make "exe.step" look like something else.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:\"/\\|?*]")


def clean_name(name: str) -> str:
    """The last path component without control, direction and reserved characters, <= 120 long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = _UNSAFE.sub("_", unicodedata.normalize("NFC", last)).strip(". ") or "file"
    path = PurePosixPath(cleaned)
    return path.stem[: 120 - len(path.suffix)] + path.suffix[:12]


def clean_path(path: str) -> str:
    """A relative path with every component cleaned, for showing where a file lay; <= 240 long.

    It is never used as a place: nothing is stored or unpacked under it.
    """
    parts = [clean_name(part) for part in path.replace("\\", "/").split("/") if part.strip(". ")]
    whole = "/".join(parts) or "file"
    return whole if len(whole) <= 240 else parts[-1]


def kind_of(name: str) -> str | None:
    """MODEL or DRAWING by extension, None for anything else."""
    extension = PurePosixPath(name).suffix.lower()
    if extension in MODEL_EXTENSIONS:
        return Kind.MODEL
    return Kind.DRAWING if extension == ".pdf" else None


def check_upload(name: str, size: int, head: bytes, kind: str) -> None:
    """Raise DomainError with a sentence unless the file may be stored as `kind`.

    `head` are its first bytes. Models get their full check in the geometry child; here only what
    can be told at the door.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension not in EXTENSIONS[Kind(kind)]:
        allowed = ", ".join(sorted(EXTENSIONS[Kind(kind)]))
        raise DomainError(f"{name} is not of a type we read here. Use one of: {allowed}.")
    if size == 0:
        raise DomainError(f"{name} is empty. Export it again and upload the new file.")
    small = kind in (Kind.PHOTO, Kind.CERTIFICATE, Kind.DOCUMENT)
    limit = MAX_PHOTO_BYTES if small else settings.MAX_UPLOAD_BYTES
    if size > limit:
        raise DomainError(f"{name} is larger than {limit // 1024**2} MB, the most we take.")
    if extension == ".pdf" and not head.lstrip().startswith(b"%PDF-"):
        raise DomainError(f"{name} is named PDF but is not one. Export it as PDF again.")
