"""Mails about accounts: written in the request, sent by a worker.

A request that waited for the mail server would be slow for known addresses and fail with it.
"""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor
from accounts.events import ACCOUNT_MAIL_WRITTEN
from accounts.models import AccountMail
from marketplace.core.events import record
from marketplace.core.mail import Letter, send_letter, write_letter


@transaction.atomic
def write_mail(
    *, kind: str, to: str, path: str, link_text: str, unsubscribe: str = "", **context: Any
) -> AccountMail:
    """Render `accounts/emails/<kind>.txt` for the address `to` and leave it for the worker.

    `path` is where its button leads on this site; the host always comes from SITE_URL.
    `unsubscribe` is the whole address that ends such mails by a POST (RFC 8058).
    """
    letter = write_letter(f"accounts/emails/{kind}", {"site": settings.SITE_NAME, **context})
    sheet = {**asdict(letter), "to": to, "link": settings.SITE_URL + path, "link_text": link_text}
    sheet["unsubscribe"] = unsubscribe
    mail = AccountMail.objects.create(sealed=json.dumps(sheet))
    record(ACCOUNT_MAIL_WRITTEN, mail, actor=Actor.system("account mail"), kind=kind)
    return mail


def send_mail(*, public_id: str) -> None:
    """Send it and forget it; one that is gone was sent. Raises what the mail backend raises."""
    mail = AccountMail.objects.filter(public_id=public_id).first()
    if mail is None:
        return
    sheet = json.loads(mail.sealed)
    send_letter(
        Letter(sheet["title"], sheet["text"]),
        to=sheet["to"],
        link=sheet["link"],
        link_text=sheet["link_text"],
        # A mail that was written before mails could be ended has none.
        unsubscribe=sheet.get("unsubscribe", ""),
    )
    mail.delete()
