"""Access tokens: JSON web tokens of five minutes, signed with JWT_SECRET_KEY.

One names the credential it was issued for (an API token, or a sign-in) and is worth nothing once
that is revoked or ended: it is looked up on every call. It is for handing on to a place that
should not hold a lasting secret, such as a script in a browser or a job of one run.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.conf import settings
from django.utils import timezone

LIFETIME = timedelta(minutes=5)
ALGORITHM = "HS256"
AUDIENCE = "api"
REQUIRED = ["exp", "iat", "sub", "org", "credential", "scopes"]


@dataclass(frozen=True)
class Claims:
    """What an access token says: ids are public ids, `scopes` are permissions."""

    user: str
    organization: str
    credential: str
    scopes: frozenset[str]


def _key_id(key: str) -> str:
    """Names a key without telling it, so that the right one is tried after a rotation."""
    return hashlib.sha256(f"jwt:{key}".encode()).hexdigest()[:12]


def sign_access_token(claims: Claims) -> str:
    """A signed token that ends after LIFETIME."""
    now = timezone.now()
    key = settings.JWT_SECRET_KEYS[0]
    payload = {
        "iss": settings.SITE_URL,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": uuid.uuid4().hex,
        "sub": claims.user,
        "org": claims.organization,
        "credential": claims.credential,
        "scopes": sorted(claims.scopes),
    }
    return jwt.encode(payload, key, algorithm=ALGORITHM, headers={"kid": _key_id(key)})


def read_access_token(text: str) -> Claims | None:
    """The claims of a token of ours that has not ended, else None. Older keys still read."""
    try:
        named = jwt.get_unverified_header(text).get("kid")
        key = next((k for k in settings.JWT_SECRET_KEYS if _key_id(k) == named), None)
        if key is None:
            return None
        payload = jwt.decode(
            text,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=settings.SITE_URL,
            options={"require": REQUIRED},
        )
    except jwt.InvalidTokenError:
        return None
    return Claims(
        payload["sub"], payload["org"], payload["credential"], frozenset(payload["scopes"])
    )
