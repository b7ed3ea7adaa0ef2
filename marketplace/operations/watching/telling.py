"""Telling operators of alerts: by mail, and by a POST to an address of theirs."""

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.actions.account_mail import write_mail
from marketplace.core.events import Event
from marketplace.integrations.addresses import read_url
from marketplace.integrations.sending import post
from marketplace.operations.models import Alert

LINK_TEXT = "Open the watch"


class NotTaken(Exception):
    """The other side did not take an alert; it is tried again."""


@transaction.atomic
def mail_operators(event: Event) -> None:
    """One mail for each of ALERT_EMAILS, or none at all: a repeated delivery tells nobody twice."""
    alert = Alert.objects.get(public_id=event.subject)
    for address in settings.ALERT_EMAILS:
        write_mail(
            kind=event.type,
            to=address,
            path=reverse("admin:operations_watch"),
            link_text=LINK_TEXT,
            alert=alert,
        )


def post_alert(event: Event) -> None:
    """The alert as JSON to ALERT_WEBHOOK_URL. Raises NotTaken, DomainError for an address that
    must not be called."""
    if not settings.ALERT_WEBHOOK_URL:
        return
    alert = Alert.objects.get(public_id=event.subject)
    body: dict[str, Any] = {
        "id": alert.public_id,
        "status": "firing" if event.type == "alert_raised" else "resolved",
        "cause": alert.cause,
        # The name that chat programs read.
        "text": event.sentence,
        "began_at": alert.began_at.isoformat(),
        "ended_at": alert.ended_at.isoformat() if alert.ended_at else None,
        "link": settings.SITE_URL + reverse("admin:operations_watch"),
    }
    headers = {"content-type": "application/json", "user-agent": "marketplace-alerts/1"}
    outcome = post(read_url(settings.ALERT_WEBHOOK_URL), json.dumps(body), headers)
    if outcome.fault or not 200 <= (outcome.status or 0) < 300:
        raise NotTaken(outcome.fault or f"The address answered {outcome.status}.")
