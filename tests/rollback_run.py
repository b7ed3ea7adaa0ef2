"""Inside the previous release: its pages and its tables on a database that a newer one migrated.

`python rollback_run.py` runs with the previous release as the working folder and nothing but its
own code; ROLLBACK_WORLD names the file that tests/rollback.py wrote. Prints a line for each fault.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DOORS = Path("tests/matrix/doors.txt")
SIGNED_IN = {"signed_in", "person", "member", "buyer", "portal", "staff"}


def main() -> int:
    """1 with a line for each fault, 0 without one."""
    # Where Python puts the folder of this file: the newer code would be found there.
    sys.path[0] = str(Path.cwd())
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    world = json.loads(Path(os.environ["ROLLBACK_WORLD"]).read_text())
    faults = [*tables_that_refuse(), *pages_that_fail(world)]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


def tables_that_refuse() -> Iterator[str]:
    """Columns this code misses, and columns it does not know but would have to fill in."""
    from django.apps import apps
    from django.db import connection

    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if not meta.managed or meta.proxy:
            continue
        there = columns(connection, meta.db_table)
        own = {field.column for field in meta.local_concrete_fields}
        if missing := own - there.keys():
            yield f"{meta.db_table}: {', '.join(sorted(missing))} is gone, the old code reads it."
        for name in sorted(there.keys() - own):
            if there[name]:
                yield f"{meta.db_table}: {name} must be filled in, the old code does not know it."


def columns(connection: Any, table: str) -> dict[str, bool]:
    """Each column of a table, and whether a new row needs a value for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, is_nullable = 'NO' AND column_default IS NULL"
            " AND is_identity = 'NO' AND is_generated = 'NEVER' FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s",
            [table],
        )
        return dict(cursor.fetchall())


def pages_that_fail(world: dict[str, Any]) -> Iterator[str]:
    """Every page and list of the old code's own table that should answer with 200."""
    from django.db import transaction
    from django.test import Client

    from accounts.models import User

    asked = 0
    clients: dict[str, Client] = {}
    for door, path in doors(world["names"]):
        if door not in clients:
            clients[door] = Client(raise_request_exception=False)
            if door in SIGNED_IN:
                person = User.objects.get(email=world["people"].get(door, world["people"]["buyer"]))
                clients[door].force_login(person, BACKEND)
        with transaction.atomic():
            answer = clients[door].get(path)
            transaction.set_rollback(True)
        asked += 1
        if answer.status_code != 200:
            yield f"{path}: {answer.status_code}"
    sys.stderr.write(f"{asked} pages and operations were asked.\n")


def doors(names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Door and path of each GET that answers 200 and whose things the world has."""
    for line in DOORS.read_text().splitlines():
        words = line.split()
        if line.startswith("#") or len(words) < 5 or words[1] != "GET" or words[4] != "200":
            continue
        if set(re.findall(r"\{(\w+)\}", words[2])) <= names.keys():
            yield words[0], re.sub(r"\{(\w+)\}", lambda found: names[found[1]], words[2])


if __name__ == "__main__":
    sys.exit(main())
