"""The monthly statement of a manufacturer, from the ledger: what came, what went, and the balances.

Two balances are kept: what is payable to the manufacturer, and what it owes us. Every line is one
entry of the books and changes them as the entry does, so that the sums are the books' own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, Q, Sum
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.money import EXPONENTS, Money
from payments.actions.ledger import debt_of, payable_to
from payments.models import LedgerEntry

# Kept by law for ten years in the countries served; older months are in the books all the same.
MOST_MONTHS = 120
GROSS = "Released for the order"
WORDS = {
    "commission": "Commission of the marketplace",
    "transferred": "Transferred to your payout account",
    "netted": "Kept for what you owed",
    "owed": "Went back to the buyer",
    "commission_back": "Commission given back",
    "taken_back": "Taken back from your payout account",
    "dispute_lost": "Lost to the buyer's bank",
    "written_off": "Written off by the platform",
    "tax_payable": "VAT released with it",
    "tax_owed": "VAT that went back to the buyer",
    "tax_lost": "VAT lost to the buyer's bank",
}


@dataclass(frozen=True)
class Month:
    """A calendar month in the time zone of the installation, such as 2026-11."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=ZoneInfo(settings.TIME_ZONE))

    @property
    def following(self) -> Month:
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def is_over(self) -> bool:
        """False while more can come."""
        return self.following.start <= timezone.now()


@dataclass(frozen=True)
class Line:
    """One movement; `payable` and `owed` say by how much the two balances change, minor units."""

    at: datetime
    order: str
    what: str
    payable: int
    owed: int


@dataclass(frozen=True)
class Statement:
    """One month in one currency; balances in minor units."""

    month: Month
    currency: str
    opening_payable: int
    opening_owed: int
    lines: list[Line]
    closing_payable: int
    closing_owed: int

    def money(self, minor: int) -> Money:
        """An amount of this statement."""
        return Money(minor, self.currency)


def read_month(text: str) -> Month | None:
    """A month written as 2026-11; None for anything else."""
    year, dash, month = text.partition("-")
    is_written_so = len(year) == 4 and len(month) == 2 and dash and (year + month).isdecimal()
    if not is_written_so or not year.isascii() or not month.isascii():
        return None
    found = Month(int(year), int(month))
    return found if 1 <= found.month <= 12 and 2000 <= found.year < 2200 else None


def months_of(organization: Organization) -> list[Month]:
    """The months since the manufacturer's first movement, the newest first; at most MOST_MONTHS."""
    names = [payable_to(organization), debt_of(organization)]
    own = LedgerEntry.objects.filter(Q(debit__name__in=names) | Q(credit__name__in=names))
    first = own.aggregate(first=Min("at"))["first"]
    if first is None:
        return []
    zone = ZoneInfo(settings.TIME_ZONE)
    begin, now = first.astimezone(zone), timezone.now().astimezone(zone)
    month, found = Month(begin.year, begin.month), []
    while (month.year, month.month) <= (now.year, now.month):
        found.append(month)
        month = month.following
    return found[::-1][:MOST_MONTHS]


def statements_of(organization: Organization, month: Month) -> list[Statement]:
    """A statement for each currency in which something moved by the end of the month."""
    found = (_statement(organization, month, currency) for currency in EXPONENTS)
    return [each for each in found if each is not None]


def _statement(organization: Organization, month: Month, currency: str) -> Statement | None:
    payable, debt = payable_to(organization), debt_of(organization)
    entries = LedgerEntry.objects.filter(currency=currency, at__lt=month.following.start)
    touched = Q(debit__name__in=[payable, debt]) | Q(credit__name__in=[payable, debt])
    # The commission leaves what is held before it is payable: it names the order's manufacturer.
    own = Q(request__order__manufacturer=organization)
    fees = own & Q(kind__in=["commission", "commission_back"])
    before = entries.filter(at__lt=month.start)
    opening = _balance(before, payable, 1), _balance(before, debt, -1)
    within = entries.filter(touched | fees, at__gte=month.start)
    rows = within.select_related("debit", "credit", "request__order").order_by("pk")
    groups = groupby(rows.iterator(500), key=_pair)
    lines = [line for _, group in groups for line in _lines(list(group), payable, debt)]
    if not lines and opening == (0, 0) and not before.filter(touched).exists():
        return None
    closing = (
        opening[0] + sum(line.payable for line in lines),
        opening[1] + sum(line.owed for line in lines),
    )
    return Statement(month, currency, *opening, lines, *closing)


def _balance(entries: object, name: str, sign: int) -> int:
    sums = [
        entries.filter(**{f"{side}__name": name}).aggregate(sum=Sum("amount_minor", default=0))  # type: ignore[attr-defined]
        for side in ("credit", "debit")
    ]
    return sign * int(sums[0]["sum"] - sums[1]["sum"])


def _pair(entry: LedgerEntry) -> str:
    """Entries that say one thing in two parts, ours and the manufacturer's, share this."""
    kinds = ("commission", "payable", "owed", "commission_back")
    return entry.key.rpartition(":")[0] if entry.kind in kinds else entry.key


def _lines(entries: list[LedgerEntry], payable: str, debt: str) -> Iterator[Line]:
    """The lines of entries that belong together: the whole first, then our part of it."""
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.kind] += entry.amount_minor
    entry = entries[0]

    def line(what: str, change: int, owed: int = 0) -> Line:
        order = entry.request.order.reference if entry.request else ""
        return Line(entry.at.astimezone(UTC), order, what, change, owed)

    released = sums["commission"] + sums["payable"]
    returned = sums["owed"] + sums["commission_back"]
    if released:
        yield line(GROSS, released)
        if sums["commission"]:
            yield line(WORDS["commission"], -sums["commission"])
    elif returned:
        yield line(WORDS["owed"], 0, returned)
        if sums["commission_back"]:
            yield line(WORDS["commission_back"], 0, -sums["commission_back"])
    else:
        minor = entry.amount_minor
        change = minor * ((entry.credit.name == payable) - (entry.debit.name == payable))
        owed = minor * ((entry.debit.name == debt) - (entry.credit.name == debt))
        yield line(WORDS.get(entry.kind, entry.note), change, owed)


def rows_of(statements: Iterable[Statement]) -> Iterator[list[object]]:
    """The statements as rows of a table, the header first. Every amount is positive: what comes
    and what goes have columns of their own, since spreadsheets run what begins with a minus."""
    yield [
        *("Currency", "Date", "Order", "What", "Payable +", "Payable -", "Owed +", "Owed -"),
        *("Payable balance", "Owed balance"),
    ]
    for found in statements:
        payable, owed = found.opening_payable, found.opening_owed
        yield [found.currency, "", "", "Opening balance", *[""] * 4, *_plain(found, payable, owed)]
        for line in found.lines:
            payable, owed = payable + line.payable, owed + line.owed
            moved = (line.payable, -line.payable, line.owed, -line.owed)
            yield [
                found.currency,
                f"{line.at.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d}",
                line.order,
                line.what,
                *(str(found.money(minor).decimal) if minor > 0 else "" for minor in moved),
                *_plain(found, payable, owed),
            ]
        closing = _plain(found, found.closing_payable, found.closing_owed)
        yield [found.currency, "", "", "Closing balance", *[""] * 4, *closing]


def _plain(found: Statement, *minors: int) -> list[str]:
    return [str(found.money(minor).decimal) for minor in minors]
