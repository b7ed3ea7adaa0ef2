"""The OpenAPI document: complete, valid, readable; and the page that shows it."""

import json
import os
import re
from difflib import unified_diff

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from marketplace.core.api.schema import described
from tests.api.outline import FILE, outline_of


@pytest.fixture(scope="module")
def document() -> dict:
    return described()


def operations(document: dict) -> list[dict]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_the_document_is_valid_and_without_warnings(tmp_path) -> None:
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml")
    )
    assert "openapi: 3.1" in (tmp_path / "schema.yml").read_text()


def test_operations_have_names_that_read_well(document: dict) -> None:
    names = [operation["operationId"] for operation in operations(document)]
    assert len(names) == len(set(names))
    assert {"list_rfqs", "create_rfq", "accept_quote", "ship_order", "pay_order"} <= set(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)
    chapters = {each["name"] for each in document["tags"] if each["description"]}
    for operation in operations(document):
        name = operation["operationId"]
        assert operation["description"], name
        assert operation["summary"].lower() == name.replace("_", " "), name
        assert set(operation["tags"]) <= chapters, name


def test_every_change_of_the_document_is_seen(document: dict) -> None:
    """tests/api/openapi.txt is written anew with RECORD=1; its diff is what clients will meet."""
    now = outline_of(document)
    if os.environ.get("RECORD"):
        FILE.write_text(now)
    changed = [
        line
        for line in unified_diff(FILE.read_text().splitlines(), now.splitlines(), lineterm="")
        if line[:1] in "+-"
    ]
    assert not changed, "\n".join(changed[:60])


def test_every_operation_says_how_it_is_refused(document: dict) -> None:
    for operation in operations(document):
        name, answers = operation["operationId"], operation["responses"]
        assert {"400", "401", "403", "404", "429", "default"} <= answers.keys(), name
        assert any(code.startswith("2") for code in answers), name
        assert "Retry-After" in answers["429"]["headers"], name
        assert "WWW-Authenticate" in answers["401"]["headers"], name
        for code, answer in answers.items():
            assert answer["description"], (name, code)
            assert "X-Request-ID" in answer["headers"], (name, code)
            if code[0] in "45":
                problem = answer["content"]["application/problem+json"]["schema"]
                assert problem["$ref"].endswith("/Problem"), (name, code)


def test_every_reference_leads_somewhere_and_every_component_is_used(document: dict) -> None:
    written = json.dumps(document)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', written))
    assert named == document["components"]["schemas"].keys()


def test_enums_have_the_names_of_their_classes(document: dict) -> None:
    schemas = document["components"]["schemas"]
    for name in ("OrderState", "RFQState", "QuoteState", "InvitationState", "ShipmentCarrier"):
        assert schemas[name]["enum"]
    assert schemas["Order"]["properties"]["state"]["$ref"].endswith("/OrderState")
    # Without a name of its own an enum is called after a member: `StateEnum`, `Status1Enum`.
    assert [name for name in schemas if name.endswith("Enum")] == ["BlankEnum"]


def test_a_default_is_a_value_that_may_be_sent(document: dict) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for field, said in schema.get("properties", {}).items():
            default = said.get("default")
            if isinstance(default, str):
                references = [part["$ref"] for part in said.get("allOf", [])]
                enums = [schemas[each.rsplit("/", 1)[1]].get("enum") for each in references]
                assert all(default in enum for enum in enums if enum), f"{name}.{field}"
                assert len(default) >= said.get("minLength", 0), f"{name}.{field}"


def test_every_list_is_a_page(document: dict) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "get" and operation["operationId"].startswith("list_"):
                body = operation["responses"]["200"]["content"]["application/json"]["schema"]
                if not path.endswith("/orders/{order}/payments/"):
                    assert body["$ref"].rsplit("/", 1)[-1].endswith("List"), path


def test_a_manufacturers_schemas_know_nothing_of_rivals(document: dict) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Request", "RequestRow", "RequestLine", "OwnQuote", "OwnQuoteRow"):
        fields = schemas[name]["properties"].keys()
        assert not fields & {"invitations", "quotes", "quote_count", "matches", "fingerprint"}
        assert name.startswith("Own") or "external_id" not in fields


def test_the_document_and_its_page_open_under_the_strict_policy() -> None:
    client = Client()
    document = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert document.status_code == 200
    assert client.get("/api/v1/schema/?format=json").json()["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    policy = page["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "<style" not in html
    assert " style=" not in html
    sources = re.findall(r'<script src="([^"]+)"></script>', html)
    assert html.count("<script") == len(sources) == 3
    assert all(source.startswith(("/static/", "/api/v1/docs/")) for source in sources)
    script = client.get(sources[-1])
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()


def test_every_view_of_ours_says_for_whom_it_is() -> None:
    def walk(patterns, prefix=""):
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern):
                yield route, entry.callback

    found = [
        (route, getattr(view, "audience", None))
        for route, view in walk(get_resolver().url_patterns)
        if route.startswith("api/v1/") and not view.__module__.startswith("payments")
    ]
    assert len(found) >= 50
    assert {audience for _, audience in found} == {"api", "public"}
