"""Alerts: one a cause while it lasts, told once when it begins and once when it is over."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import record
from marketplace.operations import events
from marketplace.operations.models import Alert

WATCH = Actor.system("watch")


def raise_alert(cause: str, sentence: str) -> Alert | None:
    """Open an alert and tell of it; None when the cause has an open one already."""
    if Alert.objects.filter(cause=cause, ended_at__isnull=True).exists():
        return None
    try:
        with transaction.atomic():
            alert = Alert.objects.create(cause=cause, sentence=sentence[:400])
            record(events.ALERT_RAISED, alert, actor=WATCH, what=alert.sentence)
    except IntegrityError:  # another worker was faster
        return None
    return alert


@transaction.atomic
def end_alert(cause: str) -> bool:
    """Close the cause's alert and tell of it. False when there is none."""
    alert = Alert.objects.select_for_update().filter(cause=cause, ended_at__isnull=True).first()
    if alert is None:
        return False
    alert.ended_at = timezone.now()
    alert.save(update_fields=["ended_at"])
    record(events.ALERT_ENDED, alert, actor=WATCH, what=alert.sentence)
    return True
