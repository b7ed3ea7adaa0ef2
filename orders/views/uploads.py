"""Files that come with a form of an order: stored before the act, outside its transaction."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile

from accounts.actor import Actor
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile


def store_evidence(actor: Actor, uploads: Iterable[UploadedFile]) -> list[StoredFile]:
    """Photos re-encoded, PDFs as documents. Raises DomainError for anything else."""
    return [
        store_upload(
            actor=actor,
            upload=upload,
            kind=StoredFile.Kind.DOCUMENT
            if PurePosixPath(upload.name or "").suffix.lower() == ".pdf"
            else StoredFile.Kind.PHOTO,
        )
        for upload in uploads
    ]
