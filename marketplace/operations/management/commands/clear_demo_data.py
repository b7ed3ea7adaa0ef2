"""`manage.py clear_demo_data [--yes DATABASE] [--verify] [--no-backup]`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from marketplace.core.errors import DomainError
from marketplace.operations.actions.clearing import clear_demo_data
from marketplace.operations.clearing.finding import Demo, demo, hindrances
from marketplace.operations.clearing.leftovers import local_files, what_is_left

BACKUP = "backup"


class Command(BaseCommand):
    help = "Shows what belongs to the demo; with --yes and the database's name it removes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--yes", metavar="DATABASE", default="", help="remove it; the name of the database"
        )
        parser.add_argument(
            "--verify", action="store_true", help="exit code 1 while anything of a demo is left"
        )
        parser.add_argument(
            "--no-backup", action="store_true", help="do not take a backup before the removal"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with sentences for what hinders it, or what is left."""
        if options["verify"]:
            self._verify()
            return
        found = demo()
        if not found.rows_are_left and not local_files():
            self.stdout.write("There is no demo data.")
            return
        self._show(found)
        if reasons := hindrances(found):
            head = "The demo cannot be removed; end or move what is real first:"
            raise CommandError("\n".join([head, *reasons]))
        name = Path(str(connection.settings_dict["NAME"])).name
        if not options["yes"]:
            self.stdout.write(f"Nothing was removed. To remove all this: --yes {name}")
            return
        if options["yes"] != name:
            raise CommandError(
                f"The database is {name}, not {options['yes']}. Nothing was removed."
            )
        if found.is_there and not options["no_backup"]:
            self._back_up()
        # The files are removed here and now, not by a worker meanwhile.
        settings.BACKGROUND = "manual"
        try:
            clear_demo_data()
        except DomainError as error:
            raise CommandError(error.sentence) from error
        self._verify()

    def _show(self, found: Demo) -> None:
        for table, rows in found.counts():
            self.stdout.write(f"{rows:>8}  {table}")
        for (model, column), pks in found.emptied.items():
            if kept := len(pks - found.rows.get(model, set())):
                self.stdout.write(
                    f"{kept:>8}  {model._meta.db_table}: stay, {column} becomes empty"
                )
        for key, name, size in found.files():
            self.stdout.write(f"{size:>12,} bytes  {key}  {name}")
        for path, size in local_files():
            self.stdout.write(f"{size:>12,} bytes  {path}")
        for email in found.accounts():
            self.stdout.write(f"Account  {email}")
        rows = sum(count for _, count in found.counts())
        files = found.files()
        self.stdout.write(
            f"{rows:,} rows, {len(files):,} files with {sum(f[2] for f in files):,} bytes in "
            f"storage, {len(found.accounts())} accounts."
        )

    def _back_up(self) -> None:
        if BACKUP in get_commands():
            call_command(BACKUP, stdout=self.stdout)
        else:
            self.stdout.write("This installation has no command for backups; none was taken.")

    def _verify(self) -> None:
        if left := what_is_left():
            raise CommandError("\n".join(left))
        self.stdout.write("Nothing of a demo is left.")
