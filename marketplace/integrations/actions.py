"""Endpoints: added, changed, paused, removed, tried; and messages that are sent again."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions.team import lock_team
from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from marketplace.integrations import events
from marketplace.integrations.addresses import read_url
from marketplace.integrations.facts import PUBLISHED
from marketplace.integrations.models import WebhookEndpoint, WebhookMessage
from marketplace.integrations.payload import body_of, test_event
from marketplace.integrations.rules import MOST_ENDPOINTS, MOST_REPLAYED, OLD_SECRET_LASTS
from marketplace.integrations.states import ENDPOINT, EndpointState
from marketplace.integrations.tasks import send_soon

State = EndpointState
DESCRIPTION_LENGTH = 120


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it: `whsec_` and 256 random bits in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@transaction.atomic
def add_endpoint(
    *, actor: Actor, url: str, facts: Iterable[str] = (), description: str = ""
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown this once. No `facts`: every published one.

    Raises NotAllowed without the permission, DomainError for an address or fact that is refused
    and beyond MOST_ENDPOINTS.
    """
    organization, actor = lock_team(actor)
    actor.check(Permission.MANAGE_TOKENS)
    if WebhookEndpoint.objects.filter(organization=organization).count() >= MOST_ENDPOINTS:
        raise DomainError(f"{MOST_ENDPOINTS} webhooks are kept at most. Remove one first.")
    assert actor.user is not None  # the permission check passed
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        organization=organization,
        created_by=actor.user,
        secret=secret,
        **_clean(url, facts, description),
    )
    _record(events.ENDPOINT_ADDED, endpoint, actor)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *,
    actor: Actor,
    public_id: str,
    url: str | None = None,
    facts: Iterable[str] | None = None,
    description: str | None = None,
) -> WebhookEndpoint:
    """Change what is given. What is on its way goes to the new address. Raises as add_endpoint."""
    endpoint = _lock(actor, public_id)
    cleaned = _clean(
        endpoint.url if url is None else url,
        endpoint.facts if facts is None else facts,
        endpoint.description if description is None else description,
    )
    for name, value in cleaned.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(cleaned))
    _record(events.ENDPOINT_CHANGED, endpoint, actor)
    return endpoint


@transaction.atomic
def remove_endpoint(*, actor: Actor, public_id: str) -> None:
    """Delete an endpoint with its log; what is on its way is not sent."""
    endpoint = _lock(actor, public_id)
    _record(events.ENDPOINT_REMOVED, endpoint, actor)
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, actor: Actor, public_id: str) -> tuple[WebhookEndpoint, str]:
    """A new secret, shown this once. Messages carry signatures of both for 24 hours."""
    endpoint = _lock(actor, public_id)
    endpoint.old_secret = endpoint.secret
    endpoint.old_secret_until = timezone.now() + OLD_SECRET_LASTS
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["old_secret", "old_secret_until", "secret"])
    _record(events.SECRET_ROTATED, endpoint, actor)
    return endpoint, endpoint.secret


@transaction.atomic
def pause_endpoint(*, actor: Actor, public_id: str) -> WebhookEndpoint:
    """Send nothing for now; messages wait. Twice is once. Raises Conflict for one that is gone."""
    endpoint = _lock(actor, public_id)
    if endpoint.state == State.GONE:
        raise Conflict("This webhook is off already: its address answered that it is gone.")
    if endpoint.state == State.ACTIVE:
        move(endpoint, ENDPOINT, "pause_endpoint", by=_side(actor))
        _record(events.ENDPOINT_PAUSED, endpoint, actor, reason=f"by {actor.label}")
    return endpoint


@transaction.atomic
def resume_endpoint(*, actor: Actor, public_id: str) -> WebhookEndpoint:
    """Send again, what waited first. Twice is once."""
    endpoint = _lock(actor, public_id)
    if endpoint.state != State.ACTIVE:
        move(endpoint, ENDPOINT, "resume_endpoint", by=_side(actor))
        endpoint.failing_since = None
        endpoint.save(update_fields=["failing_since"])
        waiting = endpoint.messages.filter(status=WebhookMessage.Status.PENDING)
        waiting.update(due_at=timezone.now(), tries=0)
        send_soon(list(waiting.order_by("pk").values_list("pk", flat=True)[:20]))
        _record(events.ENDPOINT_RESUMED, endpoint, actor)
    return endpoint


@transaction.atomic
def send_test(*, actor: Actor, public_id: str) -> WebhookMessage:
    """Put a test message on its way. Raises Conflict while the endpoint is not active."""
    endpoint = _lock(actor, public_id)
    _must_be_active(endpoint)
    fact = test_event(timezone.now(), endpoint.public_id, actor.label)
    message = WebhookMessage.objects.create(
        endpoint=endpoint,
        event_id=fact.public_id,
        type=fact.type,
        body=body_of(fact, endpoint.version),
    )
    send_soon([message.pk])
    _record(events.WEBHOOK_TESTED, endpoint, actor)
    return message


@transaction.atomic
def replay(
    *,
    actor: Actor,
    public_id: str,
    message: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    only_failed: bool = True,
) -> int:
    """Send again: one `message`, or those of a period (`since` inclusive, `until` exclusive).

    A message keeps its id, by which a receiver knows it. Returns how many; the oldest
    MOST_REPLAYED at most. Raises NotFound for an unknown message, Conflict while the endpoint is
    not active, DomainError when neither a message nor a period is named.
    """
    endpoint = _lock(actor, public_id)
    _must_be_active(endpoint)
    rows = endpoint.messages.filter(status__in=["delivered", "failed"])
    if message:
        if not endpoint.messages.filter(public_id=message).exists():
            raise NotFound()
        rows = rows.filter(public_id=message)
    elif since is None:
        sentence = "Say since when messages are to be sent again."
        raise DomainError(sentence, fields={"since": sentence})
    else:
        period = Q(created_at__gte=since)
        if until is not None:
            period &= Q(created_at__lt=until)
        if only_failed:
            period &= Q(status=WebhookMessage.Status.FAILED)
        rows = rows.filter(period)
    chosen = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_REPLAYED])
    if chosen:
        WebhookMessage.objects.filter(pk__in=chosen).update(
            status=WebhookMessage.Status.PENDING, tries=0, due_at=timezone.now()
        )
        send_soon(chosen[:20])
        _record(events.WEBHOOKS_REPLAYED, endpoint, actor, count=len(chosen))
    return len(chosen)


def _lock(actor: Actor, public_id: str) -> WebhookEndpoint:
    actor.check(Permission.MANAGE_TOKENS)
    rows = WebhookEndpoint.objects.select_for_update().filter(organization=actor.company)
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    found.organization = actor.company
    return found


def _side(actor: Actor) -> str:
    return Side.BUYER if actor.company.is_buyer else Side.MANUFACTURER


def _must_be_active(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != State.ACTIVE:
        raise Conflict("This webhook is paused. Resume it first.")


def _clean(url: str, facts: Iterable[str], description: str) -> dict[str, object]:
    url = url.strip()
    read_url(url)
    wanted = sorted(set(facts))
    unknown = [name for name in wanted if name not in PUBLISHED]
    if unknown:
        sentence = f"There is no fact named {unknown[0]}."
        raise DomainError(sentence, fields={"facts": sentence})
    described = " ".join(description.split())
    if len(described) > DESCRIPTION_LENGTH:
        sentence = f"At most {DESCRIPTION_LENGTH} characters."
        raise DomainError(sentence, fields={"description": sentence})
    return {"url": url, "facts": wanted, "description": described}


def _record(fact: Fact, endpoint: WebhookEndpoint, actor: Actor, **data: object) -> None:
    organization = endpoint.organization
    record(
        fact,
        endpoint,
        actor=actor,
        thread=organization,
        visible_to=[organization],
        url=endpoint.url,
        **data,
    )
