"""API tokens: made once, shown once, revoked at once."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.events import API_TOKEN_CREATED, API_TOKEN_REVOKED
from accounts.models import ApiToken
from accounts.roles import BUNDLES, Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record

PREFIX = "mkt_"


def digest_of(secret: str) -> str:
    """SHA-256 of a token, hex. The secret has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_api_token(
    *, actor: Actor, name: str, scopes: Iterable[str] | None = None, days: int = 365
) -> tuple[ApiToken, str]:
    """A token and its secret, which is not kept. `scopes` default to all the actor's own.

    Raises NotAllowed without the permission, DomainError for a scope beyond the actor's role.
    """
    actor.check(Permission.MANAGE_TOKENS)
    own = BUNDLES[actor.role].permissions
    wanted = own if scopes is None else frozenset(scopes)
    if not wanted <= own:
        raise DomainError("A token cannot do more than you can.", fields={"scopes": "Too wide."})
    secret = PREFIX + secrets.token_urlsafe(32)
    assert actor.user is not None  # the permission check passed
    token = ApiToken.objects.create(
        organization=actor.company,
        created_by=actor.user,
        name=name,
        digest=digest_of(secret),
        hint=secret[:8],
        scopes=sorted(wanted),
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(API_TOKEN_CREATED, token, actor=actor, visible_to=[token.organization], name=name)
    return token, secret


@transaction.atomic
def revoke_api_token(*, actor: Actor, public_id: str) -> ApiToken:
    """End a token; every later request with it is refused. Twice is once."""
    actor.check(Permission.MANAGE_TOKENS)
    token = ApiToken.objects.filter(organization=actor.organization, public_id=public_id).first()
    if token is None:
        raise NotFound()
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(
            API_TOKEN_REVOKED, token, actor=actor, visible_to=[token.organization], name=token.name
        )
    return token
