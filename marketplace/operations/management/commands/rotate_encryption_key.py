"""`manage.py rotate_encryption_key`"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.core.encryption import UndecryptableValue
from marketplace.operations.actions.encryption import rotate_encryption


class Command(BaseCommand):
    help = "Writes every encrypted value anew with the first key of ENCRYPTION_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when a value cannot be opened with any key."""
        try:
            counts = rotate_encryption()
        except UndecryptableValue as error:
            raise CommandError(str(error)) from error
        for name, count in counts.items():
            self.stdout.write(f"{count:>8}  {name}")
        older = len(settings.ENCRYPTION_KEYS) - 1
        if older:
            self.stdout.write(f"Done. The {older} older key(s) of ENCRYPTION_KEY can go now.")
        else:
            self.stdout.write(
                "Done. To change the key, put a new one in front of it: "
                "ENCRYPTION_KEY=new,old. Restart, run this again, then take the old one out."
            )
