"""What belongs to the demo, and what hinders its going.

The marks are `is_demo` of people and organizations, never an address or a name. From them the
foreign keys and the words by which rows name each other lead to everything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from accounts.models import Membership, Organization, StaffVisit, User
from marketplace.files.models import StoredFile
from marketplace.operations.clearing.relations import (
    Table,
    is_emptied,
    is_part,
    keys_of,
    owned,
    pointing_at,
    target_of,
)
from marketplace.operations.clearing.ties import (
    Rows,
    chunks,
    emptied_series,
    logged,
    mirror_tables,
    named,
    named_within,
    of_the_test_mode,
    seen_by_these_only,
    told_in_test_mode,
    values_of,
    words_of,
)
from marketplace.operations.models import DataExport
from marketplace.parts.models import Upload
from payments.models import InboundEvent, PaymentAttempt

MOST_NAMED = 20
# That somebody of the demo's staff looked at a real organization hinders nothing: the facts of it
# stay in its audit log, the visit itself goes with the account.
LOOKING = (StaffVisit,)


@dataclass
class Demo:
    """Everything of the demo. `rows` are primary keys by table; `emptied` the keys, by (table,
    column), that point into it from rows that stay."""

    rows: Rows = field(default_factory=dict)
    emptied: dict[tuple[Table, str], set[Any]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    @property
    def is_there(self) -> bool:
        """True while a marked person or organization is left."""
        return bool(self.rows.get(User) or self.rows.get(Organization))

    @property
    def rows_are_left(self) -> bool:
        """True while any row is."""
        return any(self.rows.values())

    def accounts(self) -> list[str]:
        """The e-mail addresses that can no longer sign in."""
        return sorted(email for (email,) in values_of(User, self.rows.get(User, ()), "email"))

    def counts(self) -> list[tuple[str, int]]:
        """Rows by table, the tables by name."""
        return sorted((model._meta.db_table, len(pks)) for model, pks in self.rows.items() if pks)

    def files(self) -> list[tuple[str, str, int]]:
        """What lies in storage: key, name and bytes."""
        kept = values_of(StoredFile, self.rows.get(StoredFile, ()), "content", "name", "size")
        found = [(key, name, size) for key, name, size in kept if key]
        for path, pieces in values_of(Upload, self.rows.get(Upload, ()), "path", "chunks"):
            found += [(key, f"{path} (piece)", size) for key, size in pieces]
        return found


def demo() -> Demo:
    """Find all of it. Reads only; a few queries a table."""
    found = Demo()
    marked: Rows = {
        model: set(model._base_manager.filter(is_demo=True).values_list("pk", flat=True))
        for model in (User, Organization)
    }
    _take(found, marked)
    if not found.is_there:
        if settings.STRIPE_LIVE_MODE:
            # The sandbox may have told something after the demo had gone.
            _take(found, told_in_test_mode())
        return found
    _take(found, {StoredFile: set(_copies_of_people(found))})
    # What is named may name further rows: a fact names an order, a notification names the fact.
    known: set[str] = set()
    while found.words != known:
        known = set(found.words)
        _take(found, named(known))
        _take(found, named_within(known))
        _take(found, seen_by_these_only(_public_ids(found, Organization)))
    _take(found, of_the_test_mode(found.rows, found.words))
    _take(found, logged(found.rows))
    _take(found, emptied_series(found.rows))
    return found


def _take(found: Demo, rows: Rows) -> None:
    """Add rows with everything that hangs on them."""
    waiting = [(model, set(pks)) for model, pks in rows.items()]
    while waiting:
        model, pks = waiting.pop()
        new = pks - found.rows.get(model, set())
        if not new:
            continue
        found.rows.setdefault(model, set()).update(new)
        if model not in LOOKING:
            found.words |= words_of(model, new)
        for other, key in pointing_at().get(model, ()):
            hanging: set[Any] = set()
            for some in chunks(new):
                # By the primary key, whichever column the key itself points at.
                rows_there = other._base_manager.filter(**{f"{key.name}__pk__in": some})
                hanging.update(rows_there.values_list("pk", flat=True))
            if is_emptied(key):
                found.emptied.setdefault((other, key.name), set()).update(hanging)
            else:
                waiting.append((other, hanging))


def _copies_of_people(found: Demo) -> Iterator[Any]:
    """The archives of people's data; such a file has no organization that it could hang on."""
    exports = DataExport.objects.filter(pk__in=found.rows.get(DataExport, ()))
    yield from exports.exclude(file=None).values_list("file", flat=True)
    people = found.rows.get(User, ())
    alone = StoredFile.objects.filter(organization=None, created_by__in=people)
    yield from alone.values_list("pk", flat=True)


def _public_ids(found: Demo, model: Table) -> set[str]:
    return {one for (one,) in values_of(model, found.rows.get(model, ()), "public_id")}


def hindrances(found: Demo) -> list[str]:
    """Why it may not go, each a sentence that names a row; at most MOST_NAMED of them."""
    sentences = [*_real_members(found), *_real_rows(found), *live_objects(found)]
    more = len(sentences) - MOST_NAMED
    return sentences[:MOST_NAMED] + ([f"... and {more} more."] if more > 0 else [])


def _real_members(found: Demo) -> Iterator[str]:
    people = found.rows.get(User, set())
    for some in chunks(found.rows.get(Membership, ())):
        rows = Membership.objects.filter(pk__in=some).exclude(user__in=people)
        for row in rows.select_related("user", "organization"):
            yield (
                f"{row.user.email} is no demo account and is a member of {row.organization.name}, "
                "which is one of the demo. Take them out of its team first."
            )


def _real_rows(found: Demo) -> Iterator[str]:
    """Rows that would go and are not the demo's alone.

    A row that is a part of others goes where all of them go. One that only refers to others, as an
    order to its two sides, goes where every one of these does.
    """
    for model, pks in found.rows.items():
        keys = [key for key in keys_of(model) if not is_emptied(key) and target_of(key) in owned()]
        if not keys or model in LOOKING:
            continue
        columns = [key.attname for key in keys]
        for pk, *targets in values_of(model, pks, "pk", *columns):
            present = [(k, t) for k, t in zip(keys, targets, strict=True) if t is not None]
            wholes = [(k, t) for k, t in present if is_part(k)] or present
            for key, target in wholes:
                if target not in found.rows.get(target_of(key), set()):
                    yield _sentence(model, pk, key, target)
                    break


def _sentence(model: Table, pk: Any, key: Any, target: Any) -> str:
    row = model._base_manager.get(pk=pk)
    other = target_of(key)._base_manager.get(pk=target)
    named_as = getattr(row, "public_id", "") or f"{model._meta.db_table} {pk}"
    return (
        f"The {model._meta.verbose_name} {row} ({named_as}) belongs to the demo and to "
        f"{key.verbose_name} {other}, which is real."
    )


def live_objects(found: Demo) -> Iterator[str]:
    """What of it is attached to real money at Stripe."""
    for some in chunks(found.rows.get(PaymentAttempt, ())):
        paid = PaymentAttempt.objects.filter(pk__in=some, session__startswith="cs_live_")
        for session in paid.values_list("session", flat=True):
            yield f"A payment of the demo was opened with Stripe's live keys ({session})."
    for some in chunks(found.rows.get(InboundEvent, ())):
        told = InboundEvent.objects.filter(pk__in=some, payload__livemode=True)
        for event, of in told.values_list("event_id", "object_id"):
            yield f"Stripe's live mode told of {of}, which is the demo's (event {event})."
    for model in mirror_tables():
        for some in chunks(found.rows.get(model, ())):
            live = model._base_manager.filter(pk__in=some, livemode=True)
            for one in live.values_list("pk", flat=True):
                yield f"The {model._meta.verbose_name} {one} of Stripe's live mode is attached."
