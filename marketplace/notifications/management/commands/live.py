"""`manage.py live`: the process that holds the sockets of open pages."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.notifications.live.server import RECHECK_SECONDS, LiveServer


class Command(BaseCommand):
    help = "Holds the sockets of open pages at /ws/ and nudges them when something changed."
    # Checks walk URLs and models, which this process does not serve.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument(
            "--recheck-seconds",
            type=float,
            default=RECHECK_SECONDS,
            help="how often each session and right is asked again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError without Redis, which is where nudges come from."""
        if not settings.LIVE_REDIS_URL:
            raise CommandError("REDIS_URL is not set: there is nothing to listen to.")
        server = LiveServer(options["recheck_seconds"])
        asyncio.run(server.run(options["host"], options["port"]))
