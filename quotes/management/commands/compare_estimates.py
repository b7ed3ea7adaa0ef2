"""How far our estimates are from real quotes: `manage.py compare_estimates [--apply]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quotes.actions.calibration import calibrate_estimates, measure_estimates
from quotes.estimating.calibration import LEAST_QUOTES, LEAST_SHOPS

ROW = "{:<20} {:>7} {:>6} {:>13} {:>13} {:>8} {:>8}"


class Command(BaseCommand):
    help = "Compare estimates with submitted quotes and print the error per process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--apply", action="store_true", help="keep the factors; estimates use them from now on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = calibrate_estimates() if options["apply"] else measure_estimates()
        if not found:
            self.stdout.write("No submitted quote can be compared with an estimate yet.")
            return
        heads = ("prices", "shops", "quoted/est.", "median error", "inside", "factor")
        self.stdout.write(ROW.format("process", *heads))
        for process, row in found.items():
            factor = f"{row.factor:.2f}" if row.factor is not None else "-"
            self.stdout.write(
                ROW.format(
                    process,
                    row.prices,
                    row.shops,
                    f"{row.median_ratio:.2f}",
                    f"{row.median_error:.0%}",
                    f"{row.inside:.0%}",
                    factor,
                )
            )
        self.stdout.write(
            f"A factor is applied from {LEAST_QUOTES} prices by {LEAST_SHOPS} manufacturers on."
        )
