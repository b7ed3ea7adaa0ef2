"""Count the figures of all scorecards anew: `manage.py recompute_scorecards`."""

from typing import Any

from django.core.management.base import BaseCommand

from quotes.actions.scorecards import recompute_scorecards


class Command(BaseCommand):
    help = "Count ratings, order figures and response figures of every manufacturer anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints each figure that was not what its rows say; a second run prints none."""
        number = 0
        for name, changes in recompute_scorecards():
            number += 1
            told = ", ".join(f"{key} {old} -> {new}" for key, (old, new) in changes.items())
            self.stdout.write(f"{name}: {told}")
        self.stdout.write(f"{number} scorecards changed.")
