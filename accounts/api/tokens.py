"""API tokens and access tokens for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import callers, queries
from accounts.access_tokens import LIFETIME
from accounts.actions.tokens import create_api_token, issue_access_token, revoke_api_token
from accounts.actor import Actor
from accounts.roles import Permission
from accounts.sessions import signed_in_recently
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotAllowed

SCOPES_HELP = "permissions; all of the caller's own when left out"


class ApiTokenSerializer(serializers.Serializer):
    """A token without its secret."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    hint = serializers.CharField(help_text="the first characters of the secret")
    scopes = serializers.ListField(child=serializers.ChoiceField(Permission.choices))
    created_by = serializers.CharField(source="created_by.public_id")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    requests_per_minute = serializers.IntegerField(
        allow_null=True, help_text="its own limit, which staff set; null: the one of everybody"
    )


class NewApiTokenSerializer(ApiTokenSerializer):
    """A token with its secret, which no later answer contains."""

    secret = serializers.CharField()


class CreateApiTokenSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    days = serializers.IntegerField(min_value=1, max_value=730, default=365)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Permission.choices), required=False, help_text=SCOPES_HELP
    )


class AskAccessTokenSerializer(serializers.Serializer):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Permission.choices), required=False, help_text=SCOPES_HELP
    )


class AccessTokenSerializer(serializers.Serializer):
    access_token = serializers.CharField(help_text="a JSON web token")
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="seconds")


def check_recent(request: Request, actor: Actor) -> None:
    """A page repeats its sign-in before a dangerous act; a program showed a credential."""
    if actor.via == "page" and not signed_in_recently(request._request):
        raise NotAllowed(
            "You signed in a while ago. Sign in again, then do this.",
            code="sign_in_again",
        )


class ApiTokenList(ApiView):
    """The organization's API tokens."""

    shows_secret = True

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_api_tokens", responses=ApiTokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.page(ApiTokenSerializer, queries.api_tokens_of(self.actor))

    @extend_schema(
        operation_id="create_api_token",
        request=CreateApiTokenSerializer,
        responses={201: NewApiTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a token; its secret is in this answer only."""
        check_recent(request, self.actor)
        given = self.clean(CreateApiTokenSerializer)
        token, secret = create_api_token(actor=self.actor, **given)
        shown = {**ApiTokenSerializer(token).data, "secret": secret}
        return Response(shown, status=201, headers={"Cache-Control": "no-store"})


class RevokeApiToken(ApiView):
    """The end of a token."""

    @extend_schema(operation_id="revoke_api_token", request=None, responses=ApiTokenSerializer)
    def post(self, request: Request, token: str) -> Response:
        """Refuse every later call with it. Twice is once."""
        revoked = revoke_api_token(actor=self.actor, public_id=token)
        return self.answer(ApiTokenSerializer, revoked)


class AccessTokenList(ApiView):
    """Short-lived access tokens."""

    shows_secret = True

    @extend_schema(
        operation_id="issue_access_token",
        request=AskAccessTokenSerializer,
        responses={201: AccessTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """A JSON web token of five minutes for the API token or the sign-in of this call."""
        check_recent(request, self.actor)
        actor = callers.actor_of_sign_in(self.actor, request._request.session.session_key)
        text = issue_access_token(actor=actor, **self.clean(AskAccessTokenSerializer))
        shown = {
            "access_token": text,
            "token_type": "Bearer",  # nosec B105 - a kind of token
            "expires_in": int(LIFETIME.total_seconds()),
        }
        return Response(shown, status=201, headers={"Cache-Control": "no-store"})
