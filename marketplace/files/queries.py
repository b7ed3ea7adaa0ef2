"""Reads of the file room."""

from django.db.models import QuerySet

from accounts.models import Organization, User
from marketplace.core.history import PersonalData
from marketplace.files.models import FileAccess, StoredFile


def receipts_of_room(owner: Organization, room: str) -> QuerySet[FileAccess]:
    """Who of other organizations opened the owner's files in a room, newest first.

    The caller has decided that the room is the owner's.
    """
    return (
        FileAccess.objects.filter(room=room, file__organization=owner)
        .exclude(organization=owner)
        .select_related("file", "user", "organization")
    )


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
