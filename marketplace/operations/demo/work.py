"""Doing at once what workers do later, and paying at the sandbox's page as a person would."""

from django.db import connection

from accounts.actor import Actor
from marketplace.core.outbox import sweep
from orders.models import Order
from payments.actions.attempts import pay_order, sync_attempt
from payments.actions.payouts import set_up_payouts, sync_account
from payments.models import ConnectedAccount, PaymentAttempt
from payments.tasks import sweep_payments

MOST_ROUNDS = 30


def work() -> None:
    """Deliver facts and carry out payments' work until nothing is due."""
    assert not connection.in_atomic_block
    for _ in range(MOST_ROUNDS):
        if sweep() + sweep_payments() == 0:
            return


def fund(buyer: Actor, order: Order) -> None:
    """Pay what is due on an order through the hosted page."""
    from payments.sandbox import driver

    attempt = pay_order(actor=buyer, public_id=order.public_id)
    work()
    driver.pay(PaymentAttempt.objects.get(pk=attempt.pk).url)
    sync_attempt(attempt.pk)
    work()


def onboard(shop: Actor) -> None:
    """Set up a shop's payout account through the hosted page, once."""
    from payments.sandbox import driver

    if ConnectedAccount.objects.filter(organization=shop.organization, state="active").exists():
        return
    account = set_up_payouts(actor=shop)
    work()
    account.refresh_from_db()
    driver.onboard(account.link_url)
    sync_account(account.account)
    work()
