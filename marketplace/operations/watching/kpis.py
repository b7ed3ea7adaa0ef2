"""The figures of the board: what each counts, its target, its value over time. Demo never counts.

A day's figures are kept as rows (KpiDay), days in UTC. A value looks back over the figure's own
window; a trend is that value at the end of each of the last twelve weeks.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import Organization, User
from marketplace.core.models import Event
from marketplace.directory.models import Manufacturer
from marketplace.directory.states import ManufacturerState
from marketplace.operations.models import KpiDay, RequestMinute
from marketplace.operations.watching.counting import percentile
from marketplace.operations.watching.measuring import buckets_of
from orders.models import Review
from orders.review_states import ReviewState
from payments.models import PaymentRequest
from quotes.models import Quote
from quotes.states import QuoteState

WEEKS = 12
# A quote may be accepted long after its day; what was counted is counted again this long.
RIPE_AFTER_DAYS = 60
BACK_FILLED_DAYS = WEEKS * 7
NOT_QUOTED = (QuoteState.DRAFT, QuoteState.SUPERSEDED)
ACCEPTED = (QuoteState.ACCEPTED, QuoteState.PARTIALLY_ACCEPTED)

Counted = tuple[float, float] | None


@dataclass(frozen=True)
class Figure:
    """One figure. `kind` says how days become a value: their "sum", a "share" of their wholes, the
    "worst" of them, or the last "level". `count` gives (part, whole) of a day, None: not known.
    `ripens`: a day's count may change long afterwards."""

    name: str
    label: str
    definition: str
    target: float
    unit: str
    days: int
    kind: str
    count: Callable[[datetime, datetime], Counted]
    less_is_better: bool = False
    ripens: bool = False

    @property
    def times(self) -> float:
        """Shares are told in percent, stars as they are."""
        return 100 if self.unit == "%" else 1

    def value(self, rows: Mapping[date, KpiDay], end: date) -> float | None:
        """The value over the window that ends with the day `end`; None without any day."""
        days = (end - timedelta(days=back) for back in range(self.days))
        found = [rows[day] for day in days if day in rows]
        if not found:
            return None
        if self.kind == "level":
            return found[0].part
        if self.kind == "worst":
            return max(row.part for row in found)
        part = sum(row.part for row in found)
        if self.kind == "sum":
            return part
        whole = sum(row.whole for row in found)
        return self.times * part / whole if whole else None

    def meets(self, value: float | None) -> bool | None:
        """Whether a value reaches the target; None without one."""
        if value is None:
            return None
        return value <= self.target if self.less_is_better else value >= self.target


def _registrations(start: datetime, end: datetime) -> Counted:
    people = User.objects.filter(date_joined__gte=start, date_joined__lt=end, is_demo=False)
    confirmed = people.filter(is_staff=False, emailaddress__verified=True).distinct()
    return confirmed.count(), 0


def _quotes(start: datetime, end: datetime) -> Counted:
    quotes = Quote.objects.filter(submitted_at__gte=start, submitted_at__lt=end).exclude(
        Q(state__in=NOT_QUOTED)
        | Q(rfq__organization__is_demo=True)
        | Q(manufacturer__organization__is_demo=True)
    )
    found = quotes.aggregate(all=Count("pk"), won=Count("pk", filter=Q(state__in=ACCEPTED)))
    return found["won"], found["all"]


def _quotes_submitted(start: datetime, end: datetime) -> Counted:
    counted = _quotes(start, end)
    return (counted[1], 0) if counted else None


def _verified(start: datetime, end: datetime) -> Counted:
    if not start <= timezone.now() < end:
        return None  # how many there were on another day is not known
    verified = Manufacturer.objects.filter(state=ManufacturerState.VERIFIED)
    return verified.filter(organization__is_demo=False).count(), 0


def _payments(start: datetime, end: datetime) -> Counted:
    paid = PaymentRequest.objects.filter(paid_at__gte=start, paid_at__lt=end).exclude(
        Q(order__buyer__is_demo=True) | Q(order__manufacturer__is_demo=True)
    )
    demo = Organization.objects.filter(is_demo=True).values("public_id")
    refused = Event.objects.filter(type="payment_failed", at__gte=start, at__lt=end).exclude(
        sightings__organization__in=demo
    )
    done = paid.count()
    return done, done + refused.count()


def _stars(start: datetime, end: datetime) -> Counted:
    reviews = Review.objects.filter(
        published_at__gte=start, published_at__lt=end, state=ReviewState.PUBLISHED
    ).exclude(Q(author__is_demo=True) | Q(about__is_demo=True))
    found = reviews.aggregate(all=Count("pk"), stars=Sum("rating"))
    return found["stars"] or 0, found["all"]


def _minutes(start: datetime, end: datetime) -> list[RequestMinute]:
    return list(RequestMinute.objects.filter(minute__gte=start, minute__lt=end))


def _response(start: datetime, end: datetime) -> Counted:
    milliseconds = percentile(buckets_of(_minutes(start, end)), 0.95)
    return None if milliseconds is None else (milliseconds / 1000, 0)


def _errors(start: datetime, end: datetime) -> Counted:
    rows = _minutes(start, end)
    requests = sum(row.requests for row in rows)
    return (sum(row.errors for row in rows), requests) if requests else None


def _uptime(start: datetime, end: datetime) -> Counted:
    first = RequestMinute.objects.order_by("minute").first()
    if first is None:
        return None
    # A minute is written when it is over.
    until = min(end, timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=1))
    minutes = int((until - max(start, first.minute)).total_seconds() // 60)
    if minutes <= 0:
        return None
    by_minute: dict[datetime, list[int]] = {}
    for row in _minutes(start, until):
        counts = by_minute.setdefault(row.minute, [0, 0])
        counts[0] += row.requests
        counts[1] += row.errors
    up = sum(errors * 2 <= requests for requests, errors in by_minute.values())
    return min(up, minutes), minutes


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "registrations",
            "Registrations a week",
            "People who signed up within seven days and confirmed their address; staff and demo "
            "people left out.",
            50,
            "",
            7,
            "sum",
            _registrations,
        ),
        Figure(
            "conversion",
            "Quotes accepted",
            "Of the quotes submitted within 30 days, how many are accepted by now, whole or in "
            "part. Drafts and quotes replaced by a newer one are not counted. A day is counted "
            "again for 60 days, because a quote may be accepted long after it was submitted.",
            15,
            "%",
            30,
            "share",
            _quotes,
            ripens=True,
        ),
        Figure(
            "uptime",
            "Uptime",
            "Of the minutes of 30 days since the first one measured, in how many a web process "
            "lived and at least half of the answers were no errors.",
            99.9,
            "%",
            30,
            "share",
            _uptime,
        ),
        Figure(
            "response",
            "Response time",
            "Within how many seconds 95 % of a day's answers came; of seven days the worst. "
            "Health checks and static files are not counted.",
            2,
            "s",
            7,
            "worst",
            _response,
            less_is_better=True,
        ),
        Figure(
            "errors",
            "Errors",
            "Of the answers of seven days, how many had status 500 or above. The target is 0.1 %; "
            "the alert comes at 1 % within five minutes.",
            0.1,
            "%",
            7,
            "share",
            _errors,
            less_is_better=True,
        ),
        Figure(
            "verified",
            "Verified manufacturers",
            "Manufacturers that are verified, at the end of the day. Kept from the first day of "
            "counting on.",
            100,
            "",
            7,
            "level",
            _verified,
        ),
        Figure(
            "quotes",
            "Quotes a month",
            "Quotes submitted within 30 days; drafts and quotes replaced by a newer one left out.",
            500,
            "",
            30,
            "sum",
            _quotes_submitted,
        ),
        Figure(
            "payments",
            "Payments that succeed",
            "Of the payments that were paid or refused within 30 days, how many were paid. One "
            "that is refused first and paid then counts as one of each.",
            99,
            "%",
            30,
            "share",
            _payments,
        ),
        Figure(
            "stars",
            "Stars",
            "The mean of the reviews published within 90 days, of both sides; hidden ones left "
            "out.",
            4.5,
            "★",
            90,
            "share",
            _stars,
        ),
    )
}


def _count_day(day: date, figures: Iterable[Figure]) -> list[KpiDay]:
    """These figures of a day, counted now and not written down; without those not known."""
    start = datetime.combine(day, time.min, UTC)
    counts = ((figure, figure.count(start, start + timedelta(days=1))) for figure in figures)
    return [
        KpiDay(figure=figure.name, day=day, part=counted[0], whole=counted[1])
        for figure, counted in counts
        if counted is not None
    ]


def keep_day(day: date, figures: Iterable[Figure]) -> int:
    """Count these figures of a day and write them down; how many could be told."""
    rows = _count_day(day, figures)
    for row in rows:
        KpiDay.objects.update_or_create(
            figure=row.figure, day=day, defaults={"part": row.part, "whole": row.whole}
        )
    return len(rows)


def keep_figures() -> int:
    """Today and yesterday again, and every day of the last weeks that has none yet."""
    today = timezone.now().date()
    since = today - timedelta(days=BACK_FILLED_DAYS)
    known = set(KpiDay.objects.filter(day__gte=since).values_list("day", flat=True))
    days = {today, today - timedelta(days=1)}
    days |= {since + timedelta(days=n) for n in range(BACK_FILLED_DAYS)} - known
    return sum(keep_day(day, FIGURES.values()) for day in sorted(days))


def count_again() -> int:
    """The figures whose past days still change."""
    today = timezone.now().date()
    ripening = [figure for figure in FIGURES.values() if figure.ripens]
    return sum(keep_day(today - timedelta(days=n), ripening) for n in range(RIPE_AFTER_DAYS))


@dataclass(frozen=True)
class Point:
    """The value at the end of a week."""

    day: date
    value: float | None


@dataclass(frozen=True)
class Told:
    """A figure as the board shows it."""

    figure: Figure
    value: float | None
    trend: list[Point]

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached."""
        return self.figure.meets(self.value)


def board(today: date) -> list[Told]:
    """Every figure with its value and trend, from one query.

    A day of which nothing is kept yet, as in the first hour of an installation, is counted here and
    left to the worker to write down.
    """
    longest = max(figure.days for figure in FIGURES.values())
    since = today - timedelta(days=WEEKS * 7 + longest)
    rows: dict[str, dict[date, KpiDay]] = {name: {} for name in FIGURES}
    kept = list(KpiDay.objects.filter(day__gte=since, day__lte=today, figure__in=FIGURES))
    if not any(row.day == today for row in kept):
        kept += _count_day(today, FIGURES.values())
    for row in kept:
        rows[row.figure][row.day] = row
    ends = [today - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]
    return [
        Told(
            figure,
            figure.value(rows[name], today),
            [Point(end, figure.value(rows[name], end)) for end in ends],
        )
        for name, figure in FIGURES.items()
    ]
