"""The API as a collection for Postman (format 2.1), which Bruno and Insomnia import too.

Made from the OpenAPI document: a folder a chapter, a request an operation, and its body from the
example the document gives, else written from the schema.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
# Where a schema holds itself, its sample ends.
DEEPEST = 6
SAMPLES = {
    "date": "2030-01-15",
    "date-time": "2030-01-15T12:00:00Z",
    "uri": "https://example.com/",
    "email": "name@example.com",
    "binary": "",
}
Document = Mapping[str, Any]


def collection_of(document: Document) -> dict[str, Any]:
    """The collection of an OpenAPI document. Its variables are `base_url` and `token`."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            chapter = operation["tags"][0]
            folders.setdefault(chapter, []).append(_item(document, path, method, operation))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"].get("description", ""),
            "schema": FORMAT,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}],
        },
        "variable": [
            {"key": "base_url", "value": settings.SITE_URL, "type": "string"},
            {"key": "token", "value": "", "type": "string"},
        ],
        "item": [
            {"name": _title(chapter), "item": items} for chapter, items in sorted(folders.items())
        ],
    }


def _title(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def _item(document: Document, path: str, method: str, operation: Document) -> dict[str, Any]:
    parameters = operation.get("parameters", [])
    request = {
        "method": method.upper(),
        "header": [_header(each) for each in parameters if each["in"] == "header"],
        "url": _address(path, parameters),
        "description": operation.get("description", ""),
    }
    if body := _body(document, operation.get("requestBody", {}).get("content", {})):
        request["body"] = body
        if body["mode"] == "raw":
            request["header"].append({"key": "Content-Type", "value": "application/json"})
    return {"name": operation["summary"], "request": request, "response": []}


def _header(parameter: Document) -> dict[str, Any]:
    """A key is a new one for each call that is sent; the others wait until somebody wants them."""
    is_key = parameter["name"] == "Idempotency-Key"
    return {
        "key": parameter["name"],
        "value": "{{$guid}}" if is_key else "",
        "description": parameter.get("description", ""),
        "disabled": not is_key,
    }


def _address(path: str, parameters: list[Document]) -> dict[str, Any]:
    parts = [
        f":{part[1:-1]}" if part.startswith("{") else part
        for part in path.removeprefix("/").split("/")
    ]
    return {
        "raw": "/".join(["{{base_url}}", *parts]),
        "host": ["{{base_url}}"],
        "path": parts,
        "query": [
            {
                "key": each["name"],
                "value": _plain(each.get("schema", {})),
                "description": each.get("description", ""),
                "disabled": not each.get("required", False),
            }
            for each in parameters
            if each["in"] == "query"
        ],
        "variable": [
            {"key": each["name"], "value": "", "description": each.get("description", "")}
            for each in parameters
            if each["in"] == "path"
        ],
    }


def _plain(schema: Document) -> str:
    value = schema.get("default", next(iter(schema.get("enum", [])), ""))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(document: Document, content: Document) -> dict[str, Any] | None:
    if found := content.get("application/json"):
        return {
            "mode": "raw",
            "raw": _written(_example(document, found)),
            "options": {"raw": {"language": "json"}},
        }
    if found := content.get("multipart/form-data"):
        schema = _resolved(document, found["schema"])
        return {
            "mode": "formdata",
            "formdata": [
                _field(document, name, each) for name, each in schema.get("properties", {}).items()
            ],
        }
    return {"mode": "file", "file": {"src": ""}} if content else None


def _written(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _field(document: Document, name: str, schema: Document) -> dict[str, Any]:
    found = _resolved(document, schema)
    inner = _resolved(document, found.get("items", {}))
    if "binary" in (found.get("format"), inner.get("format")):
        return {"key": name, "type": "file", "src": ""}
    value = sample(document, found)
    return {
        "key": name,
        "type": "text",
        "value": value if isinstance(value, str) else _written(value),
    }


def _example(document: Document, media: Document) -> Any:
    if "example" in media:
        return media["example"]
    for example in media.get("examples", {}).values():
        if "value" in example:
            return example["value"]
    return sample(document, media["schema"])


def _resolved(document: Document, schema: Document) -> Document:
    """The schema itself where it only names or narrows another one; null is not chosen."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _resolved(document, document["components"]["schemas"][name])
    for way in ("allOf", "oneOf", "anyOf"):
        ways = [each for each in schema.get(way, []) if each.get("type") != "null"]
        if ways:
            rest = {key: value for key, value in schema.items() if key != way}
            return {**_resolved(document, ways[0]), **rest}
    return schema


def sample(document: Document, schema: Document, depth: int = 0) -> Any:
    """A value of the schema's form: its example, default or first choice where it has one."""
    found = _resolved(document, schema)
    for known in ("example", "default", "const"):
        if known in found:
            return found[known]
    for several in ("examples", "enum"):
        if found.get(several):
            return found[several][0]
    kind = found.get("type", "object" if "properties" in found else "string")
    if isinstance(kind, list):
        kind = next(each for each in kind if each != "null")
    if kind == "object":
        fields = found.get("properties", {}) if depth < DEEPEST else {}
        return {name: sample(document, each, depth + 1) for name, each in fields.items()}
    if kind == "array":
        return [sample(document, found["items"], depth + 1)] if depth < DEEPEST else []
    if kind in ("integer", "number"):
        return found.get("minimum", 0)
    return False if kind == "boolean" else SAMPLES.get(found.get("format", ""), "")
