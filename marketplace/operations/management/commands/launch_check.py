"""`manage.py launch_check [--json] [--only NAME ...] [--mail-to ADDRESS]`"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.operations.launch.checks import CHECKS, Asked
from marketplace.operations.launch.running import run


class Command(BaseCommand):
    help = "Asks everything that must be true before real people come; exit code 1 unless it is."
    # A missing variable or migration is a line of the table, not a reason to say nothing.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [check.name for check in CHECKS]
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
        parser.add_argument(
            "--mail-to", default="", help="where the test mail goes; EMAIL_FROM unless said"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when a check fails; nothing is changed."""
        asked = Asked(mail_to=options["mail_to"])
        results = []
        for result in run([c for c in CHECKS if c.name in options["only"]], asked):
            results.append(result)
            if not options["json"]:
                self.stdout.write(str(result))
                self.stdout.flush()
        failed = [result for result in results if not result.passed]
        if options["json"]:
            body = {"ready": not failed, "checks": [asdict(result) for result in results]}
            self.stdout.write(json.dumps(body, indent=2))
        if failed:
            raise CommandError(f"{len(failed)} of {len(results)} checks fail.")
        if not options["json"]:
            self.stdout.write("Ready for the launch.")
