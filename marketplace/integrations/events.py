"""Facts about webhooks themselves. The thread is the organization, the subject the endpoint."""

from marketplace.core.events import Fact

ENDPOINT_ADDED = Fact("webhook_endpoint_added", "{actor} added the webhook {url}", {"url"})
ENDPOINT_CHANGED = Fact("webhook_endpoint_changed", "{actor} changed the webhook {url}", {"url"})
ENDPOINT_REMOVED = Fact("webhook_endpoint_removed", "{actor} removed the webhook {url}", {"url"})
ENDPOINT_PAUSED = Fact(
    "webhook_endpoint_paused", "The webhook {url} is paused: {reason}", {"url", "reason"}
)
ENDPOINT_GONE = Fact(
    "webhook_endpoint_gone", "{url} answered that it is gone; its webhook is off", {"url"}
)
ENDPOINT_RESUMED = Fact("webhook_endpoint_resumed", "{actor} resumed the webhook {url}", {"url"})
SECRET_ROTATED = Fact(
    "webhook_secret_rotated", "{actor} made a new secret for the webhook {url}", {"url"}
)
WEBHOOK_TESTED = Fact("webhook_tested", "{actor} sent a test to {url}", {"url"})
WEBHOOKS_REPLAYED = Fact(
    "webhooks_replayed", "{actor} had {count} messages sent to {url} again", {"url", "count"}
)
