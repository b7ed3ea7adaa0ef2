"""`manage.py draw_states [--check]`: the state diagrams in the apps' READMEs, from the tables."""

import importlib
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from marketplace.core.states import Lifecycle, draw

MARKS = re.compile(r"<!-- states -->.*?<!-- /states -->", re.DOTALL)


def lifecycles_of(app: str) -> list[Lifecycle]:
    """The tables of moves an app writes in `states.py` and then in `..._states.py`, in order."""
    folder = Path(str(importlib.import_module(app).__file__)).parent
    files = [folder / "states.py", *sorted(folder.glob("*_states.py"))]
    modules = [importlib.import_module(f"{app}.{file.stem}") for file in files if file.exists()]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Lifecycle) and value.states.__module__ == module.__name__
    ]


class Command(BaseCommand):
    help = "Writes each app's state diagrams into its README; with --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError naming the READMEs that do not show today's tables."""
        stale = []
        for config in apps.get_app_configs():
            folder = Path(config.path)
            if not (folder / "states.py").exists() or ".venv" in folder.parts:
                continue
            drawn = "\n\n".join(
                f"### {table.name}\n\n```mermaid\n{draw(table)}\n```"
                for table in lifecycles_of(config.name)
            )
            if not drawn:
                continue
            readme = folder / "README.md"
            empty = f"# {config.label}\n\n<!-- states --><!-- /states -->\n"
            old = readme.read_text() if readme.exists() else empty
            block = f"<!-- states -->\n{drawn}\n<!-- /states -->"
            new = MARKS.sub(block.replace("\\", r"\\"), old)
            if new == old and readme.exists():
                continue
            stale.append(str(readme))
            if not options["check"]:
                readme.write_text(new)
        if options["check"] and stale:
            raise CommandError(f"Run `manage.py draw_states`: {', '.join(stale)}")
