"""Certificates: added by the manufacturer, checked by staff, ended by their date."""

from datetime import date, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from marketplace.directory import events
from marketplace.directory.models import Certificate, Certification, Manufacturer
from marketplace.directory.queries import lock_certificate, lock_own_manufacturer, manufacturer_of
from marketplace.directory.rules import check_edits, side_of
from marketplace.directory.states import CERTIFICATE as LIFECYCLE
from marketplace.directory.states import CertificateState
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile

# Days before the last valid day on which people are reminded.
NOTICES = (60, 30, 7)
ALIVE = (CertificateState.WAITING, CertificateState.CHECKED)
MOST_ALIVE = 50
BATCH = 500
TIMER = Actor.system("certificate timer")


def add_certificate(
    *,
    actor: Actor,
    certification: Certification,
    number: str,
    body: str,
    scope: str,
    facility: str,
    issued_on: date,
    expires_on: date,
    upload: File,
    replaces: str = "",
) -> Certificate:
    """Take a certificate with its file; it counts once staff checked it.

    `replaces` is the public id of the predecessor, which goes on counting until then. Raises
    DomainError for dates or a file that cannot be, Conflict for one that is there already.
    """
    profile = manufacturer_of(actor)
    if profile is None:
        raise DomainError("Describe what you make first; certificates belong to a profile.")
    check_edits(actor, profile)
    _check_dates(issued_on, expires_on)
    file = store_upload(actor=actor, upload=upload, kind=StoredFile.Kind.CERTIFICATE)
    values = {
        "certification": certification,
        "number": number,
        "body": body,
        "scope": scope,
        "facility": facility,
        "issued_on": issued_on,
        "expires_on": expires_on,
        "file": file,
    }
    with transaction.atomic():
        return _place(actor, values, replaces)


def _place(actor: Actor, values: dict[str, object], replaces: str) -> Certificate:
    profile = check_edits(actor, lock_own_manufacturer(actor))
    alive = profile.certificates.filter(state__in=ALIVE)
    if len(alive) >= MOST_ALIVE:
        raise DomainError(f"Keep at most {MOST_ALIVE} certificates; withdraw one first.")
    known = {name: values[name] for name in ("certification", "number", "expires_on")}
    if alive.filter(**known).exists():
        raise Conflict("This certificate is in your profile already.")
    old = _of(profile, replaces) if replaces else None
    certificate = Certificate.objects.create(manufacturer=profile, replaces=old, **values)
    _record(events.CERTIFICATE_ADDED, certificate, actor)
    return certificate


def _of(profile: Manufacturer, public_id: str) -> Certificate:
    found = profile.certificates.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def withdraw_certificate(*, actor: Actor, public_id: str) -> Certificate:
    """Take a certificate out of the profile; it counts no more. The record stays."""
    certificate = lock_certificate(public_id)
    check_edits(actor, certificate.manufacturer)
    move(certificate, LIFECYCLE, "withdraw_certificate", by=side_of(actor))
    _record(events.CERTIFICATE_WITHDRAWN, certificate, actor)
    return certificate


@transaction.atomic
def check_certificate(*, actor: Actor, public_id: str) -> Certificate:
    """Staff compared the record with the file; it counts now, and its predecessor ends."""
    certificate = lock_certificate(public_id)
    if certificate.expires_on < timezone.localdate():
        raise DomainError("This certificate expired; refuse it or wait for a new one.")
    move(certificate, LIFECYCLE, "check_certificate", by=side_of(actor))
    _record(events.CERTIFICATE_CHECKED, certificate, actor)
    old = certificate.replaces
    if old is not None and old.state != CertificateState.WITHDRAWN:
        move(old, LIFECYCLE, "withdraw_certificate", by=side_of(TIMER))
        _record(events.CERTIFICATE_WITHDRAWN, old, actor)
    return certificate


@transaction.atomic
def refuse_certificate(*, actor: Actor, public_id: str, reason: str) -> Certificate:
    """Staff do not accept a certificate; the manufacturer reads why."""
    certificate = lock_certificate(public_id)
    reason = " ".join(reason.split())[:400]
    if not reason:
        raise DomainError("Write why.", fields={"reason": "Write why."})
    move(certificate, LIFECYCLE, "refuse_certificate", by=side_of(actor))
    certificate.refusal = reason
    certificate.save(update_fields=["refusal"])
    _record(events.CERTIFICATE_REFUSED, certificate, actor, reason=reason)
    return certificate


def remind_of_expiry() -> int:
    """Remind once at each of NOTICES before a certificate ends; the number of reminders.

    Somebody who comes late to a notice gets the nearest one only, and nobody is reminded of a
    certificate whose successor is there.
    """
    today = timezone.localdate()
    due = (
        Certificate.objects.filter(
            state=CertificateState.CHECKED,
            expires_on__gte=today,
            expires_on__lte=today + timedelta(days=max(NOTICES)),
        )
        .exclude(successors__state__in=ALIVE)
        .order_by("pk")
    )
    reminded = 0
    for public_id, expires_on, known in due.values_list(
        "public_id", "expires_on", "reminded_days"
    ).iterator():
        notice = min(days for days in NOTICES if (expires_on - today).days <= days)
        if known is None or known > notice:
            reminded += _remind(public_id, notice)
    return reminded


@transaction.atomic
def _remind(public_id: str, notice: int) -> int:
    certificate = lock_certificate(public_id)
    known = certificate.reminded_days
    if certificate.state != CertificateState.CHECKED or (known is not None and known <= notice):
        return 0
    certificate.reminded_days = notice
    certificate.save(update_fields=["reminded_days"])
    days = (certificate.expires_on - timezone.localdate()).days
    _record(events.CERTIFICATE_EXPIRING, certificate, TIMER, days=days)
    return 1


def expire_certificates() -> int:
    """End certificates whose last day is over; the number ended.

    Matching and pages look at the date themselves, so a late timer lists nothing that ended.
    """
    over = Certificate.objects.filter(state__in=ALIVE, expires_on__lt=timezone.localdate())
    ids = list(over.order_by("pk").values_list("public_id", flat=True)[:BATCH])
    return sum(_expire(public_id) for public_id in ids)


@transaction.atomic
def _expire(public_id: str) -> int:
    certificate = lock_certificate(public_id)
    if certificate.state not in ALIVE:
        return 0
    move(certificate, LIFECYCLE, "expire_certificate", by=side_of(TIMER))
    _record(events.CERTIFICATE_EXPIRED, certificate, TIMER)
    return 1


def _check_dates(issued_on: date, expires_on: date) -> None:
    today = timezone.localdate()
    if issued_on > today:
        raise DomainError(
            "The issue date lies in the future.", fields={"issued_on": "This is in the future."}
        )
    if expires_on < today:
        raise DomainError(
            "This certificate expired. Add the renewed one.",
            fields={"expires_on": "This date is over. Add the renewed certificate."},
        )
    if expires_on < issued_on:
        raise DomainError(
            "The certificate ends before it begins.",
            fields={"expires_on": "This is before the issue date."},
        )


def _record(fact: Fact, certificate: Certificate, actor: Actor, **data: Any) -> None:
    profile = certificate.manufacturer
    record(
        fact,
        certificate,
        actor=actor,
        thread=profile,
        visible_to=[profile.organization],
        name=certificate.certification.name,
        number=certificate.number,
        **data,
    )
