"""`manage.py load_demo_data`: the demo, once; what exists already is left alone."""

from subprocess import CalledProcessError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.operations.demo import BUYER, MANUFACTURER, RIVAL
from marketplace.operations.demo.catalog import STORIES
from marketplace.operations.demo.credit import open_account
from marketplace.operations.demo.parts import demo_parts, upload_parts
from marketplace.operations.demo.people import actor, make_people
from marketplace.operations.demo.stories import tell
from marketplace.operations.demo.talks import add_talks
from marketplace.operations.demo.work import onboard, work
from quotes.models import RFQ


class Command(BaseCommand):
    help = "Loads the demo accounts and a request, quote, order and payment in every main state."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in production and without the sandbox."""
        if settings.ENVIRONMENT == "production":
            raise CommandError("Demo data does not belong in production.")
        if getattr(settings, "STRIPE_API_HOST", "") != settings.STRIPE_SANDBOX_HOST:
            raise CommandError(
                "Demo data is paid in the Stripe sandbox; take the Stripe keys away."
            )
        if self._is_loaded():
            return
        # Facts are delivered here and now, one after the other, not by workers meanwhile.
        settings.BACKGROUND = "manual"
        self.stdout.write("Loading the demo data (once) ...")
        make_people()
        for email in (MANUFACTURER, RIVAL, "print@demo.com"):
            onboard(actor(email))
        open_account()
        try:
            files = demo_parts(settings.VAR_DIR / "demo-parts")
        except CalledProcessError:
            self.stderr.write(
                "The demo's part files could not be made: the CAD kernel does not load on this "
                "system. The accounts are there; requests and orders are left out."
            )
            return
        parts = upload_parts(actor(BUYER), files)
        for story in STORIES:
            tell(story, parts)
        add_talks(parts)
        work()

    @staticmethod
    def _is_loaded() -> bool:
        titles = {story.title for story in STORIES}
        return RFQ.objects.filter(organization__is_demo=True, title__in=titles).count() == len(
            titles
        )
