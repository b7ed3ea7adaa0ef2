"""`python -m tests.migrating`: `manage.py migrate` in less time, for the templates of the tests.

Django renders the models anew after every operation, and after one that touches a relation all
models that are related over any number of others: here nearly all of them. The schema editor needs
the changed model and its neighbors only, and a function of a migration gets all models rendered
afresh in either case. Every copy of a relation also asks all models whether one of them is
swapped: here that is remembered. That the tables are those of production's own run is compared by
tests/operations/test_real_migrations.py.
"""

import os
from functools import cache
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.state import ProjectState


def main() -> None:
    """Migrate the database of DATABASE_URL."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = ProjectState._find_reload_model

    def neighbors(state: ProjectState, app_label: str, name: str, delay: bool = False) -> Any:
        return found(state, app_label, name, delay=True)

    ProjectState._find_reload_model = neighbors
    apps.get_swappable_settings_name = cache(apps.get_swappable_settings_name)
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
