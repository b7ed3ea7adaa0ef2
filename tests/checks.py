"""What `make check` asks of Django, in one process: `python -m tests.checks`.

Migrations are complete, the diagrams show today's tables of moves, the system checks pass, and the
API's OpenAPI document has no finding of a linter (tests/api/lint.mjs).
"""

import os
import subprocess
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """1 with the sentence of the first check that fails, 0 when all pass."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
        call_command("draw_states", check=True)
        call_command("check", fail_level="WARNING", verbosity=0)
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except SystemExit as error:
        sys.stderr.write("A migration is missing: run manage.py makemigrations.\n")
        return int(error.code or 1)
    return lint_document()


def lint_document() -> int:
    """The exit code of the linter, which prints what it finds."""
    from marketplace.core.api.schema import document

    command = [ROOT / ".venv" / "bin" / "node", ROOT / "tests" / "api" / "lint.mjs"]
    return subprocess.run(command, input=document("json"), cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
