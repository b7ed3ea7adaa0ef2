"""What is in the house, and looking at it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.core.money import Money
from marketplace.files.actions import store_generated
from marketplace.files.models import StoredFile
from marketplace.operations.backups.databases import count_rows
from marketplace.operations.models import BackupRun
from payments.actions.ledger import post
from tests.personas import Persona, make_buyer


@dataclass
class House:
    """The database of a test and the folder of its backups."""

    database: dict[str, Any]
    folder: Path

    def furnish(self) -> Persona:
        """A person, an organization with a tax id, three files of which two are equal, money."""
        bea = make_buyer("Bea", "Bea Robotics")
        organization = bea.organization
        organization.vat_id = "DE136695976"
        organization.save(update_fields=["vat_id"])
        for name, content in (("a", b"bracket" * 900), ("b", b"bracket" * 900), ("c", b"cover")):
            self.add_file(bea, name, content)
        self.add_money("1", 50000)
        return bea

    def add_file(self, bea: Persona, name: str, content: bytes) -> StoredFile:
        return store_generated(
            organization=bea.organization,
            kind=StoredFile.Kind.DOCUMENT,
            name=f"{name}.pdf",
            content=content,
        )

    def add_money(self, key: str, minor: int) -> None:
        post(
            key=key,
            kind="x",
            debit="bank",
            credit="revenue:commission",
            amount=Money(minor, "EUR"),
            note="By hand",
        )

    def seen(self) -> dict[str, Any]:
        """Everything that a restore must bring back, but the history of backups."""
        rows = count_rows(connection)
        for table in ("operations_backuprun", "core_event", "core_delivery"):
            rows.pop(table, None)
        files = {}
        for file in StoredFile.objects.exclude(content=""):
            with default_storage.open(file.content.name) as content:
                files[file.content.name] = hashlib.sha256(content.read()).hexdigest()
        return {"rows": rows, "files": files}

    def destroy_files(self) -> None:
        for file in StoredFile.objects.all():
            default_storage.delete(file.content.name)

    def scratch_is_left(self) -> bool:
        """Whether a verification left its database."""
        if connection.vendor == "sqlite":
            return bool(list(self.folder.glob(".scratch-*")))
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.scratch_name])
            return cursor.fetchone() is not None

    @property
    def scratch_name(self) -> str:
        return f"{self.database['NAME']}_verify"

    def beside(self, folder: Path) -> str:
        """The address of another database, which is empty."""
        if connection.vendor == "sqlite":
            return f"sqlite:///{folder}/beside.sqlite3"
        name = f"{self.database['NAME']}_beside"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"{os.environ['TEST_DATABASE_URL'].rsplit('/', 1)[0]}/{name}"

    def contents(self) -> list[Path]:
        return sorted((self.folder / "contents").glob("*/*"))

    def backups(self) -> list[str]:
        return sorted(each.name for each in self.folder.glob("2*"))


def say(command: str, *words: str) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


def refusal(command: str, *words: str) -> tuple[str, str]:
    """What a command prints and the sentence it ends with, exit code 1."""
    out = StringIO()
    try:
        call_command(command, *words, stdout=out)
    except CommandError as error:
        assert error.returncode == 1
        return out.getvalue(), str(error)
    raise AssertionError(f"{command} did not refuse: {out.getvalue()}")


def newest() -> BackupRun:
    return BackupRun.objects.order_by("-pk").first()  # type: ignore[return-value]
