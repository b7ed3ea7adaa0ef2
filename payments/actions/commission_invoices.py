"""What the platform invoices shops: its commission of a month, and what it gave back of it.

One a month, shop and currency, as the monthly statement has it: an order can be released in a dozen
parts, and a dozen invoices of a few euros help no bookkeeper. What the contract calls commission is
all the platform keeps, so VAT is contained in it, never on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Organization
from payments.actions.documents import Issue, issue
from payments.actions.ledger import lock_shop
from payments.instalments import commissions
from payments.invoicing import Facts, Line, Party, party_of, platform
from payments.models import Document, LedgerEntry
from payments.statements import Month
from payments.tax import tax_within
from payments.tax_queries import rate_on
from payments.tax_rules import Ruling, Supply, decide

Kind = Document.Kind
# Months that are looked at again: a timer that stood still for a while misses nothing.
MONTHS_BACK = 3
# Kind of a document -> what it invoices in the books, and in words.
WHAT = {
    Kind.COMMISSION: ("commission", "Commission on {order}"),
    Kind.COMMISSION_CREDIT: ("commission_back", "Commission given back for {order}"),
}


def invoice_commissions() -> int:
    """Issue what is missing of the last months that are over; the number issued. Twice is once.

    0 while the platform's company is not set. For the timer.
    """
    if platform() is None:
        return 0
    issued = 0
    for month in _months_over():
        for kind, (booked, _) in WHAT.items():
            entries = LedgerEntry.objects.filter(
                kind=booked, at__gte=month.start, at__lt=month.following.start
            )
            pairs = entries.order_by().values_list("request__order__manufacturer", "currency")
            for shop_pk, currency in pairs.distinct():
                issued += issue_commission(
                    kind=kind, shop_pk=shop_pk, currency=currency, month=month
                )
    return issued


def _months_over() -> Iterable[Month]:
    today = timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    for back in range(1, MONTHS_BACK + 1):
        count = today.year * 12 + today.month - 1 - back
        yield Month(count // 12, count % 12 + 1)


@transaction.atomic
def issue_commission(*, kind: str, shop_pk: int, currency: str, month: Month) -> bool:
    """One invoice or credit note of the commission of a month; False when it was there."""
    ours = platform()
    shop = Organization.objects.get(pk=shop_pk)
    cause = f"{kind}:{shop.public_id}:{currency}:{month}"
    # Two timers at once: the second waits here and finds the document.
    lock_shop(shop)
    if ours is None or Document.objects.filter(cause=cause).exists():
        return False
    booked, words = WHAT[Kind(kind)]
    sums = list(
        LedgerEntry.objects.filter(
            kind=booked,
            currency=currency,
            request__order__manufacturer=shop,
            at__gte=month.start,
            at__lt=month.following.start,
        )
        .order_by("request__order")
        .values_list("request__order__reference")
        .annotate(sum=Sum("amount_minor"))
    )
    invoice = Document.objects.filter(
        cause=f"{Kind.COMMISSION}:{shop.public_id}:{currency}:{month}"
    ).first()
    credited = invoice if kind == Kind.COMMISSION_CREDIT else None
    theirs = party_of(shop)
    ruling = _ruling(ours, theirs, month)
    gross = sum(minor for _, minor in sums)
    tax = tax_within(gross, ruling.rate_bps)
    nets = commissions([minor for _, minor in sums], gross - tax)

    def write(number: str, day: str) -> Facts:
        return Facts(
            kind=str(kind),
            number=number,
            issued_on=day,
            currency=currency,
            seller=ours,
            buyer=theirs,
            lines=tuple(
                Line(words.format(order=reference), net)
                for (reference, _), net in zip(sums, nets, strict=True)
            ),
            net_minor=gross - tax,
            tax_minor=tax,
            rate_bps=ruling.rate_bps,
            category=ruling.category,
            sentence=ruling.sentence,
            subject=f"Commission of {month}, kept from what was released",
            corrects=credited.number if credited else "",
            corrects_on=timezone.localdate(credited.issued_at).isoformat() if credited else "",
        )

    issue(Issue(str(kind), cause, None, shop, corrects=credited), write)
    return True


def _ruling(ours: Party, theirs: Party, month: Month) -> Ruling:
    rate = rate_on(ours.country, month.start.date())
    return decide(
        Supply(
            seller=ours.side,
            buyer=theirs.side,
            is_goods=False,
            charges_vat=True,
            rate_bps=rate.rate_bps if rate else None,
        )
    )
