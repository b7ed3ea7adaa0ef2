"""Staff say what the platform keeps, and until when."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from orders import events
from orders.models import CommissionRule
from orders.rules import check_is_staff


@transaction.atomic
def make_commission_rule(*, actor: Actor, **values: Any) -> CommissionRule:
    """A rule for contracts made from its first day on; contracts already made keep their terms.

    `values` are the columns of `CommissionRule`. Raises NotAllowed for anybody but staff, and
    DomainError with the field when they contradict each other.
    """
    check_is_staff(actor)
    rule = CommissionRule(**values)
    _check(rule)
    rule.save()
    record(
        events.COMMISSION_RULE_MADE, rule, actor=actor, visible_to=[], name=rule.name, bps=rule.bps
    )
    return rule


@transaction.atomic
def end_commission_rule(*, actor: Actor, public_id: str, ends_on: date | None) -> CommissionRule:
    """The last day a rule holds for new contracts; None lets it run on. Twice is once."""
    check_is_staff(actor)
    rule = CommissionRule.objects.select_for_update(of=("self",)).get(public_id=public_id)
    if rule.ends_on == ends_on:
        return rule
    rule.ends_on = ends_on
    _check(rule)
    rule.save(update_fields=["ends_on"])
    record(
        events.COMMISSION_RULE_ENDED,
        rule,
        actor=actor,
        visible_to=[],
        name=rule.name,
        day=ends_on.isoformat() if ends_on else "no day",
    )
    return rule


def _check(rule: CommissionRule) -> None:
    amounts = (rule.fixed_minor, rule.minimum_minor, rule.from_minor, rule.below_minor)
    if any(amounts) and not rule.currency:
        raise _fault("currency", "Say in which currency the amounts are.")
    if (
        rule.from_minor is not None
        and rule.below_minor is not None
        and rule.below_minor <= rule.from_minor
    ):
        raise _fault("below_minor", "The band ends where it begins. Make the upper end larger.")
    if rule.ends_on is not None and rule.ends_on < rule.starts_on:
        raise _fault("ends_on", "The last day lies before the first one.")
    if rule.manufacturer_id is not None and rule.manufacturer_id == rule.buyer_id:
        raise _fault("buyer", "A company does not buy from itself.")


def _fault(field: str, sentence: str) -> DomainError:
    return DomainError(sentence, fields={field: sentence})
