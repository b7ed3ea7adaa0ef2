"""The demo's part library: files made with the CAD kernel, read as any upload is."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import connection

from accounts.actor import Actor
from marketplace.core.models import Delivery
from marketplace.core.outbox import deliver
from marketplace.operations.demo_cad import (
    EXTRAS_FILE,
    INDEX_FILE,
    DemoPart,
    read_extras,
    read_index,
)
from marketplace.parts.actions.parts import change_part
from marketplace.parts.actions.placing import upload_part_file

READERS = 2


def demo_parts(folder: Path) -> list[DemoPart]:
    """The demo's files, made in a process of their own unless `folder` has them already."""
    if not all((folder / name).exists() for name in (INDEX_FILE, EXTRAS_FILE)):
        subprocess.run(
            [sys.executable, "-m", "marketplace.operations.demo_cad", str(folder)],
            cwd=settings.BASE_DIR,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return [*read_index(folder), *read_extras(folder)]


def upload_parts(buyer: Actor, parts: list[DemoPart]) -> dict[str, str]:
    """Upload models and drawings and read them; part number -> public id."""
    ids = {}
    for part in parts:
        for path in filter(None, (part.path, part.drawing_path)):
            with path.open("rb") as stream:
                named = File(stream, name=f"{part.number}{path.suffix}")
                stored = upload_part_file(actor=buyer, upload=named)
        change_part(
            actor=buyer, public_id=stored.public_id, number=part.number, name=part.name, notes=""
        )
        ids[part.number] = stored.public_id
    _read_all()
    return ids


def _read_all() -> None:
    """Read the uploaded files side by side; each reading is a child process anyway."""
    owed = Delivery.objects.filter(
        status=Delivery.State.PENDING, handler="marketplace.parts.handlers.read_files"
    )
    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(_deliver, owed.values_list("pk", flat=True)))


def _deliver(pk: int) -> None:
    try:
        deliver(pk)
    finally:
        connection.close()
