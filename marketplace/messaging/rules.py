"""What may be written, and how often."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Organization
from marketplace.core.errors import DomainError
from marketplace.messaging.models import Message

MAX_TEXT = 4000
# Nobody types more than a text every two minutes for an hour; a program gone wild does.
MOST_AN_HOUR = 30
# Beyond this a point is no place on a part anybody makes: a hundred meters.
FARTHEST_MM = 100_000.0


class TooMany(DomainError):
    """More than the rate allows; later it works again."""

    status = 429
    code = "too_many"


def clean_text(text: str, field: str = "text") -> str:
    """The text without blank ends. Raises DomainError when nothing is left or it is too long."""
    clean = text.replace("\x00", "").strip()
    if not clean:
        raise DomainError("Write something first.", fields={field: "Write something first."})
    if len(clean) > MAX_TEXT:
        sentence = f"Use at most {MAX_TEXT:,} characters; this has {len(clean):,}."
        raise DomainError(sentence, fields={field: sentence})
    return clean


def check_point(point: tuple[float, float, float] | None) -> None:
    """A point is three finite numbers, in millimeters. Raises DomainError otherwise."""
    if point is None:
        return
    # Written so that NaN fails too.
    if not all(-FARTHEST_MM <= value <= FARTHEST_MM for value in point):
        raise DomainError("This point lies outside of every part. Click on the model again.")


def check_rate(organization: Organization) -> None:
    """At most 30 texts an hour of one organization. Raises TooMany."""
    since = timezone.now() - timedelta(hours=1)
    written = Message.objects.filter(organization=organization, created_at__gt=since).count()
    if written >= MOST_AN_HOUR:
        raise TooMany(
            f"Your company wrote {MOST_AN_HOUR} messages within an hour. Your text was not sent; "
            "send it again a little later."
        )
