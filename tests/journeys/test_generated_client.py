"""The typed client that is generated from the OpenAPI document: its types hold, and it works."""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.tokens import create_api_token
from marketplace.operations.demo_cad import DemoPart
from payments.sandbox import driver
from tests.generated_client import PACKAGE, ROOT, kept_client
from tests.payments.conftest import Sandbox
from tests.personas import Persona, make_buyer, make_shop

STORY = ROOT / "tests" / "journeys" / "client_story.py"


@pytest.fixture(scope="module")
def client() -> Iterator[Path]:
    """The generated project, its package importable as an installed one is."""
    folder = kept_client()
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.mark.slow
def test_the_client_and_a_program_that_uses_it_are_typed(client: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--config-file=", "--disallow-untyped-defs"]
    command += ["--check-untyped-defs", "--warn-return-any", PACKAGE, str(STORY)]
    found = subprocess.run(command, cwd=client, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_from_a_file_to_a_paid_order_with_the_generated_client(
    client: Path,
    site: str,
    sandbox: Sandbox,
    cad: dict[str, DemoPart],
    work: Callable[[], None],
) -> None:
    package = importlib.import_module(PACKAGE)
    story_of = importlib.import_module("tests.journeys.client_story")

    def caller(persona: Persona) -> Any:
        _, secret = create_api_token(actor=persona.actor, name="ERP")
        return package.AuthenticatedClient(
            base_url=site, token=secret, raise_on_unexpected_status=True
        )

    def pay(page: str) -> None:
        driver.pay(page)
        sandbox.settle()
        work()

    with (
        caller(make_buyer("Bea", "Bea Robotics")) as buyer,
        caller(make_shop("Milo", "Milo Machining")) as shop,
    ):
        story = story_of.Story(buyer, shop, work, pay)
        order = story.tell(cad["DP-1001"].path)
        assert order.state == "placed" and order.total.amount_minor == 126500
        assert [found.id for found in story.orders()] == [order.id]
        assert story.refusal(order.quote)
