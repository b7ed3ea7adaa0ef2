"""The collection for Postman and its like: whole, in the form of their format 2.1, and it works."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client

from tests.api.scene import Api

NAMED = {"type": "object", "required": ["key", "value"], "properties": {"key": {"type": "string"}}}
# What the format 2.1 demands of what we write; nothing else may stand in a request.
SHAPE = {
    "type": "object",
    "required": ["info", "item"],
    "properties": {
        "info": {
            "type": "object",
            "required": ["name", "schema"],
            "properties": {
                "schema": {
                    "const": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
                }
            },
        },
        "auth": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"const": "bearer"}, "bearer": {"items": NAMED}},
        },
        "variable": {"type": "array", "items": NAMED},
        "item": {"type": "array", "items": {"$ref": "#/$defs/folder"}},
    },
    "$defs": {
        "folder": {
            "type": "object",
            "required": ["name", "item"],
            "properties": {"item": {"type": "array", "items": {"$ref": "#/$defs/item"}}},
        },
        "item": {
            "type": "object",
            "required": ["name", "request"],
            "properties": {"request": {"$ref": "#/$defs/request"}},
        },
        "request": {
            "type": "object",
            "additionalProperties": False,
            "required": ["method", "url"],
            "properties": {
                "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
                "header": {"type": "array", "items": NAMED},
                "description": {"type": "string"},
                "url": {
                    "type": "object",
                    "properties": {
                        "raw": {"type": "string"},
                        "host": {"type": "array", "items": {"type": "string"}},
                        "path": {"type": "array", "items": {"type": "string"}},
                        "query": {"type": "array", "items": NAMED},
                        "variable": {"type": "array", "items": NAMED},
                    },
                },
                "body": {
                    "type": "object",
                    "required": ["mode"],
                    "properties": {
                        "mode": {"enum": ["raw", "formdata", "file"]},
                        "raw": {"type": "string"},
                        "formdata": {
                            "type": "array",
                            "items": {
                                "required": ["key", "type"],
                                "properties": {"type": {"enum": ["text", "file"]}},
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def collection() -> dict[str, Any]:
    answer = Client().get("/api/v1/collection/")
    assert answer.status_code == 200
    return json.loads(answer.content)


def requests_of(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for folder in collection["item"]:
        for item in folder["item"]:
            yield item["request"]


def test_the_collection_has_the_form_of_the_format(collection: dict[str, Any]) -> None:
    jsonschema.validate(collection, SHAPE)
    assert {each["key"] for each in collection["variable"]} == {"base_url", "token"}
    for request in requests_of(collection):
        if request.get("body", {}).get("mode") == "raw":
            json.loads(request["body"]["raw"])


def test_every_operation_of_the_document_is_in_it(collection: dict[str, Any]) -> None:
    document = Client().get("/api/v1/schema/?format=json").json()
    written = {
        (method.upper(), re.sub(r"{([^}]+)}", r":\1", path))
        for path, operations in document["paths"].items()
        for method in operations
    }
    found = [
        (request["method"], request["url"]["raw"].removeprefix("{{base_url}}"))
        for request in requests_of(collection)
    ]
    assert sorted(found) == sorted(written)
    assert all(folder["name"] and folder["item"] for folder in collection["item"])


def test_its_bodies_have_the_form_the_document_asks_for(collection: dict[str, Any]) -> None:
    document = Client().get("/api/v1/schema/?format=json").json()
    for request in requests_of(collection):
        path = re.sub(r":([a-z_]+)", r"{\1}", request["url"]["raw"].removeprefix("{{base_url}}"))
        operation = document["paths"][path][request["method"].lower()]
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            body = json.loads(request["body"]["raw"])
            required = content["application/json"]["schema"].get("$ref", "").rsplit("/", 1)[-1]
            schema = document["components"]["schemas"].get(required, {})
            assert set(schema.get("required", [])) <= set(body), path


@pytest.mark.django_db
def test_a_request_of_it_is_answered(collection: dict[str, Any], buyer: Api) -> None:
    asked = next(
        request
        for request in requests_of(collection)
        if request["url"]["raw"] == "{{base_url}}/api/v1/me/"
    )
    path = asked["url"]["raw"].removeprefix("{{base_url}}/api/v1")
    assert buyer.call(asked["method"], path).status_code == 200


def test_the_page_of_the_document_leads_to_it() -> None:
    assert 'href="/api/v1/collection/"' in Client().get("/api/v1/docs/").content.decode()
