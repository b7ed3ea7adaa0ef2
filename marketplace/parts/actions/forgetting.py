"""Taking an organization's part library out, when the organization is deleted."""

from django.db import transaction
from django.db.models import ProtectedError

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.files.actions import erase_files
from marketplace.files.chunks import drop_chunks
from marketplace.parts.actions.library import delete_rows, files_of
from marketplace.parts.models import (
    DrawingPage,
    FindingAcceptance,
    Part,
    PartRevision,
    Tag,
    Upload,
    UploadBatch,
)


def forget_parts(*, actor: Actor, organization: Organization) -> None:
    """Erase every part with its files. The caller holds the transaction. Twice is once.

    A part that a manufacturer quoted stays as a nameless row, without its files.
    """
    _forget_uploads(organization)
    Tag.objects.filter(organization=organization).delete()
    for part in Part.objects.filter(organization=organization):
        files = files_of(part)
        try:
            with transaction.atomic():
                delete_rows(part)
        except ProtectedError:
            _blank(part)
            erase_files(actor=actor, files=files, rows=False)
        else:
            erase_files(actor=actor, files=files, rows=True)


def _forget_uploads(organization: Organization) -> None:
    for chunks in Upload.objects.filter(batch__organization=organization).values_list(
        "chunks", flat=True
    ):
        keys = [key for key, _ in chunks]
        transaction.on_commit(lambda keys=keys: drop_chunks(keys))  # type: ignore[misc]
    UploadBatch.objects.filter(organization=organization).delete()


def _blank(part: Part) -> None:
    Part.objects.filter(pk=part.pk).update(
        number=f"deleted-{part.pk}",
        name="Deleted part",
        notes="",
        customer_number="",
        external_id="",
        metadata={},
        created_by=None,
    )
    revisions = PartRevision.objects.filter(part=part)
    DrawingPage.objects.filter(revision__in=revisions).delete()
    FindingAcceptance.objects.filter(revision__in=revisions).delete()
    revisions.update(
        facts={},
        failure="",
        drawing_facts={},
        drawing_failure="",
        shape_key="",
        model_sha256="",
    )
