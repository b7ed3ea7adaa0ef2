"""The quickstart of docs/api.md, run as it stands there: bash and curl against a live server."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.actions.tokens import create_api_token
from marketplace.operations.demo_cad import DemoPart
from orders.models import Order
from orders.states import OrderState
from payments.sandbox import driver
from tests.payments.conftest import ROOT, Sandbox
from tests.personas import Persona, make_buyer, make_shop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CHAPTER = "## From nothing to a paid order in ten steps"
DEMO_API = "http://127.0.0.1:8000/api/v1"


def blocks_of_the_chapter() -> list[str]:
    """The fenced blocks in their order; the first one is the preparation."""
    text = (ROOT / "docs" / "api.md").read_text()
    chapter = text.split(CHAPTER, 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^```bash\n(.*?)^```", chapter, re.M | re.S)


class Shell:
    """One reader's terminal: what a block sets is there in the next one."""

    def __init__(self, folder: Path, preparation: str, **variables: str) -> None:
        self.folder, self.preparation = folder, preparation
        self.kept = folder / "variables"
        self.kept.touch()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}

    def run(self, block: str) -> str:
        """What the block prints. Fails with it when a command of the block fails."""
        script = (
            f"set -euo pipefail -o allexport\n. {self.kept}\n{self.preparation}\n{block}\n"
            f"declare -p {' '.join(self._names(block)) or 'HOME'} > {self.kept}.new\n"
            f"cat {self.kept}.new >> {self.kept}\n"
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def value(self, name: str) -> str:
        """A variable as the blocks have set it."""
        return self.run(f'printf %s "${name}"')

    def _names(self, block: str) -> list[str]:
        return re.findall(r"^([A-Z_]+)=", block, re.M)


def secret_of(persona: Persona) -> str:
    """A token as the settings page makes one."""
    _, secret = create_api_token(actor=persona.actor, name="ERP")
    return secret


def test_the_quickstart_of_the_document_leads_to_a_paid_order(
    site: str,
    sandbox: Sandbox,
    cad: dict[str, DemoPart],
    work: Callable[[], None],
    tmp_path: Path,
) -> None:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    shutil.copy(cad["DP-1001"].path, tmp_path / "bracket.step")
    preparation, *steps = blocks_of_the_chapter()
    assert DEMO_API in preparation and len(steps) == 10
    shell = Shell(
        tmp_path,
        preparation.replace(DEMO_API, f"{site}/api/v1"),
        BUYER_TOKEN=secret_of(bea),
        SHOP_TOKEN=secret_of(milo),
    )
    said = []
    for step in steps:
        said.append(shell.run(step).split())
        work()
        if "PAGE=" in step:
            driver.pay(shell.value("PAGE"))
            sandbox.settle()
            work()
    assert said[2] == ["[]"] and said[3] == ["open"] and said[4][-1] == "submitted"
    assert said[9] == ["placed", "995.00"]
    order = Order.objects.get()
    assert order.state == OrderState.PLACED and order.po_number == "PO-9"
