"""Taking a person's address out of what payments remember of who clicked."""

from payments.models import ConnectedAccount, CreditAccount, PaymentAttempt


def forget_payer(*, email: str) -> None:
    """Empty the address in payment pages, payout links and credit accounts, there with the name
    beside it. Stripe's own records and their mirror
    stay: the law has them kept, and a dispute needs them. The caller holds the transaction."""
    PaymentAttempt.objects.filter(email=email).update(email="")
    ConnectedAccount.objects.filter(link_email=email).update(link_email="")
    CreditAccount.objects.filter(email=email).update(email="", contact="")
