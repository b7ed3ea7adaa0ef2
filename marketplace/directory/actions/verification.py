"""From the first application to a verified company, and back out again."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from marketplace.directory import events
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries import lock_manufacturer, lock_own_manufacturer
from marketplace.directory.rules import check_edits, missing_for_application, side_of
from marketplace.directory.states import MANUFACTURER

MAX_WORD = 1000
MAX_ANSWER = 2000


@transaction.atomic
def apply_manufacturer(*, actor: Actor) -> Manufacturer:
    """Ask staff to verify the acting organization.

    Raises DomainError that names everything that is missing, WrongState when it applied already.
    """
    profile = check_edits(actor, lock_own_manufacturer(actor))
    lacks = missing_for_application(profile.organization, profile)
    if lacks and MANUFACTURER.find("apply_manufacturer", profile.state):
        raise DomainError(
            "Before you can apply: " + " ".join(lack.sentence for lack in lacks), code="incomplete"
        )
    move(profile, MANUFACTURER, "apply_manufacturer", by=side_of(actor))
    profile.applied_at = timezone.now()
    profile.staff_word = profile.answer = ""
    profile.save(update_fields=["applied_at", "staff_word", "answer"])
    _record(events.MANUFACTURER_APPLIED, profile, actor, name=profile.organization.name)
    return profile


@transaction.atomic
def answer_question(*, actor: Actor, answer: str) -> Manufacturer:
    """Answer what staff asked; the application waits again, at its old place in the queue."""
    profile = check_edits(actor, lock_own_manufacturer(actor))
    answer = _words(answer, "answer", "Write an answer.", MAX_ANSWER)
    move(profile, MANUFACTURER, "answer_question", by=side_of(actor))
    profile.answer = answer
    profile.save(update_fields=["answer"])
    _record(events.QUESTION_ANSWERED, profile, actor, answer=answer)
    return profile


@transaction.atomic
def verify_manufacturer(*, actor: Actor, public_id: str) -> Manufacturer:
    """Staff vouch for the company; from now on the directory lists it."""
    profile = lock_manufacturer(public_id)
    move(profile, MANUFACTURER, "verify_manufacturer", by=side_of(actor))
    profile.staff_word = ""
    profile.save(update_fields=["staff_word"])
    _record(events.MANUFACTURER_VERIFIED, profile, actor)
    return profile


@transaction.atomic
def ask_manufacturer(*, actor: Actor, public_id: str, question: str) -> Manufacturer:
    """Staff need to know more; it is the manufacturer's turn. The company is not listed."""
    profile = lock_manufacturer(public_id)
    question = _words(question, "question", "Write what you need to know.", MAX_WORD)
    move(profile, MANUFACTURER, "ask_manufacturer", by=side_of(actor))
    profile.staff_word, profile.answer = question, ""
    profile.save(update_fields=["staff_word", "answer"])
    _record(events.MANUFACTURER_ASKED, profile, actor, question=question)
    return profile


@transaction.atomic
def refuse_manufacturer(*, actor: Actor, public_id: str, reason: str) -> Manufacturer:
    """Staff decline the application; the manufacturer reads why and may apply again."""
    profile = lock_manufacturer(public_id)
    reason = _words(reason, "reason", "Write why.", MAX_WORD)
    move(profile, MANUFACTURER, "refuse_manufacturer", by=side_of(actor))
    profile.staff_word = reason
    profile.save(update_fields=["staff_word"])
    _record(events.MANUFACTURER_REFUSED, profile, actor, reason=reason)
    return profile


@transaction.atomic
def suspend_manufacturer(*, actor: Actor, public_id: str, reason: str) -> Manufacturer:
    """Take the company out of the directory and out of matching; running orders go on."""
    profile = lock_manufacturer(public_id)
    reason = _words(reason, "reason", "Write why.", MAX_WORD)
    move(profile, MANUFACTURER, "suspend_manufacturer", by=side_of(actor))
    profile.staff_word = reason
    profile.save(update_fields=["staff_word"])
    _record(events.MANUFACTURER_SUSPENDED, profile, actor, reason=reason)
    return profile


@transaction.atomic
def close_manufacturer(*, actor: Actor, public_id: str) -> Manufacturer:
    """End the profile for good, by staff or by the company itself; running orders go on."""
    profile = lock_manufacturer(public_id)
    if not actor.is_staff:
        check_edits(actor, profile)
    move(profile, MANUFACTURER, "close_manufacturer", by=side_of(actor))
    _record(events.MANUFACTURER_CLOSED, profile, actor)
    return profile


def _record(fact: Fact, profile: Manufacturer, actor: Actor, **data: Any) -> None:
    record(fact, profile, actor=actor, visible_to=[profile.organization], **data)


def _words(text: str, field: str, sentence: str, most: int) -> str:
    """The typed words. Raises DomainError for none, or for more than `most` characters."""
    words = text.strip()
    if not words:
        raise DomainError(sentence, fields={field: sentence})
    if len(words) > most:
        shorter = f"Use at most {most:,} characters."
        raise DomainError(shorter, fields={field: shorter})
    return words
