"""The archive: one JSON Lines file a chapter, each file's content once, a manifest, its schema."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from contextlib import ExitStack
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from marketplace.files.models import StoredFile
from marketplace.operations.leaving.reading import place_of
from marketplace.operations.leaving.schema import FORMAT, archive_schema
from marketplace.operations.models import OrganizationExport

README = """All data of {name} ({id}) on {site}, as its API showed it to an owner on {day}.

manifest.json  what is in here, with the SHA-256 of every file of data
schema.json    the JSON Schema of the manifest and of every line
data/*.jsonl   one chapter each; a line is {{"of": id of what it belongs to,
               "thing": what the API answered}}
files/*        the content of files by SHA-256; lines name them in place of links
files.jsonl    their names, kinds and types

Passwords, tokens and keys of webhooks are not in it. `manage.py import_organization` of another
installation reads it.
"""
BLOCK = 1 << 20


def write_archive(export: OrganizationExport, archive: IO[bytes]) -> None:
    """Write the ZIP of an export whose pieces are all there. Memory does not grow with its size."""
    with ExitStack() as stack, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        chapters: dict[str, IO[bytes]] = {}
        counts: dict[str, int] = {}
        wanted: set[str] = set()
        for piece in export.pieces.select_related("lines").iterator():
            wanted |= set(piece.files)
            with piece.lines.content.open() as lines:
                for line in lines:
                    name, of, thing = json.loads(line)
                    if name not in chapters:
                        chapters[name] = stack.enter_context(tempfile.TemporaryFile())
                        counts[name] = 0
                    chapters[name].write(_line({"of": of, "thing": thing}))
                    counts[name] += 1
        described = [
            {
                "name": name,
                "file": f"data/{name}.jsonl",
                "rows": counts[name],
                "sha256": _add(bundle, f"data/{name}.jsonl", chapters[name]),
            }
            for name in sorted(chapters)
        ]
        listing = stack.enter_context(tempfile.TemporaryFile())
        number = _add_files(bundle, wanted, listing)
        organization = export.organization
        manifest = {
            "format": FORMAT,
            "made_at": timezone.now().isoformat(),
            "site": settings.SITE_URL,
            "organization": {"id": organization.public_id, "name": organization.name},
            "chapters": described,
            "files": {
                "file": "files.jsonl",
                "rows": number,
                "sha256": _add(bundle, "files.jsonl", listing),
            },
        }
        words = {"name": organization.name, "id": organization.public_id}
        bundle.writestr("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
        bundle.writestr("schema.json", json.dumps(archive_schema(), indent=1))
        bundle.writestr(
            "README.txt",
            README.format(site=settings.SITE_URL, day=timezone.localdate(), **words),
        )


def _line(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False) + "\n").encode()


def _add(bundle: zipfile.ZipFile, name: str, content: IO[bytes]) -> str:
    """Copy an open file into the archive; its SHA-256."""
    content.seek(0)
    digest = hashlib.sha256()
    with bundle.open(name, "w", force_zip64=True) as entry:
        while block := content.read(BLOCK):
            digest.update(block)
            entry.write(block)
    return digest.hexdigest()


def _add_files(bundle: zipfile.ZipFile, wanted: set[str], listing: IO[bytes]) -> int:
    """Each content once, and a row of the listing for each file; how many rows."""
    there: set[str] = set()
    number = 0
    found = StoredFile.objects.filter(public_id__in=wanted).exclude(content="")
    for file in found.order_by("pk").iterator(500):
        place = place_of(file)
        if place not in there:
            there.add(place)
            with file.content.open() as content:
                _add(bundle, place, content)
        number += 1
        listing.write(
            _line(
                {
                    "id": file.public_id,
                    "kind": file.kind,
                    "name": file.name,
                    "content_type": file.content_type,
                    "size": file.size,
                    "sha256": file.sha256,
                    "place": place,
                }
            )
        )
    return number
