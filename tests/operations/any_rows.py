"""Rows of any model, which need not make sense: enough to fill a list of the admin."""

import datetime
import itertools
import uuid
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.db.models import Field, Model

from marketplace.core.ids import PublicIdField

_numbers = itertools.count(1)
LONG_AGO = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
# Of these only one row may be open at a time, or lists hide what a row is made with.
APART: dict[str, dict[str, Any]] = {
    "payments.Reconciliation": {"ended_at": LONG_AGO},
    "quotes.Quote": {"state": "submitted"},
    "directory.Application": {"state": "applied"},
}
# Enough for an object of the mirror to have a name.
STRIPES = {
    "amount": 1, "net": 1, "currency": "eur", "status": "available", "reason": "fraudulent",
    "type": "charge", "amount_reversed": 0,
}  # fmt: skip


def without_checks() -> None:
    """Take the database's CHECKs and triggers away until the test is rolled back (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint "
            "WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace"
            " AND conrelid <> 0"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        # Keys across tables and rules of the ledger are triggers.
        cursor.execute("SET LOCAL session_replication_role = replica")


def make_any(model: type[Model], deep: int = 0, **given: Any) -> Model:
    """One more row with everything it must have, and as many relations as may be."""
    number = next(_numbers)
    given = {**APART.get(model._meta.label, {}), **given}
    if hasattr(model, "stripe_data"):
        is_dispute = model._meta.model_name == "dispute"
        given["stripe_data"] = {**STRIPES, "status": "lost"} if is_dispute else STRIPES
    row = model(**given)
    for field in model._meta.concrete_fields:
        if field.primary_key and not field.is_relation and field.has_default():
            continue
        if field.name in given or isinstance(
            field, models.AutoField | PublicIdField | models.GeneratedField
        ):
            continue
        if field.is_relation:
            if field.null and (deep > 2 or field.related_model is model):
                continue
            setattr(row, field.name, _related(field, deep + 1))
        elif not field.null or field.get_internal_type() not in ("DateTimeField", "DateField"):
            setattr(row, field.name, _value(field, number))
    row.save(force_insert=True)
    return row


def _related(field: Field, deep: int) -> Model:
    """A row of its own for what a list may show; further away one that others have too."""
    model: Any = field.related_model
    if deep < 3 or field.unique:
        return make_any(model, deep)
    return model._base_manager.first() or make_any(model, deep)


def _value(field: Field, number: int) -> Any:
    if field.choices and field.flatchoices:
        return field.get_default() or field.flatchoices[0][0]
    kind = field.get_internal_type()
    if kind in ("CharField", "TextField", "SlugField", "EmailField", "URLField"):
        if kind == "EmailField":
            return f"p{number}@example.com"
        if (field.max_length or 99) <= 3:
            return {2: "DE", 3: "EUR"}.get(field.max_length or 0, "x")
        return f"{number:x}"[: field.max_length]
    moments = {
        "DateTimeField": LONG_AGO,
        "DateField": datetime.date(2026, 1, 1),
    }
    if kind in moments:
        return moments[kind] + datetime.timedelta(days=number)
    plain: dict[str, Any] = {
        "BooleanField": False, "JSONField": {}, "DecimalField": Decimal(1), "FloatField": 1.0,
        "DurationField": datetime.timedelta(1), "UUIDField": uuid.uuid4(), "BinaryField": b"x",
        "GenericIPAddressField": "192.0.2.1", "TimeField": datetime.time(1),
    }  # fmt: skip
    if kind in plain:
        return field.get_default() if field.has_default() and kind == "JSONField" else plain[kind]
    return number if kind.endswith("IntegerField") else field.get_default()
