"""Taking in exchange rates: from a file of staff, or from the provider."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed
from marketplace.core.events import record
from marketplace.directory import events
from marketplace.directory.exchange import Rates
from marketplace.directory.models import ExchangeRate
from marketplace.directory.queries.exchange import newest_rates
from marketplace.directory.rate_files import read_rates

# A step between two published days above this is a slip of the file, not of the market: the
# largest of the euro against dollar and pound since 1999 is under 5 %; weeks may lie between two.
LARGEST_STEP = Decimal("0.25")


@dataclass
class _Day:
    """What the fact is about: the rates of one day."""

    public_id: str


@transaction.atomic
def take_rates(*, actor: Actor, content: bytes) -> Rates:
    """Keep the newest day of an ECB file; a day that is there already with the same figures is
    left as it is, without a fact.

    Staff and the system only. Raises DomainError for a file that is none, a day to come or a rate
    far from the last one, Conflict when the day is there with other figures.
    """
    if not (actor.is_staff or actor.is_system):
        raise NotAllowed("Exchange rates are entered by staff.")
    rates = read_rates(content)
    _check(rates)
    known = {row.currency: row.rate for row in ExchangeRate.objects.filter(date=rates.date)}
    fresh = {code: rate for code, rate in rates.per_euro.items() if code not in known}
    for code, rate in rates.per_euro.items():
        if code in known and known[code] != rate:
            raise Conflict(
                f"The rate of {code} on {rates.date} is {known[code].normalize():f} already, the "
                f"file says {rate}. A published rate is not changed."
            )
    if not fresh:
        return rates
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency=code, rate=rate, date=rates.date, source=rates.source)
        for code, rate in sorted(fresh.items())
    )
    record(
        events.EXCHANGE_RATES_TAKEN,
        _Day(f"rates_{rates.date}"),
        actor=actor,
        date=rates.date.isoformat(),
        source=rates.source,
        rates={code: str(rate) for code, rate in sorted(fresh.items())},
    )
    return rates


def _check(rates: Rates) -> None:
    today = timezone.localdate()
    if rates.date > today:
        raise DomainError(f"The rates are of {rates.date}, which is still to come.")
    before = newest_rates(today)
    if before is None:
        return
    for code, rate in rates.per_euro.items():
        last = before.per_euro.get(code)
        if last and abs(rate / last - 1) > LARGEST_STEP:
            raise DomainError(
                f"The rate of {code} is {rate} and was {last.normalize():f} on "
                f"{before.date}. That is more than a quarter apart: check the file."
            )
