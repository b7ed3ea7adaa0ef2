"""Fills a migrated database with the world of tests/matrix, and writes down what is in it."""

import json
import os
from pathlib import Path

import django


def main() -> None:
    """Build the world in DATABASE_URL; ROLLBACK_WORLD gets names and people as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from tests.matrix.world import build_world
    from tests.personas import give_second_factor, make_person

    world = build_world()
    staff = give_second_factor(make_person("Admin", is_staff=True, is_superuser=True))
    people = {
        "buyer": world.buyers["owner"].user.email,
        "portal": world.makers["owner"].user.email,
        "staff": staff.email,
    }
    kept = {"names": world.names, "people": people}
    Path(os.environ["ROLLBACK_WORLD"]).write_text(json.dumps(kept, default=str))


if __name__ == "__main__":
    main()
