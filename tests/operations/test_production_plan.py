"""docs/production.md: every row of the plan once, and whatever a row names is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "production.md").read_text()
ROWS = [line.split("|")[1:-1] for line in TEXT.splitlines() if re.match(r"\| P\d", line)]
CODES = sorted({code for row in ROWS for code in re.findall(r"`([^`]+)`", row[2])})


def test_every_row_of_the_plan_stands_there_once() -> None:
    assert [row[0].strip() for row in ROWS] == [f"P{number}" for number in range(1, 48)]
    assert all(len(row) == 3 and row[1].strip() and row[2].strip() for row in ROWS)


def there(code: str) -> bool:
    """Whether the command, option, target, address, variable or file of that name exists."""
    if found := re.match(r"manage\.py (\w+)(.*)", code):
        options = re.findall(r"--[\w-]+", found[2])
        return found[1] in get_commands() and all(option_of(found[1], o) for o in options)
    if code.startswith("--"):
        return any(option_of(name, code.split()[0]) for name in named_commands())
    if code.startswith("make "):
        return f"\n{code[5:]}:" in (ROOT / "Makefile").read_text()
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", code):
        template = (ROOT / "docker" / "env.production.example").read_text()
        return f"\n{code}=" in template or code == "ADMIN_PASSWORD"
    if code.startswith("/"):
        return leads_somewhere(code)
    return (ROOT / code).exists()


def named_commands() -> set[str]:
    return set(re.findall(r"`manage\.py (\w+)", TEXT))


def option_of(command: str, option: str) -> bool:
    if command in ("migrate", "check"):
        return True
    parser = load_command_class(get_commands()[command], command).create_parser(
        "manage.py", command
    )
    return option in parser._option_string_actions


def leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("code", CODES)
def test_what_a_row_names_is_there(code: str) -> None:
    assert there(code), f"docs/production.md names {code}, which is not there."


def test_the_test_notices_what_is_not_there() -> None:
    for code in (
        "manage.py fly",
        "manage.py init_db --fast",
        "make tea",
        "/nowhere/",
        "docs/no.md",
    ):
        assert not there(code)
