"""A folder as storage that says in a sentence when it takes no more."""

from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from marketplace.core.errors import NoRoom
from marketplace.core.outages import is_full

FULL = "There is no room left for files at the moment. This one was not kept. Try again later."


class DiskStorage(FileSystemStorage):
    """A folder. On a full disk no half of a file is left behind."""

    def _save(self, name: str, content: File) -> str:
        was_there = self.exists(name)
        try:
            return super()._save(name, content)  # type: ignore[misc]
        except OSError as error:
            if not is_full(error):
                raise
            if not was_there:
                Path(self.path(name)).unlink(missing_ok=True)
            raise NoRoom(FULL) from error
