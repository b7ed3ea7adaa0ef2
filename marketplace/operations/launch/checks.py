"""The checks before the launch. Each asks the real thing and says in a sentence what to do.

A check returns what it found, or raises Failed (or anything a service raises) when the launch has
to wait for it.
"""

import secrets
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from anymail.exceptions import AnymailError
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.queries import has_second_factor
from marketplace.operations.clearing.leftovers import what_is_left
from marketplace.operations.launch.outside import Unanswered, ask, certificate_days, send_envelope
from payments import gateway
from payments.comparisons import amount_of
from payments.values import GatewayError

CERTIFICATE_DAYS = 14
BACKUP_RUNS: str = "operations.BackupRun"
BACKUP_AGE = timedelta(days=1)
HSTS_SECONDS = 63072000
SENDING = ("sendgrid", "amazon_ses", "mailgun", "smtp")


class Failed(Exception):
    """The launch has to wait; the sentence says what to do."""


@dataclass(frozen=True)
class Asked:
    """What whoever starts the checks says: the address that the test mail goes to."""

    mail_to: str


@dataclass(frozen=True)
class Check:
    """One check: its name, what it is about, how many seconds it may take, and the asking."""

    name: str
    title: str
    seconds: float
    ask: Callable[[Asked], str]


def demo_data(asked: Asked) -> str:
    """Nothing of a demo is left."""
    if left := what_is_left():
        raise Failed(f"{left[0]} Run manage.py clear_demo_data ({len(left)} things are left).")
    return "Nothing of a demo is left."


def variables(asked: Asked) -> str:
    """The environment is one of production."""
    faults: list[str] = import_string(settings.ENVIRONMENT_FAULTS)()
    if settings.ENVIRONMENT != "production":
        faults.append(f"ENVIRONMENT is {settings.ENVIRONMENT}, not production.")
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        faults.append("EMAIL_FROM is missing: nobody can answer no-reply@localhost.")
    if faults:
        raise Failed(" ".join(faults))
    return "Every variable is set and none holds a value of the template."


def certificate(asked: Asked) -> str:
    """Browsers trust the certificate, and go on doing so."""
    if not settings.SITE_URL.startswith("https://"):
        raise Failed(f"SITE_URL is {settings.SITE_URL}; put the site behind https://.")
    days = certificate_days(settings.SITE_URL)
    if days < CERTIFICATE_DAYS:
        raise Failed(f"The certificate ends in {days:.0f} days; renew it now.")
    return f"The certificate is good for {days:.0f} days."


def migrations(asked: Asked) -> str:
    """The database has every table that the code asks for."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        first = waiting[0][0]
        raise Failed(
            f"{len(waiting)} migrations are not applied, first {first.app_label} {first.name}; "
            "run manage.py migrate."
        )
    return "Every migration is applied."


def admin_user(asked: Asked) -> str:
    """Somebody can administer the site, and not by a password alone."""
    staff = User.objects.filter(is_superuser=True, is_staff=True, is_active=True, is_demo=False)
    people = list(staff)
    if not people:
        raise Failed("Nobody can administer the site; run manage.py create_admin_user.")
    protected = [person for person in people if has_second_factor(person)]
    if len(protected) < len(people):
        open_to = ", ".join(p.email for p in people if p not in protected)
        raise Failed(f"Without a second factor: {open_to}. Sign in once and set it up.")
    return f"{len(people)} can administer the site, each with a second factor."


def email(asked: Asked) -> str:
    """The provider takes a mail."""
    if not any(f".{name}." in settings.EMAIL_BACKEND for name in SENDING):
        raise Failed("EMAIL_PROVIDER sends nothing; use sendgrid, ses, mailgun or smtp.")
    to = asked.mail_to or settings.DEFAULT_FROM_EMAIL
    words = f"This mail was sent by the launch check of {settings.SITE_URL}."
    mail = EmailMessage(f"{settings.SITE_NAME}: launch check", words, to=[to])
    try:
        taken = mail.send()
    except (OSError, smtplib.SMTPException, AnymailError) as error:
        raise Failed(f"The provider did not take a mail to {to}: {error}") from error
    status = getattr(mail, "anymail_status", None)
    refused = set(getattr(status, "status", None) or ()) & {"rejected", "invalid", "failed"}
    if not taken or refused:
        raise Failed(f"The provider refused a mail to {to}: {', '.join(sorted(refused))}.")
    return f"The provider took a mail to {to}; look whether it arrived."


def payments(asked: Asked) -> str:
    """Stripe answers to the key, in live mode."""
    try:
        balance = gateway.read_balance()
    except GatewayError as error:
        said = str(error).partition("(Network error")[0]
        raise Failed(f"Stripe did not answer to STRIPE_SECRET_KEY: {said}") from error
    if not (settings.STRIPE_LIVE_MODE and balance.is_live):
        raise Failed("Stripe answers in test mode; set live keys and STRIPE_LIVE_MODE=on.")
    amounts = ", ".join(amount_of(*each) for each in balance.available) or "empty"
    return f"Stripe answers in live mode; the balance is {amounts}."


def monitoring(asked: Asked) -> str:
    """Errors are reported somewhere, and figures can be fetched."""
    if not settings.SENTRY_DSN:
        raise Failed("SENTRY_DSN is missing; errors would be seen by nobody.")
    status = send_envelope(settings.SENTRY_DSN, f"Launch check of {settings.SITE_URL}")
    if status != 200:
        raise Failed(f"Sentry answered {status} to a report; look at SENTRY_DSN.")
    token = getattr(settings, "METRICS_TOKEN", None)
    if token is not None:
        if not token:
            raise Failed("METRICS_TOKEN is missing; nobody could fetch the figures.")
        headers = {"Authorization": f"Bearer {token}"}
        answer = ask(f"{settings.SITE_URL}/metrics", headers=headers)
        if answer.status != 200:
            raise Failed(f"/metrics answered {answer.status} to METRICS_TOKEN.")
        return "Sentry took a report, and /metrics answers."
    return "Sentry took a report."


def backups(asked: Asked) -> str:
    """A backup of today could be restored."""
    try:
        runs: Any = apps.get_model(BACKUP_RUNS)
    except LookupError as error:
        raise Failed(
            "This installation keeps no backups; back the database up yourself."
        ) from error
    since = timezone.now() - BACKUP_AGE
    run = runs.objects.filter(ended_at__gte=since, verified_at__isnull=False)
    newest = run.order_by("-ended_at").first()
    if newest is None:
        raise Failed(
            "No backup of the last day is verified; run manage.py backup and then "
            "manage.py verify_backup --latest."
        )
    return f"The backup of {newest.ended_at:%Y-%m-%d %H:%M} UTC was restored and compared."


def security_headers(asked: Asked) -> str:
    """The site's front page protects whoever looks at it, each header once."""
    answer = ask(f"{settings.SITE_URL}/")
    wanted = {
        "strict-transport-security": f"max-age={HSTS_SECONDS}",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src",
        "referrer-policy": "same-origin",
    }
    faults = []
    if answer.status != 200:
        faults.append(f"The front page answers {answer.status}.")
    for name, part in wanted.items():
        values = answer.all(name)
        if not values:
            faults.append(f"{name} is missing.")
        elif len(values) > 1:
            faults.append(f"{name} is sent {len(values)} times; let the application alone send it.")
        elif part not in values[0]:
            faults.append(f"{name} is {values[0]!r} without {part}.")
    for cookie in answer.all("set-cookie"):
        if "secure" not in cookie.lower():
            faults.append(f"The cookie {cookie.partition('=')[0]} may go over plain HTTP.")
    if faults:
        raise Failed(" ".join(faults))
    return "Every protecting header is sent, each once."


def storage(asked: Asked) -> str:
    """A file comes back as it was kept."""
    content = secrets.token_bytes(64)
    try:
        key = default_storage.save(f"launch-check-{secrets.token_hex(8)}", ContentFile(content))
        try:
            with default_storage.open(key, "rb") as kept:
                same = kept.read() == content
        finally:
            default_storage.delete(key)
    except Exception as error:
        # Of an outage the reason, not the sentence for people.
        reason = error.__cause__ or error
        raise Failed(f"Storage did not take a file: {type(reason).__name__}: {reason}") from error
    if not same:
        raise Failed("Storage gave back other bytes than it was given.")
    return "A file was written, read and removed."


CHECKS = (
    Check("demo", "Demo data gone", 120, demo_data),
    Check("variables", "Variables set", 5, variables),
    Check("certificate", "Certificate", 20, certificate),
    Check("migrations", "Migrations applied", 30, migrations),
    Check("admin", "Administrator", 10, admin_user),
    Check("email", "Email sent", 40, email),
    Check("payments", "Payments live", 60, payments),
    Check("monitoring", "Monitoring on", 30, monitoring),
    Check("backups", "Backup of today", 10, backups),
    Check("headers", "Security headers", 20, security_headers),
    Check("storage", "Storage", 60, storage),
)
EXPECTED = (Failed, Unanswered)
