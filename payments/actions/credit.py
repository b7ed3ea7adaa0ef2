"""A buyer applies to buy on account; staff decide, with a limit and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.money import EXPONENTS, Money
from marketplace.core.states import check_move, move
from payments import events
from payments.credit_queries import lock_credit_account
from payments.credit_rules import check_can_apply, check_can_decide_credit
from payments.models import CreditAccount
from payments.models.credit import NET_DAYS
from payments.states import CREDIT, CreditState

MOST_REASON = 300


@dataclass(frozen=True)
class Application:
    """What a buyer says of itself. `monthly` is what it expects to buy in a month."""

    registration_number: str
    monthly: Money
    contact: str
    email: str


@dataclass(frozen=True)
class CreditTerms:
    """What staff allow: the most that may be owed and committed, days to pay, and whether the
    payment an order begins with may be on account."""

    limit: Money
    net_days: int
    starts_production: bool


@transaction.atomic
def apply_for_credit(*, actor: Actor, application: Application) -> CreditAccount:
    """Ask to buy on account, or ask again after a refusal. Raises NotFound, NotAllowed, Conflict
    while an application waits or was approved, DomainError for what is missing."""
    check_can_apply(actor)
    _check_application(application)
    organization = actor.company
    found = lock_credit_account(organization)
    if found is not None and found.state != CreditState.REFUSED:
        label = CREDIT.label(found.state).lower()
        raise Conflict(f"Your company has asked to buy on account already: {label}.")
    account = found or CreditAccount(organization=organization)
    account.registration_number = application.registration_number.strip()
    account.monthly_minor = application.monthly.minor
    account.monthly_currency = application.monthly.currency
    account.contact, account.email = application.contact.strip(), application.email.strip()
    account.reason = ""
    account.save()
    if found is not None:
        move(account, CREDIT, "apply_for_credit", by=Side.BUYER)
    record(events.CREDIT_APPLIED, account, actor=actor, visible_to=[organization])
    return account


def _check_application(application: Application) -> None:
    missing = {
        name: sentence
        for name, value, most, sentence in (
            (
                "registration_number",
                application.registration_number,
                60,
                "Enter the number under which your company is registered, at most 60 characters.",
            ),
            ("contact", application.contact, 120, "Say who answers for invoices."),
            ("email", application.email, 254, "Enter the mail address for invoices."),
        )
        if not 0 < len(value.strip()) <= most
    }
    if application.monthly.minor < 1:
        missing["monthly"] = "Enter what you expect to buy in a month, above 0."
    if missing:
        raise DomainError("Some values are missing.", fields=missing)


@transaction.atomic
def approve_credit(
    *, actor: Actor, public_id: str, terms: CreditTerms, reason: str
) -> CreditAccount:
    """Let a buyer buy on account by these terms. Raises NotAllowed, NotFound, WrongState,
    DomainError."""
    account = _lock(actor, public_id)
    check_move(account, CREDIT, "approve_credit", by=Side.STAFF)
    _write_terms(account, terms, _reason(reason))
    move(account, CREDIT, "approve_credit", by=Side.STAFF)
    _record_terms(events.CREDIT_APPROVED, account, actor)
    return account


@transaction.atomic
def change_credit(
    *, actor: Actor, public_id: str, terms: CreditTerms, reason: str
) -> CreditAccount:
    """Other terms for an account that is approved or suspended; what is owed already stays due as
    it was. Raises NotAllowed, NotFound, Conflict, DomainError."""
    account = _lock(actor, public_id)
    if account.state not in (CreditState.APPROVED, CreditState.SUSPENDED):
        raise Conflict("Only an account that was approved has terms to change.")
    if terms.limit.currency != account.currency and account.receivables.exists():
        sentence = f"What is owed is in {account.currency}, so the limit stays in it."
        raise DomainError(sentence, fields={"currency": sentence})
    _write_terms(account, terms, _reason(reason))
    _record_terms(events.CREDIT_CHANGED, account, actor)
    return account


@transaction.atomic
def refuse_credit(*, actor: Actor, public_id: str, reason: str) -> CreditAccount:
    """Say no, and why: the buyer reads it. Raises NotAllowed, NotFound, WrongState."""
    return _decide(actor, public_id, "refuse_credit", events.CREDIT_REFUSED, reason)


@transaction.atomic
def suspend_credit(*, actor: Actor, public_id: str, reason: str) -> CreditAccount:
    """Nothing new goes on account; what is owed stays owed. Raises NotAllowed, NotFound,
    WrongState."""
    return _decide(actor, public_id, "suspend_credit", events.CREDIT_SUSPENDED, reason)


def suspend_for_loss(*, actor: Actor, account: CreditAccount, number: str) -> None:
    """Something of an account was written off: nothing new goes on it. The caller may settle money
    by hand; an account that is suspended already stays so."""
    rows = CreditAccount.objects.select_for_update(of=("self",)).select_related("organization")
    found = rows.get(pk=account.pk)
    if found.state != CreditState.APPROVED:
        return
    found.reason, found.decided_at = f"{number} was not paid and was written off.", timezone.now()
    found.save(update_fields=["reason", "decided_at"])
    move(found, CREDIT, "suspend_credit", by=Side.STAFF)
    _record(events.CREDIT_SUSPENDED, found, actor)


@transaction.atomic
def resume_credit(*, actor: Actor, public_id: str, reason: str) -> CreditAccount:
    """A suspended account can be used again. Raises NotAllowed, NotFound, WrongState."""
    return _decide(actor, public_id, "resume_credit", events.CREDIT_RESUMED, reason)


def _lock(actor: Actor, public_id: str) -> CreditAccount:
    check_can_decide_credit(actor)
    rows = CreditAccount.objects.select_for_update(of=("self",)).select_related("organization")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def _reason(typed: str) -> str:
    clean = " ".join(typed.split())
    if not clean or len(clean) > MOST_REASON:
        sentence = f"Say why, in at most {MOST_REASON} characters; the buyer reads it."
        raise DomainError(sentence, fields={"reason": sentence})
    return clean


def _write_terms(account: CreditAccount, terms: CreditTerms, reason: str) -> None:
    if terms.limit.minor < 1 or terms.limit.currency not in EXPONENTS:
        sentence = "Enter a limit above 0."
        raise DomainError(sentence, fields={"limit": sentence})
    if terms.net_days not in NET_DAYS:
        sentence = f"Days to pay are {', '.join(str(days) for days in NET_DAYS)}."
        raise DomainError(sentence, fields={"net_days": sentence})
    account.limit_minor, account.currency = terms.limit.minor, terms.limit.currency
    account.net_days = terms.net_days
    account.starts_production = terms.starts_production
    account.reason, account.decided_at = reason, timezone.now()
    account.save()


def _record_terms(fact: Fact, account: CreditAccount, actor: Actor) -> None:
    _record(
        fact,
        account,
        actor,
        limit=str(account.limit),
        limit_minor=account.limit_minor,
        currency=account.currency,
        net_days=account.net_days,
    )


def _decide(actor: Actor, public_id: str, verb: str, fact: Fact, reason: str) -> CreditAccount:
    account = _lock(actor, public_id)
    check_move(account, CREDIT, verb, by=Side.STAFF)
    account.reason, account.decided_at = _reason(reason), timezone.now()
    account.save(update_fields=["reason", "decided_at"])
    move(account, CREDIT, verb, by=Side.STAFF)
    _record(fact, account, actor)
    return account


def _record(fact: Fact, account: CreditAccount, actor: Actor, **data: Any) -> None:
    visible_to = [account.organization]
    record(fact, account, actor=actor, visible_to=visible_to, reason=account.reason, **data)
