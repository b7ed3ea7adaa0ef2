"""`manage.py backup`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.core.errors import DomainError
from marketplace.operations.backups.shelves import shelves
from marketplace.operations.backups.writing import make_backup


class Command(BaseCommand):
    help = "Writes a sealed backup of database and files to BACKUP_DIR and BACKUP_S3_BUCKET."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence when it was not written whole."""
        try:
            run = make_backup()
            places = " and ".join(place.label for place in shelves())
        except DomainError as error:
            raise CommandError(error.sentence) from error
        except OSError as error:
            reason = error.strerror or error
            raise CommandError(
                f"The backup was not written: {reason}. Earlier ones are untouched."
            ) from error
        self.stdout.write(
            f"{run.name}: {run.rows:,} rows and {run.files:,} files, {run.size:,} bytes and "
            f"{run.added:,} bytes of new files, in {places}."
        )
        if run.error:
            raise CommandError(f"{run.error}. The backup has everything else.")
