"""Who we are to the push services of browsers: a key of our own (VAPID, RFC 8292)."""

import base64
import time
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

# A push service takes a signature of at most a day.
VALID_SECONDS = 12 * 3600


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def _key(secret: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(base64.urlsafe_b64decode(secret + "="), "big")
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key() -> str:
    """The key a browser subscribes with, in base64url; "" where push is off."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    form = serialization.PublicFormat.UncompressedPoint
    point = _key(settings.VAPID_PRIVATE_KEY).public_key()
    return _text(point.public_bytes(serialization.Encoding.X962, form))


def authorization(origin: str) -> str:
    """The header by which the push service at `origin` knows that a message is ours."""
    claims = {
        "aud": origin,
        "exp": int(time.time()) + VALID_SECONDS,
        "sub": settings.SITE_URL,
    }
    signed = jwt.encode(claims, _key(settings.VAPID_PRIVATE_KEY), algorithm="ES256")
    return f"vapid t={signed}, k={public_key()}"
