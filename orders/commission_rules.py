"""Which rule says what the platform keeps of a contract: one query, then plain comparing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q

from orders.commission import CommissionTerms
from orders.models import CommissionRule


@dataclass(frozen=True)
class Sale:
    """What a rule looks at. `processes` are the taxonomy's names; `total_minor` in minor units of
    `currency`; `on` is the day the contract is made."""

    manufacturer_id: int | None
    buyer_id: int | None
    processes: frozenset[str]
    total_minor: int
    currency: str
    on: date


def rules_on(day: date) -> list[CommissionRule]:
    """Every rule that holds on a day. One query; there are as many as staff have agreements."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rules = CommissionRule.objects.filter(running, starts_on__lte=day)
    return list(rules.select_related("manufacturer", "buyer", "process"))


def fitting(rules: Iterable[CommissionRule], sale: Sale) -> list[CommissionRule]:
    """Those that fit the sale, the one that counts first: what names most wins, and of two that
    name as much the older one. The order they come in does not matter."""
    found = [rule for rule in rules if _fits(rule, sale)]
    return sorted(found, key=lambda rule: (-named(rule), rule.pk))


def _fits(rule: CommissionRule, sale: Sale) -> bool:
    return (
        rule.manufacturer_id in (None, sale.manufacturer_id)
        and rule.buyer_id in (None, sale.buyer_id)
        and (rule.process is None or sale.processes == {rule.process.name})
        and rule.currency in ("", sale.currency)
        and (rule.from_minor is None or rule.from_minor <= sale.total_minor)
        and (rule.below_minor is None or sale.total_minor < rule.below_minor)
        and rule.starts_on <= sale.on
        and (rule.ends_on is None or sale.on <= rule.ends_on)
    )


def named(rule: CommissionRule) -> int:
    """How many of manufacturer, buyer, process, amount band and last day the rule names."""
    has_band = rule.from_minor is not None or rule.below_minor is not None
    ids = (rule.manufacturer_id, rule.buyer_id, rule.process_id)
    return sum(one is not None for one in ids) + has_band + (rule.ends_on is not None)


def terms_of(rules: Sequence[CommissionRule], sale: Sale) -> CommissionTerms:
    """What is kept of this sale: by the rule that counts, else the platform's general rate."""
    fits = fitting(rules, sale)
    if not fits:
        return CommissionTerms(settings.COMMISSION_BPS)
    rule = fits[0]
    return CommissionTerms(rule.bps, rule.fixed_minor, rule.minimum_minor, rule.public_id)
