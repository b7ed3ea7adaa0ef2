"""Public ids and short references: what people and integrators see instead of row numbers."""

import secrets
from typing import Any

from django.db import models

# Crockford's base 32 alphabet: no I, L, O, U, so an id survives being read over the phone.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_public_id(prefix: str) -> str:
    """A random id such as `rfq_7h3k...`: prefix, underscore, 20 characters (100 bits)."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(20))}"


def new_reference(prefix: str) -> str:
    """A short random reference for people, such as `RFQ-7H3K9Q`.

    Random, so that neither side learns from it how many others exist; the column is unique.
    """
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(6)).upper()}"


class _GeneratedField(models.CharField):
    """A unique text made once from a prefix."""

    length = 40

    def __init__(self, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("max_length", self.length)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["prefix"] = self.prefix
        return name, path, args, kwargs


class PublicIdField(_GeneratedField):
    """The id in URLs and the API; `prefix` says what it names."""

    def get_default(self) -> str:
        return new_public_id(self.prefix)


class ReferenceField(_GeneratedField):
    """The short name people use in mails and on the phone."""

    length = 20

    def get_default(self) -> str:
        return new_reference(self.prefix)
