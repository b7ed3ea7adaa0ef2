"""A bucket as storage that says in a sentence when it cannot be reached.

In a module of its own: a site that keeps its files on a disk never loads the bucket's client.
Raises
Unavailable, which a page shows, a program gets as a problem, and a worker tries again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from marketplace.core.errors import Unavailable

# The library's own would let a page wait for two minutes.
PATIENCE = Config(
    connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}
)
AWAY = "Files cannot be reached at the moment. Nothing was changed. Try again in a minute."


class BucketStorage(S3Storage):
    """A bucket, which is waited for as long as a page may wait."""

    client_config: Any

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.client_config = self.client_config.merge(PATIENCE)
        self.transfer_config.num_download_attempts = 2

    def _save(self, name: str, content: File) -> str:
        with within_reach():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        """The file, fetched already: one that breaks off later would break off the answer."""
        with within_reach():
            found = super()._open(name, mode)
            if "r" in mode:
                found.file.seek(0)
            return found

    def exists(self, name: str) -> bool:
        """Whether there is an object of this name. Raises Unavailable."""
        with within_reach():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Remove an object; one that is gone is no error. Raises Unavailable."""
        with within_reach():
            super().delete(name)

    def size(self, name: str) -> int:
        """Bytes. Raises FileNotFoundError or Unavailable."""
        with within_reach():
            return int(super().size(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files below a path. Raises Unavailable."""
        with within_reach():
            folders, files = super().listdir(path)
            return folders, files


@contextmanager
def within_reach() -> Iterator[None]:
    """What the bucket's client raises becomes Unavailable; that an object is not there does not."""
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError, RetriesExceededError) as error:
        raise Unavailable(AWAY, code="files_away") from error
