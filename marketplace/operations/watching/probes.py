"""The parts a worker tries each minute, each within SECONDS, and what becomes of the findings."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.db import transaction
from django.utils import timezone

from marketplace.core.models import Delivery
from marketplace.operations.models import HealthCheck, Outage
from marketplace.operations.watching.health import NEAR, Failing, Finding, try_at_once
from payments.gateway import platform_account
from payments.values import GatewayIndeterminate, GatewayRefused, GatewayUnreachable

SECONDS = 8.0
# Deliveries that are due for longer say that no worker takes them.
LATE_AFTER = timedelta(minutes=5)
# Two minutes in a row make an outage: one lost packet is none.
OUTAGE_AFTER = timedelta(seconds=50)
OUTAGES_KEPT = timedelta(days=400)


def email() -> str:
    """The mail service takes a connection. Whether it takes the key shows when a mail is sent."""
    backend: Any = get_connection(fail_silently=False)
    try:
        if address := _address_of(backend):
            host, port = address.hostname or "", address.port or 443
            with (
                socket.create_connection((host, port), timeout=SECONDS) as line,
                ssl.create_default_context().wrap_socket(line, server_hostname=host),
            ):
                return "The mail service is reachable."
        if isinstance(backend, smtp.EmailBackend):
            backend.open()
            assert backend.connection is not None
            backend.connection.noop()
            return "The mail server answers."
    except (OSError, smtplib.SMTPException) as error:
        raise Failing(f"The mail service does not answer ({type(error).__name__}).") from error
    finally:
        backend.close()
    return "Mails are kept on this machine."


def _address_of(backend: Any) -> SplitResult | None:
    """Where the service of an API is called; None for what is no API."""
    if hasattr(backend, "api_url"):
        return urlsplit(backend.api_url)
    if hasattr(backend, "client_params"):  # Amazon's client knows its address by the region
        backend.open()
        return urlsplit(backend.client.meta.endpoint_url)
    return None


def storage() -> str:
    """The file room answers: a folder takes a file, a bucket answers a question."""
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(settings.MEDIA_ROOT)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with NamedTemporaryFile(dir=folder, prefix=".health-") as file:
                file.write(b"health")
                file.flush()
        except OSError as error:
            raise Failing(f"The folder of files takes no file: {error.strerror}.") from error
        return "The folder of files takes files."
    # Not whether an object is there: a bucket that is gone answers that like one that is empty.
    bucket: Any = default_storage.bucket  # type: ignore[attr-defined]
    bucket.meta.client.head_bucket(Bucket=bucket.name)
    return "The bucket answers."


def stripe() -> str:
    """Stripe answers with the key."""
    try:
        platform_account()
    except GatewayRefused as error:
        raise Failing("Stripe refuses the key.") from error
    except (GatewayUnreachable, GatewayIndeterminate) as error:
        raise Failing("Stripe does not answer.") from error
    return "Stripe answers."


def workers() -> str:
    """No delivery is due for long."""
    owed = [Delivery.State.PENDING, Delivery.State.RUNNING]
    oldest = Delivery.objects.filter(status__in=owed).order_by("due_at").first()
    late = timezone.now() - oldest.due_at if oldest else timedelta()
    if late > LATE_AFTER:
        raise Failing(f"A delivery is due for {int(late.total_seconds() // 60)} minutes.")
    return f"The oldest delivery is due for {max(0, int(late.total_seconds()))} s."


FAR: dict[str, Callable[[], str]] = {
    "email": email,
    "storage": storage,
    "stripe": stripe,
    "workers": workers,
}


def check_services() -> str:
    """Try every part and write down what was found; the names of those that fail."""
    findings = try_at_once({**NEAR, **FAR}, SECONDS)
    for finding in findings:
        keep(finding)
    Outage.objects.filter(ended_at__lt=timezone.now() - OUTAGES_KEPT).delete()
    failing = [finding.name for finding in findings if not finding.is_ok]
    return f"Failing: {', '.join(failing)}." if failing else "All parts answer."


@transaction.atomic
def keep(finding: Finding) -> None:
    """Write a finding down, open or end the part's outage and its alert."""
    from marketplace.operations.watching.alerts import end_alert, raise_alert

    row = HealthCheck.objects.select_for_update().filter(name=finding.name).first()
    since = None if finding.is_ok else (row and row.failing_since) or finding.checked_at
    HealthCheck.objects.update_or_create(
        name=finding.name,
        defaults={
            "is_ok": finding.is_ok,
            "detail": finding.detail,
            "milliseconds": finding.milliseconds,
            "checked_at": finding.checked_at,
            "failing_since": since,
        },
    )
    if since is None:
        Outage.objects.filter(name=finding.name, ended_at__isnull=True).update(
            ended_at=finding.checked_at
        )
        end_alert(f"part:{finding.name}")
    elif finding.checked_at - since >= OUTAGE_AFTER:
        Outage.objects.get_or_create(
            name=finding.name,
            ended_at__isnull=True,
            defaults={"began_at": since, "detail": finding.detail},
        )
        raise_alert(f"part:{finding.name}", f"Does not work: {finding.name}. {finding.detail}")
