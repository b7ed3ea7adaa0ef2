"""Reading an archive: everything is checked before anything is taken from it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from jsonschema import Draft202012Validator

from marketplace.core.errors import DomainError
from marketplace.operations.leaving.archive import BLOCK
from marketplace.operations.leaving.schema import FORMAT, archive_schema


class BadArchive(DomainError):
    """The archive is not whole, or not one of ours."""


@dataclass
class Archive:
    """An opened archive: its manifest, rows by chapter, files by id."""

    bundle: zipfile.ZipFile
    manifest: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def rows(self, chapter: str) -> Iterator[tuple[str, Any]]:
        """(of, thing) of each line; none where the chapter is not in the archive."""
        for described in self.manifest["chapters"]:
            if described["name"] == chapter:
                yield from ((row["of"], row["thing"]) for row in _lines(self.bundle, described))

    def things(self, chapter: str) -> list[Any]:
        """The things alone."""
        return [thing for _, thing in self.rows(chapter)]

    @property
    def chapters(self) -> list[str]:
        """Names of what is in it."""
        return [described["name"] for described in self.manifest["chapters"]]


def open_archive(content: IO[bytes]) -> Archive:
    """Open and check: manifest, hashes, every line by the schema, every file's content.

    Raises BadArchive naming the first fault.
    """
    try:
        bundle = zipfile.ZipFile(content)
        manifest = json.loads(bundle.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise BadArchive("This is not an archive of an organization.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadArchive(f"The manifest does not say {FORMAT}: another version cannot be read.")
    _check(manifest, "manifest", "manifest.json")
    try:
        for described in manifest["chapters"]:
            if described["name"] not in archive_schema()["$defs"]:
                raise BadArchive(f"There is no chapter {described['name']} in {FORMAT}.")
            for number, row in enumerate(_checked_lines(bundle, described), 1):
                _check(row, described["name"], f"{described['file']} line {number}")
        files = {}
        for number, row in enumerate(_checked_lines(bundle, manifest["files"]), 1):
            _check(row, "file", f"files.jsonl line {number}")
            if _digest(bundle, row["place"]) != row["sha256"]:
                raise BadArchive(f"{row['name']} ({row['place']}) is not the file it was.")
            files[row["id"]] = row
    except KeyError as error:
        raise BadArchive(f"The archive lacks {error.args[0]}.") from error
    return Archive(bundle, manifest, files)


def _lines(bundle: zipfile.ZipFile, described: Mapping[str, Any]) -> Iterator[Any]:
    with bundle.open(described["file"]) as lines:
        for line in lines:
            yield json.loads(line)


def _checked_lines(bundle: zipfile.ZipFile, described: Mapping[str, Any]) -> Iterator[Any]:
    """The lines, once hash and number are what the manifest says."""
    name = described["file"]
    if _digest(bundle, name) != described["sha256"]:
        raise BadArchive(f"{name} is not what the manifest says: its SHA-256 differs.")
    rows = list(_lines(bundle, described))
    if len(rows) != described["rows"]:
        raise BadArchive(f"{name} has {len(rows)} lines, the manifest says {described['rows']}.")
    return iter(rows)


def _digest(bundle: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with bundle.open(name) as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _check(value: Any, name: str, place: str) -> None:
    fault = next(_validator(name).iter_errors(value), None)
    if fault is not None:
        path = "/".join(str(step) for step in fault.absolute_path)
        raise BadArchive(f"{place}, {path or 'as a whole'}: {fault.message[:200]}")


def _validator(name: str) -> Draft202012Validator:
    schema = archive_schema()
    return Draft202012Validator(
        {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"], "components": schema["components"]}
    )
