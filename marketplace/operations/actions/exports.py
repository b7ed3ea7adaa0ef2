"""A person's copy of their data: asked for, made in the background, kept some days."""

import json
import tempfile
import zipfile
from datetime import timedelta

from django.conf import settings
from django.core.files.base import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import NotAllowed
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.actions import erase_files, store_personal
from marketplace.operations import events
from marketplace.operations.models import DataExport
from marketplace.operations.privacy import personal_data_of
from marketplace.operations.states import EXPORT, ExportState

MAKER = Actor.system("export of personal data")
# The outbox tries for hours; who waits longer than this is told that it did not work.
PATIENCE = timedelta(hours=24)
README = """This archive holds what {site} knows of {name} ({email}), made on {day}.
Each file is a list of rows in JSON. Times are UTC. Passwords, codes and tokens are kept as hashes
only and are left out. Drawings, models and other files belong to the organizations they were
uploaded for and are listed, not included.
"""


@transaction.atomic
def ask_data_export(*, actor: Actor) -> DataExport:
    """Ask for the copy; while one is in the making, it is that one.

    Raises NotAllowed for an API token: the copy is for the person alone.
    """
    if actor.user is None or actor.via != "page":
        raise NotAllowed("Sign in to ask for your data.")
    export, is_new = DataExport.objects.get_or_create(user=actor.user, state=ExportState.REQUESTED)
    if is_new:
        record(events.DATA_EXPORT_ASKED, actor.user, actor=actor, export=export.public_id)
    return export


def make_export(public_id: str) -> None:
    """Make the archive and offer it. Safe to call again; the archive is stored outside the
    transaction, only the result is written inside."""
    export = DataExport.objects.select_related("user").get(public_id=public_id)
    if export.state != ExportState.REQUESTED or not export.user.is_active:
        return
    with tempfile.TemporaryFile() as archive:
        _write(export, archive)
        stored = store_personal(
            user=export.user, name=f"your-data-{timezone.localdate()}.zip", content=File(archive)
        )
    with transaction.atomic():
        row = DataExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
        if row.state != ExportState.REQUESTED:
            erase_files(actor=MAKER, files=[stored], rows=True)
            return
        row.file = stored
        row.expires_at = timezone.now() + timedelta(days=settings.EXPORT_KEPT_DAYS)
        row.save(update_fields=["file", "expires_at"])
        move(row, EXPORT, "finish_export", by=Side.SYSTEM)
        record(events.DATA_EXPORT_READY, export.user, actor=MAKER, export=public_id)


def _write(export: DataExport, archive: object) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:  # type: ignore[call-overload]
        bundle.writestr(
            "README.txt",
            README.format(
                site=settings.SITE_NAME,
                name=export.user.name,
                email=export.user.email,
                day=timezone.localdate(),
            ),
        )
        for name, rows in sorted(personal_data_of(export.user).items()):
            text = json.dumps(rows, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
            bundle.writestr(f"{name}.json", text)


def expire_exports() -> int:
    """Delete archives whose days are over, and give up on those that cannot be made; how many."""
    now = timezone.now()
    over = DataExport.objects.filter(state=ExportState.READY, expires_at__lte=now)
    stuck = DataExport.objects.filter(state=ExportState.REQUESTED, asked_at__lte=now - PATIENCE)
    ended = 0
    for verb, rows in (("expire_export", over), ("fail_export", stuck)):
        for pk in list(rows.values_list("pk", flat=True)[:500]):
            ended += _end(pk, verb)
    return ended


@transaction.atomic
def _end(pk: int, verb: str) -> int:
    export = DataExport.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if EXPORT.find(verb, export.state) is None:
        return 0
    move(export, EXPORT, verb, by=Side.SYSTEM)
    if export.file is not None:
        erase_files(actor=MAKER, files=[export.file], rows=True)
    fact = events.DATA_EXPORT_EXPIRED if verb == "expire_export" else events.DATA_EXPORT_FAILED
    record(fact, export.user, actor=MAKER, export=export.public_id)
    return 1
