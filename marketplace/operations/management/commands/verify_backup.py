"""`manage.py verify_backup [NAME | --latest]`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.core.errors import DomainError
from marketplace.operations.backups.verifying import verify_backup


class Command(BaseCommand):
    help = (
        "Restores a backup into a scratch database and compares everything; exit 1 if it differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="latest", help="the newest unless said")
        parser.add_argument("--latest", action="store_const", const="latest", dest="name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when there is no such backup or something differs."""
        try:
            name, checks = verify_backup(options["name"])
        except DomainError as error:
            raise CommandError(error.sentence) from error
        for each in checks:
            mark = "ok" if each.good else "DIFFERS"
            told = each.found if each.good else f"expected {each.expected}, found {each.found}"
            self.stdout.write(f"{mark:8}{each.what}: {told}")
        wrong = sum(not each.good for each in checks)
        if wrong:
            raise CommandError(f"{name} did not prove itself: {wrong} of {len(checks)} checks.")
        self.stdout.write(f"{name} is verified: {len(checks)} checks.")
