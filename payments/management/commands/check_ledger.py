"""Do our books agree with themselves and with Stripe's balance, to the cent?"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.actions.reconciliation import compare_books
from payments.comparisons import Comparison
from payments.values import GatewayError


class Command(BaseCommand):
    help = "Print every invariant of the books with its difference; exit 1 unless all are 0."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--offline", action="store_true", help="check our side alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            compared = compare_books(ask_stripe=not options["offline"])
        except GatewayError as error:
            raise CommandError(
                f"Stripe did not answer: {error} Try again, or check our side with --offline.",
                returncode=2,
            ) from error
        differ = [each for each in compared if each.difference]
        if options["json"]:
            rows = [
                {**each.as_dict(), "findings": [one.sentence for one in each.findings]}
                for each in compared
            ]
            self.stdout.write(json.dumps({"differences": len(differ), "rows": rows}, indent=2))
        else:
            for each in compared:
                self._print(each)
        if differ:
            raise CommandError(f"{len(differ)} of {len(compared)} comparisons show a difference.")
        if not options["json"]:
            self.stdout.write("No differences.")

    def _print(self, each: Comparison) -> None:
        figures = ", ".join(
            f"{name} {each.amount(getattr(each, name))}"
            for name in ("expected", "found", "difference")
        )
        self.stdout.write(f"{'DIFFERS' if each.difference else 'ok':8}{each.label}: {figures}")
        for one in each.findings:
            self.stdout.write(f"        {one.sentence}")
