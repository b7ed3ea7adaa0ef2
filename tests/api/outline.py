"""The OpenAPI document in lines that a diff can show: operations, parameters, members."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("openapi.txt")


def outline_of(document: dict[str, Any]) -> str:
    """Everything a client can depend on, one line each; no descriptions and no examples."""
    lines = [
        line
        for path, methods in sorted(document["paths"].items())
        for method, operation in sorted(methods.items())
        for line in _operation(path, method, operation)
    ]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += _component(name, schema)
    return "\n".join(lines) + "\n"


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    lists = [names for each in operation.get("security", []) for names in each.values()]
    scopes = sorted({name for names in lists for name in names})
    answers = [
        f"{code}:{_kinds(answer.get('content', {}))}" if code.startswith("2") else code
        for code, answer in sorted(operation["responses"].items())
    ]
    yield f"{method.upper()} {path} {operation['operationId']} {' '.join(scopes)}".rstrip()
    for each in sorted(operation.get("parameters", []), key=lambda one: (one["in"], one["name"])):
        must = " required" if each.get("required") else ""
        yield f"  {each['in']} {each['name']}: {_type(each['schema'])}{must}"
    if body := operation.get("requestBody"):
        yield f"  body {_kinds(body['content'])}"
    yield f"  answers {' '.join(answers)}"


def _kinds(content: dict[str, Any]) -> str:
    return ",".join(
        f"{kind}={_type(media.get('schema', {}))}" for kind, media in sorted(content.items())
    )


def _component(name: str, schema: dict[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", []))
    closed = " closed" if schema.get("additionalProperties") is False else ""
    yield f"{name}: {_type({**schema, 'properties': None})}{closed}"
    for member, shape in sorted(schema.get("properties", {}).items()):
        yield f"  {member}{'' if member in required else '?'}: {_type(shape)}"


def _type(schema: dict[str, Any]) -> str:
    """A schema in a word or two, with its bounds."""
    if reference := schema.get("$ref"):
        return str(reference).rsplit("/", 1)[-1]
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return "|".join(_type(one) for one in schema[word])
    if "enum" in schema:
        return f"enum({','.join(str(one) for one in schema['enum'])})"
    kind = schema.get("type", "any")
    found = "|".join(kind) if isinstance(kind, list) else str(kind)
    if "items" in schema:
        found += f"[{_type(schema['items'])}]"
    bounds = ("format", "minimum", "maximum", "maxLength", "minItems", "maxItems", "pattern")
    return " ".join([found, *(f"{name}={schema[name]}" for name in bounds if name in schema)])
