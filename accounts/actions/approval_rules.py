"""When an award of the organization needs a second pair of eyes."""

from collections.abc import Sequence

from django.db import transaction

from accounts import events
from accounts.actions.team import lock_team
from accounts.actor import Actor
from accounts.models import ApprovalRule, Organization, User
from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.money import MAX_MINOR, Money

MOST = 10
MOST_APPROVERS = 5
ANYONE = "anyone whose role may approve"


@transaction.atomic
def add_approval_rule(
    *, actor: Actor, over_minor: int, approvers_needed: int = 1, approver_ids: Sequence[str] = ()
) -> ApprovalRule:
    """Awards of more than `over_minor` (the organization's currency) wait for approvals.

    `approver_ids` are people of the organization whose role may approve; none means any of them.
    Raises DomainError for a rule that could never be kept.
    """
    organization = _lock(actor)
    others = ApprovalRule.objects.filter(organization=organization)
    if others.count() >= MOST:
        raise DomainError(f"An organization has at most {MOST} approval rules.")
    approvers = _check(organization, None, over_minor, approvers_needed, approver_ids)
    rule = ApprovalRule.objects.create(
        organization=organization, over_minor=over_minor, approvers_needed=approvers_needed
    )
    rule.approvers.set(approvers)
    _record(events.APPROVAL_RULE_ADDED, rule, actor, **_said(rule))
    return rule


@transaction.atomic
def change_approval_rule(
    *,
    actor: Actor,
    public_id: str,
    over_minor: int,
    approvers_needed: int,
    approver_ids: Sequence[str] = (),
) -> ApprovalRule:
    """Write a rule anew. Awards that wait already keep what was asked of them."""
    organization = _lock(actor)
    rule = _own(organization, public_id)
    before = {f"old_{key}": value for key, value in _said(rule).items()}
    approvers = _check(organization, rule, over_minor, approvers_needed, approver_ids)
    rule.over_minor, rule.approvers_needed = over_minor, approvers_needed
    rule.save(update_fields=["over_minor", "approvers_needed"])
    rule.approvers.set(approvers)
    _record(events.APPROVAL_RULE_CHANGED, rule, actor, **_said(rule), **before)
    return rule


@transaction.atomic
def remove_approval_rule(*, actor: Actor, public_id: str) -> None:
    """Delete a rule. Awards that wait already go on waiting."""
    organization = _lock(actor)
    rule = _own(organization, public_id)
    said = _said(rule)
    _record(
        events.APPROVAL_RULE_REMOVED, rule, actor, over=said["over"], needed=rule.approvers_needed
    )
    rule.delete()


def _lock(actor: Actor) -> Organization:
    organization, actor = lock_team(actor)
    actor.check(Permission.MANAGE_ORGANIZATION)
    return organization


def _own(organization: Organization, public_id: str) -> ApprovalRule:
    found = ApprovalRule.objects.filter(organization=organization, public_id=public_id).first()
    if found is None:
        raise NotFound()
    found.organization = organization
    return found


def _check(
    organization: Organization,
    rule: ApprovalRule | None,
    over_minor: int,
    needed: int,
    approver_ids: Sequence[str],
) -> list[User]:
    """The named approvers when the rule can be kept. Raises DomainError with a sentence."""
    if not 0 <= over_minor <= MAX_MINOR:
        raise DomainError("Enter an amount of zero or more.", fields={"over": "Zero or more."})
    if not 1 <= needed <= MOST_APPROVERS:
        sentence = f"Ask for one to {MOST_APPROVERS} people."
        raise DomainError(sentence, fields={"approvers_needed": sentence})
    others = ApprovalRule.objects.filter(organization=organization)
    if rule is not None:
        others = others.exclude(pk=rule.pk)
    if others.filter(over_minor=over_minor).exists():
        sentence = "There is a rule for this amount already. Change that one."
        raise DomainError(sentence, fields={"over": sentence})
    stricter_below = others.filter(over_minor__lt=over_minor, approvers_needed__gt=needed)
    weaker_above = others.filter(over_minor__gt=over_minor, approvers_needed__lt=needed)
    if stricter_below.exists() or weaker_above.exists():
        sentence = "A rule for more money needs at least as many people as one for less."
        raise DomainError(sentence, fields={"approvers_needed": sentence})
    able = members_with(organization, Permission.APPROVE)
    chosen = list(able.filter(public_id__in=approver_ids).distinct())
    if len(chosen) != len(set(approver_ids)):
        sentence = "Choose people of your organization whose role may approve."
        raise DomainError(sentence, fields={"approvers": sentence})
    if chosen and len(chosen) < needed:
        sentence = f"You ask for {needed} people and name {len(chosen)}. Name more, or nobody."
        raise DomainError(sentence, fields={"approvers": sentence})
    return chosen


def _said(rule: ApprovalRule) -> dict[str, str | int]:
    names = sorted(person.name for person in rule.approvers.all())
    return {
        "over": str(Money(rule.over_minor, rule.organization.currency)),
        "needed": rule.approvers_needed,
        "approvers": ", ".join(names) or ANYONE,
    }


def _record(fact: Fact, rule: ApprovalRule, actor: Actor, **data: str | int) -> None:
    organization = rule.organization
    record(fact, rule, actor=actor, thread=organization, visible_to=[organization], **data)
