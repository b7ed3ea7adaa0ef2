"""The bank of the twin: open payment pages are paid, payout accounts are set up.

Only where payments go to the sandbox: with test keys of Stripe a person pays on Stripe's own page,
with one of Stripe's test cards.
"""

import logging

from django.conf import settings
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Role
from marketplace.operations.twin.people import bot_staff
from marketplace.operations.twin.steps import step_each, story_of
from payments.actions.attempts import sync_attempt
from payments.actions.payouts import set_up_payouts, sync_account
from payments.models import ConnectedAccount, PaymentAttempt
from payments.sandbox import driver
from payments.states import AccountState, AttemptState

logger = logging.getLogger(__name__)
DECLINED_CARD = "4000000000000002"


def play_bank() -> int:
    """One step with every open payment page and every payout account; how many were taken."""
    if getattr(settings, "STRIPE_API_HOST", "") != settings.STRIPE_SANDBOX_HOST:
        return 0
    pages = PaymentAttempt.objects.filter(
        state=AttemptState.OPEN, expires_at__gt=timezone.now()
    ).select_related("request__order")
    without = Organization.objects.filter(is_manufacturer=True, payout_account=None)
    links = ConnectedAccount.objects.exclude(link_url="").exclude(state=AccountState.ACTIVE)
    return (
        step_each(pages, _pay)
        + step_each(without.exclude(is_guest=True), _ask_for_payouts)
        + step_each(links, _fill_in)
    )


def _pay(attempt: PaymentAttempt) -> None:
    """With a good card; where the order's title says `[declined]`, after one that is declined."""
    story = story_of(attempt.request.order.title)
    cards = [DECLINED_CARD, driver.GOOD_CARD] if "declined" in story else [driver.GOOD_CARD]
    for card in cards:
        try:
            driver.pay(attempt.url, card)
        except driver.SandboxRefused as refusal:
            # Declined as wanted, or paid before and the news of it on its way.
            logger.info("The test bank: %s", refusal)
    sync_attempt(attempt.pk)


def _ask_for_payouts(organization: Organization) -> None:
    owner = Actor(
        user=bot_staff().user,
        organization=organization,
        role=Role.OWNER,
        via="task",
        name="Test bot",
    )
    set_up_payouts(actor=owner)


def _fill_in(account: ConnectedAccount) -> None:
    driver.onboard(account.link_url)
    sync_account(account.account)
