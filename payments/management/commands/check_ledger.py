"""Do our books and Stripe's balance agree, to the cent?"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.actions.reconcile import reconcile


class Command(BaseCommand):
    help = "Compare the ledger with the Stripe balance and with itself; exit 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--offline", action="store_true", help="check the ledger alone")

    def handle(self, *args: Any, **options: Any) -> None:
        report = reconcile(ask_stripe=not options["offline"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2))
        else:
            for line in report.lines():
                self.stdout.write(line)
        if report.faults:
            raise CommandError(f"{len(report.faults)} difference(s) found.")
