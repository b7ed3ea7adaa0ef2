"""API tokens: made once, shown once, revoked at once; and the access tokens made from them."""

import hashlib
import secrets
import zlib
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.access_tokens import Claims, sign_access_token
from accounts.actor import ACCESS_TOKEN, Actor
from accounts.events import (
    ACCESS_TOKEN_ISSUED,
    API_TOKEN_CREATED,
    API_TOKEN_LIMITED,
    API_TOKEN_REVOKED,
)
from accounts.models import ApiToken
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import record

# Secret scanners find `mkt_` followed by 43 characters and 8 hex digits: a random part and its
# CRC-32, so that a scanner can tell a token from a chance without asking us.
PREFIX = "mkt_"
# Of the test twin, so that nobody takes one for the other; scanners find both.
TEST_PREFIX = "mkt_test_"
CHECKSUM_LENGTH = 8
MOST_PER_MINUTE = 10_000


def digest_of(secret: str) -> str:
    """SHA-256 of a token, hex. The secret has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """A token as it is shown: prefix, 256 random bits, checksum."""
    body = secrets.token_urlsafe(32)
    prefix = TEST_PREFIX if settings.TWIN_OF else PREFIX
    return f"{prefix}{body}{zlib.crc32(body.encode()):08x}"


@transaction.atomic
def create_api_token(
    *, actor: Actor, name: str, scopes: Iterable[str] | None = None, days: int = 365
) -> tuple[ApiToken, str]:
    """A token and its secret, which is not kept. `scopes` default to all the actor's own.

    Raises NotAllowed without the permission, DomainError for a scope beyond the actor's power.
    """
    actor.check(Permission.MANAGE_TOKENS)
    wanted = _narrowed(actor, scopes)
    secret = new_secret()
    assert actor.user is not None  # the permission check passed
    token = ApiToken.objects.create(
        organization=actor.company,
        created_by=actor.user,
        name=name,
        digest=digest_of(secret),
        hint=secret[: len(TEST_PREFIX) + 3] if settings.TWIN_OF else secret[:8],
        scopes=sorted(wanted),
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(API_TOKEN_CREATED, token, actor=actor, visible_to=[token.organization], name=name)
    return token, secret


@transaction.atomic
def revoke_api_token(*, actor: Actor, public_id: str) -> ApiToken:
    """End a token; every later request with it, or with what was made from it, is refused."""
    actor.check(Permission.MANAGE_TOKENS)
    token = ApiToken.objects.filter(organization=actor.organization, public_id=public_id).first()
    if token is None:
        raise NotFound()
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(
            API_TOKEN_REVOKED, token, actor=actor, visible_to=[token.organization], name=token.name
        )
        token.refresh_from_db()
    return token


@transaction.atomic
def limit_api_token(*, actor: Actor, public_id: str, per_minute: int | None) -> ApiToken:
    """Staff give one token a limit of its own, requests a minute; None is everybody's again.

    Raises NotFound, NotAllowed for others than staff, DomainError outside 1 to 10,000.
    """
    if not actor.is_staff:
        raise NotAllowed("Only staff set the limit of a token.")
    if per_minute is not None and not 1 <= per_minute <= MOST_PER_MINUTE:
        raise DomainError(f"A limit is 1 to {MOST_PER_MINUTE:,} requests a minute.")
    token = ApiToken.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if token is None:
        raise NotFound()
    token.requests_per_minute = per_minute
    token.save(update_fields=["requests_per_minute"])
    record(
        API_TOKEN_LIMITED,
        token,
        actor=actor,
        visible_to=[token.organization],
        name=token.name,
        limit=f"{per_minute} requests a minute" if per_minute else "the usual one",
    )
    return token


@transaction.atomic
def issue_access_token(*, actor: Actor, scopes: Iterable[str] | None = None) -> str:
    """A JSON web token of five minutes for the credential the actor came with.

    Raises NotAllowed for a caller who came with an access token (it would never end) or whose
    credential cannot be told, DomainError for a scope beyond the actor's power.
    """
    if actor.user is None or not actor.credential or actor.via == ACCESS_TOKEN:
        raise NotAllowed(
            "An access token is made from an API token or from a sign-in, not from another one."
        )
    wanted = _narrowed(actor, scopes)
    record(
        ACCESS_TOKEN_ISSUED,
        actor.user,
        actor=actor,
        thread=actor.company,
        visible_to=[actor.company],
        via=actor.via,
    )
    return sign_access_token(
        Claims(actor.public_id, actor.company.public_id, actor.credential, wanted)
    )


def _narrowed(actor: Actor, scopes: Iterable[str] | None) -> frozenset[str]:
    """The scopes asked for, all the actor's own without any. Raises DomainError beyond them."""
    own = frozenset(actor.permissions)
    wanted = own if scopes is None else frozenset(scopes)
    if not wanted <= own:
        raise DomainError("A token cannot do more than you can.", fields={"scopes": "Too wide."})
    return wanted
