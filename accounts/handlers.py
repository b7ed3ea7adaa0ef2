"""Reactions to facts about people."""

from accounts.actions.account_mail import send_mail
from marketplace.core.events import Event


def send_account_mail(event: Event) -> None:
    """Send the mail the fact speaks of."""
    send_mail(public_id=event.subject)
