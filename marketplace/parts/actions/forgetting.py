"""Taking an organization's part library out, when the organization is deleted."""

from django.db import transaction
from django.db.models import ProtectedError

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.files.actions import erase_files
from marketplace.files.models import StoredFile
from marketplace.parts.models import Part, PartRevision


def forget_parts(*, actor: Actor, organization: Organization) -> None:
    """Erase every part with its files. The caller holds the transaction. Twice is once.

    A part that a manufacturer quoted stays as a nameless row, without its files.
    """
    for part in Part.objects.filter(organization=organization):
        files = _files_of(part)
        try:
            with transaction.atomic():
                Part.objects.filter(pk=part.pk).update(current=None)
                PartRevision.objects.filter(part=part).delete()
                part.delete()
        except ProtectedError:
            _blank(part)
            erase_files(actor=actor, files=files, rows=False)
        else:
            erase_files(actor=actor, files=files, rows=True)


def _files_of(part: Part) -> list[StoredFile]:
    ids: set[int] = set()
    for slots in PartRevision.objects.filter(part=part).values_list(
        "model_file", "drawing_file", "preview", "thumbnail"
    ):
        ids.update(pk for pk in slots if pk)
    return list(StoredFile.objects.filter(pk__in=ids))


def _blank(part: Part) -> None:
    Part.objects.filter(pk=part.pk).update(
        number=f"deleted-{part.pk}", name="Deleted part", notes="", created_by=None
    )
    PartRevision.objects.filter(part=part).update(facts={}, failure="")
