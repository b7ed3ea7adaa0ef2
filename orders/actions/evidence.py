"""The evidence of an order in one ZIP: asked for by a side, put together once by the worker."""

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import record, timeline
from marketplace.core.pdf import Heading, Paragraph, from_json, pdf_bytes, table_of, to_json
from marketplace.files.actions import erase_files, store_generated
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.documents import next_number
from orders.actions.problem_steps import problem_of
from orders.evidence import Item, divide, files_seen_by, organization_of
from orders.message_queries import messages_of_order
from orders.models import Order, OrderDocument
from orders.papers.evidence import evidence_index
from orders.queries import lock_order
from orders.rules import EVIDENCE

WRITER = Actor.system("Document writer")
# The index holds every table of an order and every file; a worker has the time a request has not.
MOST_ROWS = 10_000
CHUNK = 1 << 20
# Facts that are about packs themselves are no news for the next one.
OWN = (events.EVIDENCE_ASKED.name, events.EVIDENCE_WRITTEN.name)


@transaction.atomic
def ask_evidence(*, actor: Actor, public_id: str, problem: str = "") -> OrderDocument:
    """Have everything the actor's side may see of an order, or of one problem of it (its public
    id), put together. While one is being made, and as long as nothing has happened since the
    newest, that one is the answer. Raises NotFound and NotAllowed."""
    order = lock_order(public_id)
    side = EVIDENCE.check(actor, order)
    if problem:
        problem_of(order, problem)
    packs = order.documents.filter(kind=OrderDocument.Kind.EVIDENCE, subject=problem, audience=side)
    newest = packs.order_by("-revision").first()
    if newest is not None and not _has_news(order, side, newest):
        return newest
    number = next_number(OrderDocument.Kind.EVIDENCE)
    pack = OrderDocument.objects.create(
        order=order,
        kind=OrderDocument.Kind.EVIDENCE,
        subject=problem,
        audience=side,
        revision=1 if newest is None else newest.revision + 1,
        number=number,
        content={"asked_by": actor.public_id},
    )
    record(
        events.EVIDENCE_ASKED,
        pack,
        thread=order,
        actor=actor,
        visible_to=_asked_by(order, side),
        number=number,
    )
    return pack


def _has_news(order: Order, side: str, pack: OrderDocument) -> bool:
    """Whether a pack made now would hold more than this one, which is written."""
    return pack.file_id is not None and pack.content["until"] != _until(order, side)


def _until(order: Order, side: str) -> list[str]:
    """The newest fact this side sees, and the newest message, by public id."""
    facts = timeline(order, organization_of(order, side), limit=50)
    newest = next((fact.public_id for fact in reversed(facts) if fact.type not in OWN), "")
    message = messages_of_order(order).order_by("-pk").first()
    return [newest, message.public_id if message else ""]


def _asked_by(order: Order, side: str) -> list[Any]:
    organization = organization_of(order, side)
    return [] if organization is None else [organization]


def write_evidence(public_id: str) -> OrderDocument:
    """Put an asked pack together and keep it, once. For the worker.

    What it says is frozen first, so that a worker that dies goes on with the same content. Files
    are copied outside any transaction, and of two that write at once the second file is not kept.
    """
    pack = OrderDocument.objects.select_related("order__buyer", "order__manufacturer").get(
        public_id=public_id
    )
    if pack.file is not None:
        return pack
    if "index" not in pack.content:
        pack = _freeze(pack)
    organization = organization_of(pack.order, pack.audience) or pack.order.buyer
    with tempfile.TemporaryFile() as spool:
        _write_zip(spool, pack)
        file = store_generated(
            organization=organization,
            kind=StoredFile.Kind.DOCUMENT,
            name=pack.file_name,
            content=File(spool, name=pack.file_name),
        )
    with transaction.atomic():
        if OrderDocument.objects.filter(pk=pack.pk, file=None).update(file=file):
            record(
                events.EVIDENCE_WRITTEN,
                pack,
                thread=pack.order,
                actor=WRITER,
                visible_to=_asked_by(pack.order, pack.audience),
                number=pack.number,
                files=len(pack.content["files"]),
            )
        else:
            erase_files(actor=WRITER, files=[file], rows=True)
    pack.refresh_from_db()
    return pack


@transaction.atomic
def _freeze(pack: OrderDocument) -> OrderDocument:
    """Write down what the pack says and which files it holds, as they are now."""
    order = lock_order(pack.order.public_id)
    side = pack.audience
    problem = problem_of(order, pack.subject) if pack.subject else None
    taken, left_out = divide(files_seen_by(order, side, pack.subject))
    index = evidence_index(order, pack.number, side=side, at=timezone.now(), problem=problem)
    pack.content = {
        **pack.content,
        "index": to_json(index),
        "files": [item.plain for item in taken],
        "left_out": [item.plain for item in left_out],
        "until": _until(order, side),
    }
    pack.save(update_fields=["content"])
    pack.order = order
    return pack


def _write_zip(target: IO[bytes], pack: OrderDocument) -> None:
    """The files, then the index that says of each whether it is what was uploaded."""
    index = from_json(pack.content["index"])
    stamp = timezone.localtime(index.made_at).timetuple()[:6]
    items = [Item(**plain) for plain in pack.content["files"]]
    stored = StoredFile.objects.in_bulk([item.file for item in items], field_name="public_id")
    rows = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for number, item in enumerate(items, start=1):
            name = f"{item.folder}/{number:03d}-{_safe(item.name)}"
            note = _copy(archive, zipfile.ZipInfo(name, stamp), stored.get(item.file), item.sha256)
            rows.append([name, str(item.size), f"{item.sha256}{note}"])
        blocks = [*index.blocks, *_tables(rows, pack.content["left_out"])]
        document = replace(index, blocks=blocks)
        info = zipfile.ZipInfo("index.pdf", stamp)
        archive.writestr(info, pdf_bytes(document, MOST_ROWS), zipfile.ZIP_DEFLATED)


def _tables(rows: list[list[str]], left_out: list[dict[str, Any]]) -> Iterator[Any]:
    head, widths = ["File", "Bytes", "SHA-256"], (4, 1.2, 5)
    yield Heading("Files in this pack")
    if rows:
        yield table_of(head, rows, numeric=frozenset({1}), widths=widths)
    else:
        yield Paragraph("No file was handed in.")
    if left_out:
        yield Heading("Files left out, because the pack would be too large")
        yield table_of(
            head,
            [[item["name"], item["size"], item["sha256"]] for item in left_out],
            numeric=frozenset({1}),
            widths=widths,
        )


def _copy(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: StoredFile | None, sha256: str
) -> str:
    """Copy one file; a note for the index when it is not what was uploaded."""
    key = file.content.name if file is not None else ""
    if file is None or not key or not file.content.storage.exists(key):
        return "\nnot stored any more"
    # Photos and PDFs are compressed already.
    info.compress_type = zipfile.ZIP_STORED
    sha = hashlib.sha256()
    with archive.open(info, "w") as target, file.content.open("rb") as source:
        while chunk := source.read(CHUNK):
            sha.update(chunk)
            target.write(chunk)
    return "" if sha.hexdigest() == sha256 else "\nthe stored file has another SHA-256"


def _safe(name: str) -> str:
    """A file name that means nothing to any file system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[-80:] or "file"
