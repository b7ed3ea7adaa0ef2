"""The demo buyer buys on account: approved, one order in production, one invoice open, one paid."""

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.money import Money
from marketplace.operations.demo import ADMIN, BUYER
from marketplace.operations.demo.people import actor
from marketplace.operations.demo.work import work
from orders.models import Order
from payments.actions.attempts import sync_attempt
from payments.actions.credit import Application, CreditTerms, apply_for_credit, approve_credit
from payments.actions.on_account import pay_on_account, pay_receivable
from payments.models import CreditAccount, PaymentAttempt, Receivable

LIMIT = Money(2_500_000, "EUR")


def open_account() -> None:
    """The buyer applies and staff approve, once."""
    buyer = actor(BUYER)
    if CreditAccount.objects.filter(organization=buyer.organization).exists():
        return
    account = apply_for_credit(
        actor=buyer,
        application=Application(
            registration_number="HRB 20417",
            monthly=Money(1_200_000, "EUR"),
            contact="Accounts payable",
            email=BUYER,
        ),
    )
    approve_credit(
        actor=Actor.staff(User.objects.get(email=ADMIN), "credit desk"),
        public_id=account.public_id,
        terms=CreditTerms(LIMIT, net_days=30, starts_production=True),
        reason="The register and the references of two suppliers are fine.",
    )
    work()


def put_on_account(buyer: Actor, order: Order) -> None:
    """The order goes on without being paid."""
    pay_on_account(actor=buyer, public_id=order.public_id)
    work()


def settle_account(buyer: Actor, order: Order) -> None:
    """What is owed for an order is paid through the hosted page."""
    from payments.sandbox import driver

    receivable = Receivable.objects.get(request__order=order)
    attempt = pay_receivable(actor=buyer, public_id=receivable.public_id)
    work()
    driver.pay(PaymentAttempt.objects.get(pk=attempt.pk).url)
    sync_attempt(attempt.pk)
    work()
