"""Rules of the house that no type or linter holds."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from config.subscriptions import SUBSCRIPTIONS
from marketplace.core.events import Fact

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ["accounts", "quotes", "orders", "payments", "marketplace"]
DOORS = {"public", "signed_in", "member", "buyer", "portal", "staff", "api", "webhook"}
# Doors that packages bring and guard themselves.
FOREIGN = (
    "allauth",
    "django.contrib.admin",
    "drf_spectacular",
    "marketplace.operations.admin_site",
)


def sources(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders or HOUSES:
        for path in (ROOT / folder).rglob("*.py"):
            if not {"migrations", "djstripe_schema"} & set(path.parts):
                yield path.relative_to(ROOT), path.read_text()


def views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, object]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def facts() -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for config in apps.get_app_configs():
        if (Path(config.path) / "events.py").exists() and ROOT in Path(config.path).parents:
            if ".venv" in Path(config.path).parts or config.label == "core":
                continue
            module = importlib.import_module(f"{config.name}.events")
            for value in vars(module).values():
                if isinstance(value, Fact):
                    assert found.get(value.name, value) is value, f"{value.name} is declared twice"
                    found[value.name] = value
    return found


def test_every_view_says_for_whom_it_is() -> None:
    without = []
    for path, view in views(get_resolver()):
        module = getattr(view, "__module__", "")
        owner = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
        if module.startswith(FOREIGN) or getattr(owner, "__module__", "").startswith(FOREIGN):
            continue
        if path.startswith(("admin/", "accounts/social/")):
            continue
        audience = getattr(view, "audience", None) or getattr(owner, "audience", None)
        if audience not in DOORS:
            without.append(path)
    assert without == []


def test_only_move_assigns_a_state() -> None:
    assigned = re.compile(r"\.state\s*=[^=]|update\([^)]*\bstate=")
    offenders = [
        str(path)
        for path, text in sources()
        if assigned.search(text) and path != Path("marketplace/core/states.py")
    ]
    # The inbox of webhooks is a queue of work with marks, not a thing with a lifecycle.
    allowed = {"payments/actions/inbox.py", "payments/admin.py"}
    assert [o for o in offenders if "sandbox" not in o and o not in allowed] == []


def test_only_the_gateway_imports_stripe() -> None:
    imports = re.compile(r"^\s*(?:import stripe|from stripe)\b", re.MULTILINE)
    users = {str(path) for path, text in sources() if imports.search(text)}
    assert all(user.startswith("payments/gateway/") for user in users)


def test_nothing_in_production_imports_the_sandbox() -> None:
    users = {
        str(path)
        for path, text in sources(*HOUSES, "config")
        if "payments.sandbox" in text and not str(path).startswith("payments/sandbox/")
    }
    # The demo pays at the sandbox's page, as the test twin's bank does; `serve` and the benchmark
    # start its process. None of them runs in production.
    allowed = (
        "operations/demo",
        "operations/twin/money",
        "commands/serve",
        "operations/bench_money",
    )
    assert {u for u in users if not any(part in u for part in allowed)} == set()


def test_no_model_signals_and_no_wildcard_serializers() -> None:
    for path, text in sources():
        assert "post_save" not in text and "pre_save.connect" not in text, path
        assert '"__all__"' not in text, path


def test_every_subscribed_fact_exists_and_every_handler_can_be_called() -> None:
    known = facts()
    assert set(SUBSCRIPTIONS) - set(known) == set()
    for handlers in SUBSCRIPTIONS.values():
        for handler in handlers:
            assert callable(import_string(handler)), handler


def test_every_sentence_names_only_keys_its_fact_has() -> None:
    for fact in facts().values():
        fact.sentence.format(actor="Bea", **dict.fromkeys(fact.keys, "x"))


@pytest.mark.parametrize(
    ("module", "folder"), [("orders.handlers", "orders"), ("payments.handlers", "payments")]
)
def test_every_told_fact_has_its_words(module: str, folder: str) -> None:
    telling = {
        "tell_buyer",
        "tell_manufacturer",
        "tell_both",
        "tell_of_shipment",
        "tell_account_owner",
        "ask_approvers",
        "tell_requester",
        "tell_approval_circle",
    }
    for fact, handlers in SUBSCRIPTIONS.items():
        for handler in handlers:
            place, _, name = handler.rpartition(".")
            if place == module and name in telling:
                get_template(f"{folder}/emails/{fact}.txt")


def test_the_forbidden_word_is_nowhere() -> None:
    word = "esc" + "row"
    for folder in [*HOUSES, "config", "templates", "static", "tests", "docs"]:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".html", ".txt", ".js", ".md"} and "built" not in path.parts:
                assert word not in path.read_text().lower(), path


def test_files_stay_readable() -> None:
    long = [f"{path} {text.count(chr(10))}" for path, text in sources() if text.count("\n") > 400]
    assert long == []


def test_public_functions_explain_themselves() -> None:
    silent = []
    rooms = {"actions", "queries.py", "rules.py", "gateway", "pricing.py", "comparison.py"}
    for path, text in sources():
        if not rooms & {*path.parts, path.name}:
            continue
        for node in ast.parse(text).body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{path}:{node.name}")
    assert silent == []


def test_what_stands_in_a_named_slot_is_shown() -> None:
    """A component shows the slots it names, and nothing of any other."""
    tag = re.compile(r"<(/?)c-([a-z_-]+)([^<>]*?)(/?)>")
    unseen = []
    for path in (ROOT / "templates").rglob("*.html"):
        inside: list[str] = []
        for closes, name, rest, alone in tag.findall(path.read_text()):
            if name == "slot" and not closes:
                slot = re.search(r'name="(\w+)"', rest)
                component = ROOT / f"templates/components/{inside[-1].replace('-', '_')}.html"
                if slot and not re.search(rf"\b{slot[1]}\b", component.read_text()):
                    unseen.append(f"{path.relative_to(ROOT)}: {slot[1]} in {inside[-1]}")
            elif name not in ("slot", "vars") and not alone:
                inside = inside[:-1] if closes else [*inside, name]
    assert unseen == []
