"""What facts set off here: messages to endpoints, and mails about endpoints in trouble."""

from django.urls import reverse

from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.models import Event
from marketplace.integrations.models import WebhookEndpoint, WebhookMessage
from marketplace.integrations.payload import body_of
from marketplace.integrations.states import EndpointState
from marketplace.integrations.tasks import send_soon
from marketplace.notifications.actions import notify


def forward(event: Event) -> None:
    """Write a message for each endpoint of an organization that may see the fact. Twice is once."""
    seen_by = event.sightings.values("organization")
    endpoints = WebhookEndpoint.objects.filter(organization__public_id__in=seen_by)
    for endpoint in endpoints.exclude(state=EndpointState.GONE):
        if endpoint.facts and event.type not in endpoint.facts:
            continue
        message, is_new = WebhookMessage.objects.get_or_create(
            endpoint=endpoint,
            event_id=event.public_id,
            defaults={"type": event.type, "body": body_of(event, endpoint.version)},
        )
        # One that fails is the sweep's, so that it holds no worker for every fact.
        if is_new and endpoint.state == EndpointState.ACTIVE and endpoint.failing_since is None:
            send_soon([message.pk])


def tell_managers(event: Event) -> None:
    """Who manages the webhooks learns that one was paused or is gone; not who paused it."""
    rows = WebhookEndpoint.objects.select_related("organization")
    endpoint = rows.filter(public_id=event.subject).first()
    if endpoint is None:
        return  # it was removed meanwhile
    people = members_with(endpoint.organization, Permission.MANAGE_TOKENS)
    notify(
        event,
        people.exclude(public_id=event.actor_id),
        organization=endpoint.organization,
        template=f"integrations/emails/{event.type}",
        link=reverse("webhook_endpoint", args=[endpoint.public_id]),
        link_text="Open the webhook",
        endpoint=endpoint,
    )
