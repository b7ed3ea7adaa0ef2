"""What a demo leaves on the machine, and whether anything of one is left at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.models import Organization, User
from marketplace.core.models import Delivery
from marketplace.files.events import FILES_ERASED
from marketplace.operations.clearing.ties import mirror_tables

CLEARING = "Clearing of the demo"
# Made by `load_demo_data` and by what `serve` runs beside it; production writes none of them.
LOCAL = ("demo-parts", "mail", "sandbox.sqlite3*", "log/sandbox.log")


def local_files() -> list[tuple[Path, int]]:
    """The demo's files under var/ that no row knows of, with their bytes."""
    return [
        (path, path.stat().st_size)
        for pattern in LOCAL
        for found in sorted(settings.VAR_DIR.glob(pattern))
        for path in _files_in(found)
    ]


def remove_local_files() -> None:
    """Remove them; one that is gone already is no error."""
    for pattern in LOCAL:
        for found in settings.VAR_DIR.glob(pattern):
            if found.is_dir():
                shutil.rmtree(found, ignore_errors=True)
            else:
                found.unlink(missing_ok=True)


def what_is_left() -> list[str]:
    """What of a demo is still there, each a sentence; empty for a clean installation."""
    return [
        *_marked(),
        *_waiting(),
        *(f"{path} is left ({size:,} bytes)." for path, size in local_files()),
        *_test_mode(),
    ]


def waiting_removals() -> list[int]:
    """The removals from storage that the clearing still owes."""
    owed = Delivery.objects.filter(event__type=FILES_ERASED.name, event__actor_label=CLEARING)
    owed = owed.exclude(status=Delivery.State.DELIVERED)
    return list(owed.values_list("pk", flat=True))


def _files_in(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (one for one in sorted(path.rglob("*")) if one.is_file())
    else:
        yield path


def _marked() -> Iterator[str]:
    for email in User.objects.filter(is_demo=True).values_list("email", flat=True):
        yield f"The demo account {email} can sign in."
    for name, public_id in Organization.objects.filter(is_demo=True).values_list(
        "name", "public_id"
    ):
        yield f"The demo organization {name} ({public_id}) is there."


def _waiting() -> Iterator[str]:
    if owed := len(waiting_removals()):
        yield (
            f"The demo's files are not out of storage yet: {owed} removal is owed. A worker tries "
            "it again; see deliveries in the admin when it fails."
        )


def _test_mode() -> Iterator[str]:
    """With live keys the copy of the sandbox's objects would stand among real ones."""
    if not settings.STRIPE_LIVE_MODE:
        return
    for model in mirror_tables():
        if rows := model._base_manager.filter(livemode=False).count():
            yield f"{rows} rows of Stripe's test mode are left in {model._meta.db_table}."
