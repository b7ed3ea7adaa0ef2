"""`manage.py launch_watch [--hours 48] [--once]`"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from marketplace.operations.launch.checks import Asked, Check
from marketplace.operations.launch.running import run
from marketplace.operations.launch.watching import HOURLY, OFTEN, QUARTER_HOURLY

ROUNDS_AN_HOUR = 4


class Command(BaseCommand):
    help = "Watches the first days of a launch: prints a few checks every 15 minutes, more hourly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hours", type=int, default=48)
        parser.add_argument(
            "--once", action="store_true", help="every check once; exit code 1 when one fails"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with --once when a check fails; otherwise goes on to the end."""
        if options["once"]:
            if failed := self._round((*QUARTER_HOURLY, *HOURLY)):
                raise CommandError(f"{failed} checks fail.")
            return
        for number in range(options["hours"] * ROUNDS_AN_HOUR):
            self._round(QUARTER_HOURLY if number % ROUNDS_AN_HOUR else (*QUARTER_HOURLY, *HOURLY))
            close_old_connections()
            time.sleep(OFTEN.total_seconds())

    def _round(self, checks: tuple[Check, ...]) -> int:
        """The number that fail."""
        failed = 0
        self.stdout.write(f"{timezone.now():%Y-%m-%d %H:%M} UTC")
        for result in run(checks, Asked(mail_to="")):
            failed += not result.passed
            self.stdout.write(str(result))
        self.stdout.flush()
        return failed
