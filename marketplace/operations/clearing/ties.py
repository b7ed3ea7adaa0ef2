"""Rows that name a thing of the demo in words instead of by a key.

History names its subjects by public id, so that it outlives them; the books name accounts by
whom they are of; what Stripe told names Stripe's objects. A table that is neither reached by keys
nor named here is the installation's own (`KEPT`); a test refuses one that is in none of the three.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import CharField

from accounts.models import AccountMail, Organization, User
from marketplace.core.models import Event, KeptAnswer, NumberSeries, Sighting
from marketplace.directory import models as directory
from marketplace.files.models import FileAccess, RoomRevocation
from marketplace.integrations.models import WebhookMessage
from marketplace.messaging.models import ReadMark
from marketplace.notifications.models import Notification
from marketplace.operations.clearing.relations import Table, hanging_on, reachable, tables
from payments.models import (
    ConnectedAccount,
    CreditAccount,
    Discrepancy,
    DisputeCase,
    EventCursor,
    InboundEvent,
    LedgerAccount,
    LedgerEntry,
    Payer,
    PaymentRequest,
    Reconciliation,
    TaxRate,
)
from quotes.models import EstimateCalibration

MIRROR = "djstripe"
Rows = dict[Table, set[Any]]
# Columns that hold, as a whole, a public id, an id of Stripe, an address or the key of a session.
NAMED_BY: Mapping[Table, tuple[str, ...]] = {
    Event: ("subject", "thread"),
    Sighting: ("organization",),
    Notification: ("event_id",),
    WebhookMessage: ("event_id",),
    ReadMark: ("subject",),
    FileAccess: ("room",),
    RoomRevocation: ("room",),
    AccessAttempt: ("username",),
    AccessFailureLog: ("username",),
    AccessLog: ("username",),
    Session: ("session_key",),
    InboundEvent: ("event_id", "object_id", "account"),
    EventCursor: ("account",),
    # Of a claim on money that goes back: it has no payment.
    DisputeCase: ("charge",),
}
# Columns that hold such a word among others.
NAMED_WITHIN: Mapping[Table, str] = {KeptAnswer: "caller", LedgerAccount: "name"}
SEVERAL = (AccountMail, Discrepancy, LogEntry, NumberSeries, Reconciliation, EstimateCalibration)
# What an installation has without anybody in it.
KEPT: tuple[Table, ...] = (
    ContentType,
    Permission,
    Group,
    TaxRate,
    directory.Material,
    directory.Process,
    directory.Finish,
    directory.Certification,
    directory.InspectionLevel,
    directory.QualityDocument,
    directory.PublishedFigure,
    directory.ExchangeRate,
)
# Their keys lead to those, or to applications that an outside identity is set up with.
KEPT_APPS = ("auth", "contenttypes", "socialaccount")
STRIPE_ID = re.compile(r"(acct|ch|cs|cus|dp|du|evt|fr|pi|po|py|pyr|re|tr|trr|txn)_\w+")
# With a row of these somebody has to do with money.
OF_MONEY: tuple[Table, ...] = (PaymentRequest, ConnectedAccount, CreditAccount, Payer)
# Columns with a number of a series.
NUMBERS = {"number", "rma_number"}
# The platform's own account in the sandbox, which nothing of ours names.
SANDBOX_PLATFORM = "acct_1SandboxPlatform"
CHUNK = 500


def unclassified() -> list[str]:
    """Tables of which nobody has said whether a demo can leave something in them."""
    known = {*hanging_on(Organization, User, *NAMED_BY, *NAMED_WITHIN), *SEVERAL, *KEPT}
    return [
        model._meta.label
        for model in tables()
        if model not in known
        and not is_kept(model)
        and model._meta.app_label != MIRROR
        # Runs, samples and figures of the installation itself.
        and not model.__module__.startswith("marketplace.operations")
    ]


def is_kept(model: Table) -> bool:
    """True for a table that an installation fills by itself, or that joins two of those."""
    keys = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    joins = bool(model._meta.auto_created) and all(key in KEPT for key in keys)
    return joins or model in KEPT or model._meta.app_label in KEPT_APPS


def words_of(model: Table, pks: Iterable[Any]) -> set[str]:
    """The words by which other rows may name these."""
    columns = [f.name for f in model._meta.concrete_fields if f.name == "public_id"]
    columns += {User: ["email"], UserSession: ["session_key"]}.get(model, [])
    of_payments = model._meta.app_label == "payments"
    if of_payments:
        columns += [f.name for f in model._meta.concrete_fields if type(f) is CharField]
    found: set[str] = set()
    for row in values_of(model, pks, *columns) if columns else ():
        for name, value in zip(columns, row, strict=True):
            plain = name in ("public_id", "email", "session_key")
            if value and (plain or STRIPE_ID.fullmatch(value)):
                found.add(value)
    return found


def values_of(model: Table, pks: Iterable[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    """The columns of some rows, a few hundred at a time."""
    for some in chunks(pks):
        yield from model._base_manager.filter(pk__in=some).values_list(*columns)


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Runs of at most CHUNK values."""
    listed = sorted(values)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def named(words: set[str]) -> Rows:
    """The rows that name one of these words as a whole column."""
    found: Rows = {}
    for model, columns in NAMED_BY.items():
        for column in columns:
            for some in chunks(words):
                rows = model._base_manager.filter(**{f"{column}__in": some})
                found.setdefault(model, set()).update(rows.values_list("pk", flat=True))
    return found


def named_within(words: set[str]) -> Rows:
    """The rows that name one of these words among others; small tables, read as a whole."""
    found: Rows = {}
    for model, column in NAMED_WITHIN.items():
        for pk, text in model._base_manager.values_list("pk", column).iterator():
            if not words.isdisjoint(re.split(r"[:\s]", text)):
                found.setdefault(model, set()).add(pk)
    for mail in AccountMail.objects.iterator():
        if json.loads(mail.sealed)["to"] in words:
            found.setdefault(AccountMail, set()).add(mail.pk)
    return found


def logged(rows: Rows) -> Rows:
    """The admin's log entries about these rows, whoever made them, and discrepancies of them."""
    by_label = {model._meta.label_lower: pks for model, pks in rows.items()}
    as_text = {label: set(map(str, pks)) for label, pks in by_label.items()}
    found: Rows = {LogEntry: set(), Discrepancy: set()}
    entries = LogEntry.objects.exclude(content_type=None).values_list(
        "pk", "content_type__app_label", "content_type__model", "object_id"
    )
    for pk, app, model, row in entries.iterator():
        if row in as_text.get(f"{app}.{model}", ()):
            found[LogEntry].add(pk)
    for pk, label, number in Discrepancy.objects.values_list("pk", "model", "row"):
        if number in by_label.get(label.lower(), ()):
            found[Discrepancy].add(pk)
    return found


def seen_by_these_only(organizations: set[str]) -> Rows:
    """The facts that only these organizations see, by their public ids."""
    theirs = Sighting.objects.filter(organization__in=organizations)
    others = Sighting.objects.exclude(organization__in=organizations)
    facts = Event.objects.filter(pk__in=theirs.values("event")).exclude(
        pk__in=others.filter(event__in=theirs.values("event")).values("event")
    )
    return {Event: set(facts.values_list("pk", flat=True))}


def of_the_test_mode(rows: Rows, words: set[str]) -> Rows:
    """What Stripe's sandbox told, and what our books say of nobody.

    The fees and balances of the platform itself belong to nobody. While nobody real has anything
    to do with money they are the demo's; after that only what names the demo goes.
    """
    real = any(
        model._base_manager.exclude(pk__in=rows.get(model, ())).exists() for model in OF_MONEY
    )
    if real and not settings.STRIPE_LIVE_MODE:
        return _mirrored(words)
    found = {**_mirrored({SANDBOX_PLATFORM, *words}), **told_in_test_mode()}
    if not real:
        found[LedgerEntry] = set(LedgerEntry.objects.values_list("pk", flat=True))
        for of_books in (LedgerAccount, Reconciliation, Discrepancy, EventCursor):
            found[of_books] = set(of_books._base_manager.values_list("pk", flat=True))
    return found


def told_in_test_mode() -> Rows:
    """The whole copy of the test mode: with live keys, or without any payment, nothing real."""
    told = InboundEvent.objects.filter(payload__livemode=False)
    found: Rows = {InboundEvent: set(told.values_list("pk", flat=True))}
    for model in mirror_tables():
        # The key in use is the installation's, and so is its account in either mode.
        if model._meta.model_name != "apikey" or settings.STRIPE_LIVE_MODE:
            rows = model._base_manager.filter(livemode=False).order_by()
            found[model] = set(rows.values_list("pk", flat=True))
    return found


def mirror_tables() -> list[Table]:
    """The tables of the copy whose rows say of which mode they are, but for the accounts."""
    return [
        model
        for model in apps.get_app_config(MIRROR).get_models()
        if any(field.name == "livemode" for field in model._meta.concrete_fields)
        and model._meta.model_name != "account"
    ]


def _mirrored(words: set[str]) -> Rows:
    """The objects of Stripe that are named."""
    found: Rows = {}
    for model in apps.get_app_config(MIRROR).get_models():
        key = next((f for f in model._meta.concrete_fields if f.name == "id"), None)
        if isinstance(key, CharField):
            for some in chunks(words):
                rows = model._base_manager.filter(id__in=some).order_by()
                found.setdefault(model, set()).update(rows.values_list("pk", flat=True))
    return found


def emptied_series(rows: Rows) -> Rows:
    """Series of numbers of which no paper is left: the first real one is number 1 again."""
    found: Rows = {NumberSeries: set()}
    papers = [m for m in reachable() if NUMBERS & {f.name for f in m._meta.fields}]
    for pk, name in NumberSeries.objects.values_list("pk", "name"):
        if not any(_has_number(model, name, rows.get(model, set())) for model in papers):
            found[NumberSeries].add(pk)
    return found


def _has_number(model: Table, series: str, gone: set[Any]) -> bool:
    columns = [f.name for f in model._meta.fields if f.name in NUMBERS]
    for column in columns:
        if not isinstance(model._meta.get_field(column), CharField):
            continue
        using = model._base_manager.filter(**{f"{column}__startswith": f"{series}-"})
        if any(pk not in gone for pk in using.values_list("pk", flat=True).iterator()):
            return True
    return False
