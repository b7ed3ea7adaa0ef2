"""Exchange rates from a file: `manage.py load_exchange_rates eurofxref-daily.xml`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.directory.actions.exchange import take_rates
from marketplace.directory.rate_files import MAX_BYTES


class Command(BaseCommand):
    help = "Take in the newest day of a file of the European Central Bank (XML or CSV)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="eurofxref-daily.xml or eurofxref.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        except OSError as fault:
            raise CommandError(f"{path} cannot be read: {fault.strerror}.") from fault
        try:
            rates = take_rates(actor=Actor.system("load_exchange_rates"), content=content)
        except DomainError as error:
            raise CommandError(error.sentence) from error
        known = ", ".join(f"{code} {rate}" for code, rate in sorted(rates.per_euro.items()))
        self.stdout.write(f"{rates.date}: {known} for 1 EUR, {rates.source}.")
