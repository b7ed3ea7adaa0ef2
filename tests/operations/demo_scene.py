"""The demo as `load_demo_data` makes it, with parts that nobody has to read.

Reading CAD files is most of its time and is tested elsewhere. `make drill` tells every story;
`make test` a few of them, one of which goes all the way to the money's release.
"""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from accounts.actor import Actor
from marketplace.files.models import StoredFile
from marketplace.operations.demo.catalog import STORIES
from marketplace.operations.management.commands import load_demo_data
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.states import AnalysisState
from tests.payments.conftest import Sandbox

IS_LONG = os.environ.get("DRILL_ROUND") == "long"
FEW = (
    # The questions of the demo are asked about this one.
    "Sensor head: housing and lid",
    "Bracket samples",
    "Housing and lid, revised edges",
)


def prepare(sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    """Let `load_demo_data` work with this sandbox, in this folder, without the CAD kernel."""
    settings.STRIPE_SANDBOX_HOST = sandbox.base
    settings.PAYMENT_WAYS = ["card", "sepa_debit", "customer_balance"]
    settings.VAR_DIR = var
    stories = [story for story in STORIES if IS_LONG or story.title in FEW]
    monkeypatch.setattr(load_demo_data, "STORIES", stories)
    monkeypatch.setattr(load_demo_data, "demo_parts", lambda folder: [])
    monkeypatch.setattr(load_demo_data, "upload_parts", unread_parts)


def load() -> None:
    call_command("load_demo_data", stdout=StringIO())


def unread_parts(buyer: Actor, parts: list[Any]) -> dict[str, str]:
    """A part and its model for every number that the stories name."""
    assert buyer.organization is not None
    numbers = {line.number for story in STORIES for line in story.lines} | {"DP-1013"}
    ids = {}
    for number in sorted(numbers):
        file = StoredFile.objects.create(
            organization=buyer.organization,
            kind=StoredFile.Kind.MODEL,
            name=f"{number}.step",
            content_type="model/step",
            size=1,
            sha256="0" * 64,
            content=ContentFile(b"a", name=f"{number}.step"),
        )
        part = Part.objects.create(organization=buyer.organization, number=number, name=number)
        read = AnalysisState.READY
        part.current = PartRevision.objects.create(part=part, model_file=file, state=read)
        part.save()
        ids[number] = part.public_id
    return ids
