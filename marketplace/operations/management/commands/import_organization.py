"""`manage.py import_organization FILE [--dry-run]`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.core.errors import DomainError
from marketplace.operations.actions.imports import TAKEN_OVER, import_organization
from marketplace.operations.leaving.opening import open_archive


class Command(BaseCommand):
    help = "Takes over an organization's archive of another installation, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="check the archive and say what is in it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence for an archive that cannot be taken over."""
        # The installation's workers read the parts (the sweep finds them), not this command.
        settings.BACKGROUND = "manual"
        try:
            with options["file"].open("rb") as content:
                archive = open_archive(content)
                for chapter in archive.manifest["chapters"]:
                    kept = "" if chapter["name"] in TAKEN_OVER else " (to be read)"
                    self.stdout.write(f"{chapter['rows']:>7}  {chapter['name']}{kept}")
                self.stdout.write(f"{len(archive.files):>7}  files")
                if options["dry_run"]:
                    self.stdout.write("The archive is whole. Nothing was written.")
                    return
                organization = import_organization(archive)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be opened: {error.strerror}.") from error
        except DomainError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(
            f"{organization.name} ({organization.public_id}) is here. Its people sign in with the "
            'address they had and set a password by "Forgot password"; a worker reads the parts.'
        )
