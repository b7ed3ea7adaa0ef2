"""Columns that are encrypted at rest, and a keyed hash to find them by.

The keys come from ENCRYPTION_KEY: the first encrypts, every one decrypts, so a new key is put in
front, `manage.py rotate_encryption_key` writes all values with it, and the old one is taken out.
Fernet (AES-128-CBC with HMAC-SHA256) from the `cryptography` package; the 256-bit keys are derived
from the texts with HKDF-SHA256, one for each purpose.
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

MARK = "enc1:"


class UndecryptableValue(Exception):
    """No key of ENCRYPTION_KEY opens a stored value: a key was taken out too early."""


def derived_key(key: str, purpose: str) -> bytes:
    """32 bytes of one key for one purpose."""
    derivation = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=f"marketplace:{purpose}".encode()
    )
    return derivation.derive(key.encode())


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(derived_key(key, "encryption"))) for key in keys]
    )


def encrypt(text: str) -> str:
    """`text` sealed with the newest key; "" stays ""."""
    if not text:
        return ""
    return MARK + _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """What `encrypt` sealed. Raises UndecryptableValue when no key opens it."""
    if not sealed:
        return ""
    try:
        opened = _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(
            sealed.removeprefix(MARK).encode(), ttl=None
        )
    except InvalidToken as error:
        raise UndecryptableValue(
            "A stored value cannot be opened with any key of ENCRYPTION_KEY. "
            "Put the key it was written with back behind the new one."
        ) from error
    return opened.decode()


def keyed_hashes(value: str, purpose: str) -> list[str]:
    """The HMAC-SHA256 of a value for each key, newest first: look a value up with `__in`.

    `purpose` keeps equal values of different columns from having equal hashes.
    """
    return [
        hmac.new(derived_key(key, f"hash:{purpose}"), value.encode(), hashlib.sha256).hexdigest()
        for key in settings.ENCRYPTION_KEYS
    ]


class EncryptedTextField(models.TextField):
    """Text that is encrypted in the database and plain in Python. It cannot be filtered by."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> str | None:
        """The plain text. Raises UndecryptableValue."""
        return value if value is None else decrypt(value)
