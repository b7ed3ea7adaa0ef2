"""`manage.py db_performance_check [--json]`"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.operations.performance.checking import check_database
from marketplace.operations.performance.findings import Level


class Command(BaseCommand):
    help = "Whether the database keeps up: its statistics, indexes, and the queries of our pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when a check fails; nothing is changed."""
        findings = check_database()
        failed = [each for each in findings if each.level is Level.FAILS]
        if options["json"]:
            body = {"passed": not failed, "checks": [asdict(each) for each in findings]}
            self.stdout.write(json.dumps(body, indent=2))
        else:
            for each in findings:
                self.stdout.write(str(each))
        if failed:
            raise CommandError(f"{len(failed)} of {len(findings)} checks fail.")
