"""`manage.py init_db`: a clean database, on SQLite or PostgreSQL."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.utils import OperationalError

from marketplace.core.models import Event
from marketplace.directory.models import Material, Process
from marketplace.operations.clearing.relations import Table, reachable


class Command(BaseCommand):
    help = "Makes a clean database ready: migrates it, checks it, and says what to do next."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a database that cannot be reached or holds rows already."""
        name = Path(str(connection.settings_dict["NAME"])).name
        try:
            if full := _first_with_rows():
                raise CommandError(
                    f"The database {name} is in use: {full} has rows. Nothing was changed; run "
                    "manage.py migrate to bring its tables up to date."
                )
        except OperationalError as error:
            raise CommandError(
                f"The database {name} cannot be reached ({str(error).splitlines()[0]}). "
                "Create it and look at DATABASE_URL."
            ) from error
        self.stdout.write("Making the tables; from zero this takes a minute or two ...")
        call_command("migrate", interactive=False, verbosity=0)
        self.check(display_num_errors=False)
        processes, materials = Process.objects.count(), Material.objects.count()
        if not (processes and materials):
            raise CommandError("The taxonomy is missing; the migrations did not bring it.")
        self.stdout.write(
            f"The database {name} ({connection.display_name}) is ready: {processes} processes, "
            f"{materials} materials, no people.\n"
            "Next: manage.py create_admin_user --email you@example.com\n"
            "      manage.py bootstrap_stripe      with Stripe keys of your own\n"
            "      manage.py launch_check          before real people come"
        )


def _first_with_rows() -> str:
    """A table with a row that somebody made; "" for none."""
    there = set(connection.introspection.table_names())
    made: list[Table] = [*reachable(), Event]
    for model in sorted(made, key=lambda model: model._meta.db_table):
        if model._meta.db_table in there and model._base_manager.exists():
            return model._meta.db_table
    return ""
