"""What of webhooks a page, the API and the export of personal data show."""

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import Permission
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData
from marketplace.integrations.models import BrowserPush, WebhookEndpoint, WebhookMessage


def endpoints_of(actor: Actor) -> QuerySet[WebhookEndpoint]:
    """The organization's endpoints, newest first. Raises NotAllowed without the permission."""
    actor.check(Permission.MANAGE_TOKENS)
    return WebhookEndpoint.objects.filter(organization=actor.company).order_by("-pk")


def get_endpoint(actor: Actor, public_id: str) -> WebhookEndpoint:
    """One endpoint. Raises NotFound, NotAllowed."""
    found = endpoints_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def messages_of(endpoint: WebhookEndpoint, status: str = "") -> QuerySet[WebhookMessage]:
    """Its messages, newest first; `status` narrows."""
    rows = endpoint.messages.order_by("-pk")
    return rows.filter(status=status) if status in WebhookMessage.Status.values else rows


def get_message(actor: Actor, endpoint: str, public_id: str) -> WebhookMessage:
    """One message with its endpoint and tries. Raises NotFound, NotAllowed."""
    rows = WebhookMessage.objects.select_related("endpoint").prefetch_related("log")
    found = rows.filter(endpoint__in=endpoints_of(actor).filter(public_id=endpoint))
    message = found.filter(public_id=public_id).first()
    if message is None:
        raise NotFound()
    return message


def personal_data_of(user: User) -> PersonalData:
    """Webhooks the person made, and browsers that are nudged."""
    rows = WebhookEndpoint.objects.filter(created_by=user).order_by("pk")
    browsers = BrowserPush.objects.filter(user=user).order_by("pk")
    return {
        "webhooks": list(rows.values("public_id", "url", "description", "created_at")),
        "browser_pushes": list(browsers.values("public_id", "endpoint", "device", "created_at")),
    }
