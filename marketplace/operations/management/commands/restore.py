"""`manage.py restore NAME [--dry-run] [--to DATABASE_URL] [--replace] [--no-files] [--yes]`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from marketplace.core.errors import DomainError
from marketplace.operations.backups.databases import Settings, settings_for
from marketplace.operations.backups.restoring import Plan, plan_restore, restore_backup


class Command(BaseCommand):
    help = "Brings a backup back: files into the storage, then the database, all or nothing."
    # The database may be empty, or broken.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the backup's name, or latest")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument("--to", metavar="DATABASE_URL", help="another database than ours")
        parser.add_argument(
            "--replace", action="store_true", help="lose what the database has instead of refusing"
        )
        parser.add_argument("--no-files", action="store_true", help="the database alone")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence when nothing or not everything was restored."""
        try:
            target = settings_for(options["to"]) if options["to"] else connection.settings_dict
            plan = plan_restore(options["name"], target)
            self._say(plan, options)
            if options["dry_run"]:
                self.stdout.write("Nothing was changed.")
                return
            self._ask(plan, options)
            lost = self._restore(plan.name, target, options)
        except DomainError as error:
            raise CommandError(error.sentence) from error
        if lost:
            raise CommandError(
                f"The database is back, and {len(lost)} files are not: {', '.join(lost[:10])}"
            )
        self.stdout.write(f"{plan.name} is restored.")

    def _restore(self, name: str, target: Settings, options: dict[str, Any]) -> list[str]:
        return restore_backup(
            name,
            target,
            replace=options["replace"],
            files=not options["no_files"],
            tell=self.stdout.write,
        )

    def _say(self, plan: Plan, options: dict[str, Any]) -> None:
        self.stdout.write(
            f"{plan.name} is of {plan.taken_at}: {plan.tables} tables with {plan.rows:,} rows, "
            f"{plan.files:,} files."
        )
        if plan.tables_there:
            lost = (
                "will be replaced" if options["replace"] else "is in the way (--replace loses it)"
            )
            self.stdout.write(
                f"The database {plan.target} has {plan.tables_there} tables with "
                f"{plan.rows_there:,} rows; all of that {lost}."
            )
        else:
            self.stdout.write(f"The database {plan.target} is empty and will be filled.")
        if not options["no_files"]:
            self.stdout.write(
                f"{plan.files_lacking:,} files are lacking here and will be written; others are "
                "read, and written anew where they differ."
            )

    def _ask(self, plan: Plan, options: dict[str, Any]) -> None:
        if options["yes"]:
            return
        try:
            typed = input("Type yes to go on: ")
        except EOFError:
            typed = ""
        if typed.strip().lower() != "yes":
            raise CommandError("Nothing was changed. Say --yes, or type yes when asked.")
