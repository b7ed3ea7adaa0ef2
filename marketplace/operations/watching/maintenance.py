"""What is done every day, every Sunday and every first Sunday; each says what it found."""

import re
import socket
import ssl
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from marketplace.operations.models import (
    Alert,
    KpiDay,
    MachineMinute,
    RequestMinute,
    TaskDay,
    TaskRun,
)
from marketplace.operations.watching import kpis
from marketplace.operations.watching.alerts import end_alert, raise_alert
from marketplace.operations.watching.counting import HEALTH, added, percentile

LOCK = settings.BASE_DIR / "requirements" / "production.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
CERTIFICATE_WARNING_DAYS = 21
SECONDS = 8.0
# Rotation keeps a file and five before it; what is larger or older says that it does not work.
LOG_BYTES_AT_MOST = 11 * 1024 * 1024
MOST_NAMED = 20


def keep_figures() -> str:
    """The figures of today and of days that have none."""
    return f"{kpis.keep_figures()} figures kept."


def care_daily() -> str:
    """Check the log files, tidy the cache, bring figures up to date, let go of what is old."""
    return " ".join(
        [
            check_logs(),
            tidy_cache(),
            f"{kpis.keep_figures() + kpis.count_again()} figures kept.",
            forget_old(),
        ]
    )


def care_weekly() -> str:
    """Give the database its upkeep and look at the security settings."""
    return f"{tend_database()} {look_at_security()}"


def care_monthly() -> str:
    """Packages against the lock, the certificate's end, the performance of the month before."""
    return f"{compare_packages()} {look_at_certificate()} {review_performance()}"


def check_logs() -> str:
    """Whether the log files in LOG_DIR are rotated. They rotate themselves as they are written."""
    if not settings.LOG_DIR:
        return "Logs go to standard output; whoever keeps them rotates them."
    files = [path for path in Path(settings.LOG_DIR).glob("*.log*") if path.is_file()]
    large = sorted(path.name for path in files if path.stat().st_size > LOG_BYTES_AT_MOST)
    cause = "maintenance:logs"
    if large:
        sentence = f"Log files are not rotated: {', '.join(large)}."
        raise_alert(cause, sentence)
        return sentence
    end_alert(cause)
    megabytes = sum(path.stat().st_size for path in files) / 1024 / 1024
    return f"{len(files)} log files, {megabytes:.1f} MB."


def tidy_cache() -> str:
    """Let Redis give back what deleted keys held; each key has its own end already."""
    cache = caches["default"]
    if not isinstance(cache, RedisCache):
        return "Each process has a cache of its own."
    client = cache._cache.get_client(None)
    client.execute_command("MEMORY PURGE")
    used = int(client.info("memory")["used_memory"]) / 1024 / 1024
    return f"The cache has {client.dbsize()} keys; Redis uses {used:.1f} MB."


def forget_old() -> str:
    """Delete minutes, runs and ended alerts after their days."""
    now = timezone.now()
    minutes = now - timedelta(days=settings.MINUTES_KEPT_DAYS)
    runs = now - timedelta(days=settings.RUNS_KEPT_DAYS)
    gone = sum(
        rows.delete()[0]
        for rows in (
            RequestMinute.objects.filter(minute__lt=minutes),
            MachineMinute.objects.filter(minute__lt=minutes),
            TaskRun.objects.filter(started_at__lt=runs),
            TaskDay.objects.filter(day__lt=runs.date()),
            Alert.objects.filter(ended_at__lt=runs),
        )
    )
    return f"{gone} old rows deleted."


def tend_database() -> str:
    """VACUUM (ANALYZE), or what SQLite has for it. Not inside a transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            try:
                # Tables that somebody holds locked are left for the next time.
                cursor.execute("VACUUM (ANALYZE, SKIP_LOCKED)")
            finally:
                cursor.execute("RESET statement_timeout")
            cursor.execute("SELECT pg_database_size(current_database())")
            done = "Vacuumed and analyzed"
        else:
            cursor.execute("PRAGMA optimize")
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            done = "Optimized"
        size = cursor.fetchone()[0]
    return f"{done}; the database has {size / 1024 / 1024:.0f} MB."


def look_at_security() -> str:
    """`check --deploy`; and what it cannot tell."""
    found = [
        f"{message.id}"
        for message in run_checks(include_deployment_checks=True)
        if message.level >= WARNING and not message.is_silenced()
    ]
    cause = "maintenance:security"
    words = f"check --deploy: {', '.join(sorted(set(found))) or 'nothing found'}."
    if found and settings.ENVIRONMENT == "production":
        raise_alert(cause, words)
    else:
        end_alert(cause)
    # A list of faults of packages lives in the network and changes daily; nothing here has it.
    return f"{words} Whether versions of packages are known to be bad was not asked."


def compare_packages() -> str:
    """Which installed packages differ from the lock. Which newer ones exist was not asked."""
    differing = []
    for name, locked in PINNED.findall(LOCK.read_text()):
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "missing"
        if installed != locked:
            differing.append(f"{name} {installed} instead of {locked}")
    words = "; ".join(differing[:MOST_NAMED]) or "all as locked"
    more = f" and {len(differing) - MOST_NAMED} more" if len(differing) > MOST_NAMED else ""
    return f"Packages: {words}{more}. Which newer ones exist was not asked."


def look_at_certificate() -> str:
    """When the certificate of SITE_URL ends; an alert when that is soon or it does not hold."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname:
        return "The site has no certificate."
    cause = "maintenance:certificate"
    try:
        ends = certificate_end(site.hostname, site.port or 443)
    except (OSError, ValueError) as error:
        raise_alert(cause, f"The certificate of {site.hostname} does not hold: {error}")
        return "The certificate could not be read."
    days = (ends - timezone.now()).days
    if days < CERTIFICATE_WARNING_DAYS:
        raise_alert(cause, f"The certificate of {site.hostname} ends in {days} days.")
    else:
        end_alert(cause)
    return f"The certificate ends on {ends:%Y-%m-%d}, in {days} days."


def certificate_end(host: str, port: int, context: ssl.SSLContext | None = None) -> datetime:
    """The end of the certificate a host shows. Raises OSError when it does not hold."""
    context = context or ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=SECONDS) as line,
        context.wrap_socket(line, server_hostname=host) as encrypted,
    ):
        shown = encrypted.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def review_performance() -> str:
    """How the month before was by its kept figures, and what was slow in the last week."""
    last = timezone.now().date().replace(day=1) - timedelta(days=1)
    days = KpiDay.objects.filter(day__gte=last.replace(day=1), day__lte=last)
    errors, uptime = (
        days.filter(figure=name).aggregate(part=Sum("part"), whole=Sum("whole"))
        for name in ("errors", "uptime")
    )
    worst = days.filter(figure="response").aggregate(worst=Max("part"))["worst"]
    if not errors["whole"] or not uptime["whole"]:
        return f"{last:%B %Y}: nothing was measured."
    return (
        f"{last:%B %Y}: {errors['whole']:,.0f} answers, "
        f"{100 * errors['part'] / errors['whole']:.2f} % errors, up "
        f"{100 * uptime['part'] / uptime['whole']:.2f} % of the time, 95 % within "
        f"{worst or 0:.1f} s on the worst day. {_slowest_group()}"
    )


def _slowest_group() -> str:
    groups: dict[str, list[list]] = {}
    week = RequestMinute.objects.filter(minute__gte=timezone.now() - timedelta(days=7))
    for row in week.iterator():
        for group, counts in row.groups.items():
            if group != HEALTH:
                groups.setdefault(group, []).append(counts)
    times = {group: percentile(added(counted), 0.95) or 0 for group, counted in groups.items()}
    if not times:
        return ""
    slowest = max(times, key=lambda group: times[group])
    return f"Slowest in the last seven days: {slowest}, 95 % within {times[slowest]:.0f} ms."
