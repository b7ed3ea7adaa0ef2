"""Reads of the file room."""

from accounts.models import User
from marketplace.core.history import PersonalData
from marketplace.files.models import FileAccess, StoredFile


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: what the person uploaded and what they opened.

    The files themselves are drawings, models and papers of an organization, which keeps them.
    """
    return {
        "uploaded_files": list(
            StoredFile.objects.filter(created_by=user)
            .exclude(kind=StoredFile.Kind.EXPORT)
            .values("public_id", "kind", "name", "size", "organization__name", "created_at")
        ),
        "opened_files": list(
            FileAccess.objects.filter(user=user).values("file__name", "organization__name", "at")
        ),
    }
