"""Prepare a Stripe account for the marketplace; safe to run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse
from djstripe.models import Account, APIKey

from payments import gateway

PAYOUT_EVENTS = [
    "payout.created",
    "payout.paid",
    "payout.failed",
    "payout.updated",
    "payout.canceled",
]
EVENTS = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.canceled",
    "charge.succeeded",
    "charge.updated",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "transfer.created",
    "transfer.updated",
    "transfer.reversed",
    *PAYOUT_EVENTS,
]
CONNECT_EVENTS = [
    "account.updated",
    "capability.updated",
    "account.application.deauthorized",
    *PAYOUT_EVENTS,
]


class Command(BaseCommand):
    help = "Store the platform's account for the mirror and register the webhook addresses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-webhooks", action="store_true", help="leave the webhook addresses alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._remember_account()
        if not options["no_webhooks"]:
            self._register()

    def _remember_account(self) -> None:
        # With these two rows the mirror works with a restricted key, which may not ask for its
        # own account.
        found = gateway.platform_account()
        with gateway.serving_mirror():
            account = Account.sync_from_stripe_data(found)
        live = settings.STRIPE_LIVE_MODE
        secret = settings.STRIPE_LIVE_SECRET_KEY if live else settings.STRIPE_TEST_SECRET_KEY
        APIKey.objects.update_or_create(
            secret=secret, defaults={"djstripe_owner_account": account, "livemode": live}
        )
        self.stdout.write(f"Platform account: {account.id}")
        schedule = found.get("settings", {}).get("payouts", {}).get("schedule", {})
        if schedule.get("interval") != "manual":
            self.stderr.write(
                "Stripe pays this account out by itself, which would send buyers' held money to "
                "the bank. Set its payout schedule to manual in Stripe's dashboard."
            )

    def _register(self) -> None:
        address = settings.SITE_URL + reverse("stripe_webhook")
        known = [url for _, url in gateway.list_webhook_endpoints()]
        if address in known:
            self.stdout.write(f"Webhooks go to {address} already.")
            return
        for connect, events in ((False, EVENTS), (True, CONNECT_EVENTS)):
            name = "connected accounts" if connect else "the platform"
            endpoint, secret = gateway.create_webhook_endpoint(
                url=address, events=events, connect=connect
            )
            self.stdout.write(f"Events of {name} ({endpoint}): {secret}")
        self.stdout.write("Put both secrets into STRIPE_WEBHOOK_SECRET, divided by a comma.")
