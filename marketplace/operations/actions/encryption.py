"""Writing every sealed value anew with the newest key of ENCRYPTION_KEY."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from accounts.models import Organization
from accounts.vat import hash_of_vat_id
from marketplace.core.encryption import EncryptedTextField, decrypt, encrypt

BATCH = 200
# What second factors keep sealed in their JSON: the key of an app, the seed of recovery codes.
SECRETS = ("secret", "seed")


def rotate_encryption() -> dict[str, int]:
    """Open and seal every value again; how many rows of each kind were written.

    In short transactions, so that the site goes on; it may be stopped and run again. Raises
    UndecryptableValue when no key opens a value; what came before it is written.
    """
    counts = {f"{model._meta.label}.{name}": 0 for model, name in _fields()}
    for model, name in _fields():
        for keys in _batches(model):
            counts[f"{model._meta.label}.{name}"] += _seal_again(model, name, keys)
    counts["mfa.Authenticator"] = sum(_seal_factors(keys) for keys in _batches(Authenticator))
    return counts


def _fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedTextField):
                yield model, field.name


def _batches(model: type[models.Model]) -> Iterator[list[int]]:
    """Row numbers in ascending runs of BATCH."""
    last = 0
    while True:
        rows = model._default_manager.filter(pk__gt=last).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        yield keys
        last = keys[-1]


@transaction.atomic
def _seal_again(model: type[models.Model], name: str, keys: list[int]) -> int:
    rows: Any = model._default_manager.select_for_update().filter(pk__in=keys).exclude(**{name: ""})
    written = 0
    for row in rows:
        changed = {name: getattr(row, name)}
        if isinstance(row, Organization):
            # The hash that finds a VAT id is keyed too.
            changed["vat_id_hash"] = hash_of_vat_id(row.vat_id)
        written += model._default_manager.filter(pk=row.pk).update(**changed)
    return written


@transaction.atomic
def _seal_factors(keys: list[int]) -> int:
    written = 0
    for factor in Authenticator.objects.select_for_update().filter(pk__in=keys):
        sealed = {name: factor.data[name] for name in SECRETS if factor.data.get(name)}
        if sealed:
            opened = {name: encrypt(decrypt(value)) for name, value in sealed.items()}
            factor.data = {**factor.data, **opened}
            factor.save(update_fields=["data"])
            written += 1
    return written
