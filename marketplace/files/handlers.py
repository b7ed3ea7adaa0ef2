"""What the facts of files set off."""

from django.core.files.storage import default_storage

from marketplace.core.events import Event


def remove_objects(event: Event) -> None:
    """Remove erased files from storage; one that is gone already is no error."""
    for key in event.data["keys"]:
        default_storage.delete(key)
