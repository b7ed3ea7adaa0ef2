"""Webhooks for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.tokens import check_recent
from marketplace.core.api.fields import one_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.integrations import actions, queries
from marketplace.integrations.actions import DESCRIPTION_LENGTH
from marketplace.integrations.addresses import LONGEST
from marketplace.integrations.facts import CHAPTERS, PUBLISHED, VERSION
from marketplace.integrations.models import WebhookEndpoint, WebhookMessage
from marketplace.integrations.states import EndpointState

FACTS_HELP = "names of facts; empty: every published one, those of later versions too"


class WebhookEndpointSerializer(serializers.Serializer):
    """An address that is told of facts. Its secret is in no answer but those that make it."""

    id = serializers.CharField(source="public_id")
    url = serializers.CharField()
    description = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField(), help_text=FACTS_HELP)
    version = serializers.CharField(help_text="the shape of its messages, a day")
    state = serializers.ChoiceField(EndpointState.choices)
    failing_since = serializers.DateTimeField(allow_null=True)
    old_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="until then messages are signed with the secret before, too"
    )
    created_at = serializers.DateTimeField()


class NewWebhookEndpointSerializer(WebhookEndpointSerializer):
    """An endpoint with its secret, which no later answer contains."""

    secret = serializers.CharField(help_text="`whsec_...`, as Standard Webhooks writes it")


class WebhookEndpointInputSerializer(serializers.Serializer):
    url = serializers.CharField(max_length=LONGEST)
    description = serializers.CharField(max_length=DESCRIPTION_LENGTH, allow_blank=True, default="")
    facts = serializers.ListField(
        child=serializers.ChoiceField(PUBLISHED),
        default=list,
        max_length=len(PUBLISHED),
        help_text=FACTS_HELP,
    )


class WebhookEndpointPatchSerializer(serializers.Serializer):
    """What is left out stays."""

    url = serializers.CharField(max_length=LONGEST, required=False)
    description = serializers.CharField(
        max_length=DESCRIPTION_LENGTH, allow_blank=True, required=False
    )
    facts = serializers.ListField(
        child=serializers.ChoiceField(PUBLISHED),
        required=False,
        max_length=len(PUBLISHED),
        help_text=FACTS_HELP,
    )


class WebhookMessageSerializer(serializers.Serializer):
    """One fact on its way to one endpoint."""

    id = serializers.CharField(source="public_id", help_text="the header webhook-id")
    type = serializers.CharField()
    status = serializers.ChoiceField(WebhookMessage.Status.choices)
    tries = serializers.IntegerField(help_text="since it was last asked for")
    due_at = serializers.DateTimeField(help_text="of the next try, while it is on its way")
    created_at = serializers.DateTimeField()


class WebhookTrySerializer(serializers.Serializer):
    """One request and what came back."""

    at = serializers.DateTimeField()
    headers = serializers.DictField(child=serializers.CharField())
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(help_text="its first 2,000 characters")
    fault = serializers.CharField(help_text="why there was no answer, a sentence")
    milliseconds = serializers.IntegerField()


class WebhookMessageDetailSerializer(WebhookMessageSerializer):
    """A message with its body and its tries, newest first."""

    body = serializers.CharField(help_text="the JSON text that was signed")
    log = WebhookTrySerializer(many=True)


class WebhookReplaySerializer(serializers.Serializer):
    since = serializers.DateTimeField(help_text="written at or after")
    until = serializers.DateTimeField(required=False, help_text="written before")
    only_failed = serializers.BooleanField(default=True)


class WebhookReplayedSerializer(serializers.Serializer):
    """How many messages are on their way again, at most 1,000 a call."""

    count = serializers.IntegerField()


class WebhookChapterSerializer(serializers.Serializer):
    """Facts that belong together."""

    chapter = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())


class WebhookFactsSerializer(serializers.Serializer):
    """What webhooks can speak of today."""

    version = serializers.CharField(help_text="what endpoints made now get")
    chapters = WebhookChapterSerializer(many=True)


class WebhookFactList(ApiView):
    """The facts a webhook can speak of."""

    @extend_schema(operation_id="get_webhook_facts", responses=WebhookFactsSerializer)
    def get(self, request: Request) -> Response:
        """Every published fact, by chapter."""
        rows = [{"chapter": chapter, "facts": names} for chapter, names in CHAPTERS.items()]
        return self.answer(WebhookFactsSerializer, {"version": VERSION, "chapters": rows})


class EndpointList(ApiView):
    """The organization's webhook endpoints."""

    shows_secret = True

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_webhook_endpoints", responses=WebhookEndpointSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.page(WebhookEndpointSerializer, queries.endpoints_of(self.actor))

    @extend_schema(
        operation_id="add_webhook_endpoint",
        request=WebhookEndpointInputSerializer,
        responses={201: NewWebhookEndpointSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add one; its secret is in this answer only."""
        check_recent(request, self.actor)
        given = self.clean(WebhookEndpointInputSerializer)
        endpoint, secret = actions.add_endpoint(actor=self.actor, **given)
        return _with_secret(endpoint, secret, 201)


class EndpointDetail(ApiView):
    """One endpoint."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [WebhookEndpoint.objects.filter(public_id=self.kwargs["endpoint"])]

    @extend_schema(operation_id="get_webhook_endpoint", responses=WebhookEndpointSerializer)
    def get(self, request: Request, endpoint: str) -> Response:
        """The endpoint."""
        return self.answer(WebhookEndpointSerializer, queries.get_endpoint(self.actor, endpoint))

    @extend_schema(
        operation_id="change_webhook_endpoint",
        request=WebhookEndpointPatchSerializer,
        responses=WebhookEndpointSerializer,
    )
    def patch(self, request: Request, endpoint: str) -> Response:
        """Change what is given; what is on its way goes to the new address."""
        given = self.clean(WebhookEndpointPatchSerializer)
        changed = actions.change_endpoint(actor=self.actor, public_id=endpoint, **given)
        return self.answer(WebhookEndpointSerializer, changed)

    @extend_schema(operation_id="remove_webhook_endpoint", responses={204: None})
    def delete(self, request: Request, endpoint: str) -> Response:
        """Delete it with its log."""
        check_recent(request, self.actor)
        actions.remove_endpoint(actor=self.actor, public_id=endpoint)
        return Response(status=204)


class RotateSecret(ApiView):
    """The next secret of an endpoint."""

    shows_secret = True

    @extend_schema(
        operation_id="rotate_webhook_secret", request=None, responses=NewWebhookEndpointSerializer
    )
    def post(self, request: Request, endpoint: str) -> Response:
        """A new secret, in this answer only; for 24 hours messages are signed with both."""
        check_recent(request, self.actor)
        changed, secret = actions.rotate_secret(actor=self.actor, public_id=endpoint)
        return _with_secret(changed, secret, 200)


class PauseEndpoint(ApiView):
    """A rest for an endpoint."""

    @extend_schema(
        operation_id="pause_webhook_endpoint", request=None, responses=WebhookEndpointSerializer
    )
    def post(self, request: Request, endpoint: str) -> Response:
        """Send nothing for now; messages wait. Twice is once."""
        paused = actions.pause_endpoint(actor=self.actor, public_id=endpoint)
        return self.answer(WebhookEndpointSerializer, paused)


class ResumeEndpoint(ApiView):
    """The end of a rest."""

    @extend_schema(
        operation_id="resume_webhook_endpoint", request=None, responses=WebhookEndpointSerializer
    )
    def post(self, request: Request, endpoint: str) -> Response:
        """Send again, what waited first. Twice is once."""
        resumed = actions.resume_endpoint(actor=self.actor, public_id=endpoint)
        return self.answer(WebhookEndpointSerializer, resumed)


class TestEndpoint(ApiView):
    """A message that says nothing happened."""

    @extend_schema(
        operation_id="test_webhook_endpoint",
        request=None,
        responses={202: WebhookMessageSerializer},
    )
    def post(self, request: Request, endpoint: str) -> Response:
        """Put a test message on its way."""
        message = actions.send_test(actor=self.actor, public_id=endpoint)
        return self.answer(WebhookMessageSerializer, message, status=202)


class ReplayMessages(ApiView):
    """Messages of a period, once more."""

    @extend_schema(
        operation_id="replay_webhook_messages",
        request=WebhookReplaySerializer,
        responses={202: WebhookReplayedSerializer},
    )
    def post(self, request: Request, endpoint: str) -> Response:
        """Send them again, the oldest 1,000; each keeps its id."""
        given = self.clean(WebhookReplaySerializer)
        count = actions.replay(actor=self.actor, public_id=endpoint, **given)
        return Response({"count": count}, status=202)


class MessageList(ApiView):
    """What was sent to an endpoint in the last 30 days."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_webhook_messages",
        parameters=[
            OpenApiParameter("status", str, enum=WebhookMessage.Status.values, description="only")
        ],
        responses=WebhookMessageSerializer(many=True),
    )
    def get(self, request: Request, endpoint: str) -> Response:
        """Newest first."""
        found = queries.get_endpoint(self.actor, endpoint)
        status = one_of(request, "status", WebhookMessage.Status.values)
        rows = queries.messages_of(found, status)
        return self.page(WebhookMessageSerializer, rows)


class MessageDetail(ApiView):
    """One message."""

    @extend_schema(operation_id="get_webhook_message", responses=WebhookMessageDetailSerializer)
    def get(self, request: Request, endpoint: str, message: str) -> Response:
        """What was sent, and what came back each time."""
        found = queries.get_message(self.actor, endpoint, message)
        return self.answer(WebhookMessageDetailSerializer, found)


class ReplayMessage(ApiView):
    """One message, once more."""

    @extend_schema(
        operation_id="replay_webhook_message",
        request=None,
        responses={202: WebhookMessageSerializer},
    )
    def post(self, request: Request, endpoint: str, message: str) -> Response:
        """Send it again; it keeps its id."""
        actions.replay(actor=self.actor, public_id=endpoint, message=message)
        found = queries.get_message(self.actor, endpoint, message)
        return self.answer(WebhookMessageSerializer, found, status=202)


def _with_secret(endpoint: WebhookEndpoint, secret: str, status: int) -> Response:
    shown = {**WebhookEndpointSerializer(endpoint).data, "secret": secret}
    return Response(shown, status=status, headers={"Cache-Control": "no-store"})
