"""A mail server that is away, and one that something happens beside."""

from collections.abc import Callable
from typing import ClassVar

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend


class Broken(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError("the mail server is away")


class Eventful(EmailBackend):
    """Sends, and then does what `after` says."""

    after: ClassVar[Callable[[], None]] = staticmethod(lambda: None)

    def send_messages(self, messages: object) -> int:
        sent: int = super().send_messages(messages)  # type: ignore[arg-type]
        type(self).after()
        return sent
