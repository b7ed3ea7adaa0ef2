"""The published JSON Schema of an organization's archive: its lines are what the API answers."""

import re
from functools import cache
from typing import Any

from marketplace.core.api.schema import described
from marketplace.operations.leaving.chapters import CHAPTERS, Chapter
from marketplace.operations.leaving.reading import API

FORMAT = "marketplace-organization/1"
_DATA_FILE = {
    "type": "object",
    "required": ["file", "rows", "sha256"],
    "properties": {
        "name": {"type": "string"},
        "file": {"type": "string"},
        "rows": {"type": "integer", "minimum": 0},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}
_MANIFEST = {
    "type": "object",
    "required": ["format", "made_at", "site", "organization", "chapters", "files"],
    "properties": {
        "format": {"const": FORMAT},
        "made_at": {"type": "string", "format": "date-time"},
        "site": {"type": "string", "format": "uri"},
        "organization": {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
        },
        "chapters": {"type": "array", "items": _DATA_FILE},
        "files": _DATA_FILE,
    },
}
_FILE = {
    "type": "object",
    "required": ["id", "kind", "name", "content_type", "size", "sha256", "place"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string"},
        "name": {"type": "string"},
        "content_type": {"type": "string"},
        "size": {"type": "integer", "minimum": 0, "description": "bytes"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "place": {"type": "string", "pattern": "^files/[0-9a-f]{64}$"},
    },
}


@cache
def archive_schema() -> dict[str, Any]:
    """JSON Schema 2020-12: `#/$defs/manifest`, `#/$defs/file`, and `#/$defs/<chapter>` of a line.

    The shapes of things are those of the OpenAPI document, which are JSON Schema as they stand.
    """
    document = described()
    operations = {re.sub(r"{\w+}", "{}", path): found for path, found in document["paths"].items()}
    components = document["components"]["schemas"]
    lines = {
        name: {
            "type": "object",
            "required": ["of", "thing"],
            "properties": {
                "of": {"type": "string"},
                "thing": _thing(operations[address], components),
            },
        }
        for name, address in _addresses(CHAPTERS, API)
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "All data of an organization",
        "$ref": "#/$defs/manifest",
        "$defs": {"manifest": _MANIFEST, "file": _FILE, **lines},
        "components": {"schemas": components},
    }


def _addresses(chapters: Any, base: str, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for chapter in chapters:
        address, name = base + chapter.path, prefix + chapter.name
        found.append((name, _own(chapter, address)))
        found += _addresses(chapter.below, address + "{}/", f"{name}.")
    return found


def _own(chapter: Chapter, address: str) -> str:
    """The address whose answer a line of the chapter is."""
    return address + "{}/" if chapter.whole else address


def _thing(operation: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The shape of one thing in the answer of a GET: of a list, of its rows."""
    answer = operation["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    named = components.get(answer.get("$ref", "").rpartition("/")[2], answer)
    answer = named.get("properties", {}).get("results", answer)
    found: dict[str, Any] = answer["items"] if answer.get("type") == "array" else answer
    return found
