"""A message's way out: claimed by one worker, sent, logged, tried again or given up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from marketplace.integrations import events
from marketplace.integrations.addresses import read_url
from marketplace.integrations.models import WebhookEndpoint, WebhookMessage, WebhookTry
from marketplace.integrations.rules import GONE, next_try, should_pause
from marketplace.integrations.sending import Outcome, post, signed_headers
from marketplace.integrations.states import ENDPOINT, EndpointState

Message = WebhookMessage.Status
# Longer than one try may take, so that a message is never sent by two workers alive.
LEASE = timedelta(minutes=2)
PER_ENDPOINT = 10
WORKER = Actor.system("webhooks")


def due_messages(limit: int) -> list[tuple[int, int]]:
    """(message, endpoint) row numbers of what is to be sent now, oldest first, of each endpoint at
    most PER_ENDPOINT: one that does not answer leaves room for the others."""
    due = WebhookMessage.objects.filter(
        status__in=[Message.PENDING, Message.SENDING],
        due_at__lte=timezone.now(),
        endpoint__state=EndpointState.ACTIVE,
    ).annotate(place=Window(RowNumber(), partition_by="endpoint_id", order_by=["due_at", "id"]))
    rows = due.filter(place__lte=PER_ENDPOINT).order_by("due_at", "pk")
    return list(rows.values_list("pk", "endpoint_id")[:limit])


def send(message_id: int) -> bool:
    """Send one message if it is due and nobody else has it. True when the receiver took it."""
    now = timezone.now()
    claimed = WebhookMessage.objects.filter(
        Q(status=Message.PENDING) | Q(status=Message.SENDING),
        pk=message_id,
        due_at__lte=now,
        endpoint__state=EndpointState.ACTIVE,
    ).update(status=Message.SENDING, due_at=now + LEASE, tries=F("tries") + 1)
    if not claimed:
        return False
    message = WebhookMessage.objects.select_related("endpoint").get(pk=message_id)
    endpoint = message.endpoint
    headers = signed_headers(message.public_id, message.body, _secrets(endpoint), now)
    outcome = post(read_url(endpoint.url), message.body, headers)
    return _keep(message, headers, outcome)


def _secrets(endpoint: WebhookEndpoint) -> list[str]:
    until = endpoint.old_secret_until
    if endpoint.old_secret and until is not None and until > timezone.now():
        return [endpoint.secret, endpoint.old_secret]
    return [endpoint.secret]


@transaction.atomic
def _keep(message: WebhookMessage, headers: dict[str, str], outcome: Outcome) -> bool:
    """Write down what a try brought, and what follows from it."""
    endpoint = (
        WebhookEndpoint.objects.select_for_update()
        .select_related("organization")
        .filter(pk=message.endpoint_id)
        .first()
    )
    if endpoint is None:
        return False  # it was removed meanwhile
    done = WebhookTry.objects.create(
        message=message,
        headers=headers,
        status=outcome.status,
        answer=outcome.answer,
        fault=outcome.fault,
        milliseconds=outcome.milliseconds,
    )
    now = timezone.now()
    row = WebhookMessage.objects.filter(pk=message.pk)
    if done.is_good:
        row.update(status=Message.DELIVERED)
        if endpoint.failing_since is not None:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
        return True
    again = next_try(message.tries, now)
    if again is None:
        row.update(status=Message.FAILED)
    else:
        row.update(status=Message.PENDING, due_at=again)
    _judge(endpoint, outcome.status == GONE)
    return False


def _judge(endpoint: WebhookEndpoint, is_gone: bool) -> None:
    """After a failed try: leave an address alone that is gone, or took nothing for days."""
    now = timezone.now()
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.save(update_fields=["failing_since"])
    fact: Fact | None = None
    reason: dict[str, str] = {}
    if endpoint.state == EndpointState.ACTIVE and is_gone:
        move(endpoint, ENDPOINT, "end_endpoint", by=Side.SYSTEM)
        fact = events.ENDPOINT_GONE
    elif endpoint.state == EndpointState.ACTIVE and should_pause(endpoint.failing_since, now):
        move(endpoint, ENDPOINT, "pause_endpoint", by=Side.SYSTEM)
        fact, reason = events.ENDPOINT_PAUSED, {"reason": "it took no message for three days"}
    if fact is not None:
        company = endpoint.organization
        record(
            fact,
            endpoint,
            actor=WORKER,
            thread=company,
            visible_to=[company],
            url=endpoint.url,
            **reason,
        )
