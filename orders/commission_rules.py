"""Which rule says what the platform keeps of a contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q

from orders.commission import CommissionTerms
from orders.models import CommissionRule


@dataclass(frozen=True)
class Sale:
    """What a rule looks at. `processes` are the taxonomy's names; `total_minor` in minor units."""

    manufacturer_id: int | None
    buyer_id: int | None
    processes: frozenset[str]
    total_minor: int
    currency: str
    on: date


def rules_for(sale: Sale) -> list[CommissionRule]:
    """Every rule that fits, the one that counts first: what names most wins, and of two that name
    as much the older one. One query."""
    whole = next(iter(sale.processes)) if len(sale.processes) == 1 else None
    fitting = CommissionRule.objects.filter(
        _is_or_any("manufacturer", sale.manufacturer_id),
        _is_or_any("buyer", sale.buyer_id),
        Q(process__isnull=True) | Q(process__name=whole),
        Q(currency="") | Q(currency=sale.currency),
        Q(from_minor__isnull=True) | Q(from_minor__lte=sale.total_minor),
        Q(below_minor__isnull=True) | Q(below_minor__gt=sale.total_minor),
        Q(ends_on__isnull=True) | Q(ends_on__gte=sale.on),
        starts_on__lte=sale.on,
    ).select_related("manufacturer", "buyer", "process")
    return ranked(list(fitting))


def ranked(rules: Sequence[CommissionRule]) -> list[CommissionRule]:
    """By how much each names, then by age; the order they came in does not matter."""
    return sorted(rules, key=lambda rule: (-named(rule), rule.pk))


def named(rule: CommissionRule) -> int:
    """How many of manufacturer, buyer, process, amount band and last day the rule names."""
    band = rule.from_minor is not None or rule.below_minor is not None
    what = (rule.manufacturer_id, rule.buyer_id, rule.process_id, band or None, rule.ends_on)
    return sum(one is not None for one in what)


def terms_for(sale: Sale) -> CommissionTerms:
    """What is kept of this sale: by the rule that counts, else the platform's general rate."""
    rules = rules_for(sale)
    if not rules:
        return CommissionTerms(settings.COMMISSION_BPS)
    rule = rules[0]
    return CommissionTerms(rule.bps, rule.fixed_minor, rule.minimum_minor, rule.public_id)


def _is_or_any(field: str, value: int | None) -> Q:
    anybody = Q(**{f"{field}__isnull": True})
    return anybody if value is None else anybody | Q(**{f"{field}_id": value})
