"""Questions of the shops, the buyer's answers, and answers published to everybody who was asked."""

import re

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.messaging import actions as messaging
from marketplace.messaging.actions import NOWHERE, Spot
from marketplace.messaging.models import Message, PublishedAnswer
from marketplace.messaging.queries import get_message
from quotes import admission, rules
from quotes.models import RFQ
from quotes.queries import get_invitation, lock_rfq
from quotes.queries.questions import asked_organizations, get_thread_for_buyer


@transaction.atomic
def ask_question(*, actor: Actor, rfq_id: str, text: str, spot: Spot = NOWHERE) -> Message:
    """A shop writes to the buyer; no other shop reads it.

    Raises NotFound for a request the shop was not asked to quote or a line that is not in it,
    WrongState when the request ended.
    """
    rfq = lock_rfq(rfq_id)
    invitation = get_invitation(actor, rfq_id)
    actor.check(Permission.QUOTE)
    admission.check_may_open(actor, rfq)
    rules.check_takes_questions(rfq)
    _check_spot(rfq, spot)
    thread = messaging.open_thread(
        subject=rfq_id, asker=invitation.manufacturer.organization, owner=rfq.organization
    )
    return messaging.write_message(actor=actor, story=rfq, thread=thread, text=text, spot=spot)


@transaction.atomic
def answer_question(*, actor: Actor, rfq_id: str, thread_id: str, text: str) -> Message:
    """The buyer writes to one shop. Raises NotFound, WrongState when the request ended."""
    rfq = _own(actor, rfq_id)
    thread = get_thread_for_buyer(actor, rfq, thread_id)
    return messaging.write_message(actor=actor, story=rfq, thread=thread, text=text)


@transaction.atomic
def publish_answer(
    *, actor: Actor, rfq_id: str, question: str, answer: str, message_id: str = ""
) -> PublishedAnswer:
    """Show a question and its answer to every shop that was asked, without a name.

    `message_id` is the shop's question; both texts are the buyer's, who takes names out of them.
    Raises NotFound, Conflict for a question that is published already.
    """
    rfq = _own(actor, rfq_id)
    source = get_message(actor.company, rfq_id, message_id) if message_id else None
    if source is not None and source.organization_id == rfq.organization_id:
        raise DomainError("Publish the question of a manufacturer, with your answer to it.")
    shops = [i.manufacturer.organization for i in asked_organizations(rfq)]
    if source is not None:
        _check_no_name(source, question, answer)
    return messaging.publish_answer(
        actor=actor,
        story=rfq,
        source=source,
        question=question,
        answer=answer,
        spot=Spot(source.place, source.point) if source else NOWHERE,
        visible_to=shops,
    )


@transaction.atomic
def read_thread(*, actor: Actor, rfq: RFQ, thread_id: str) -> None:
    """The buyer's member has read a thread of their own request."""
    messaging.mark_thread_read(actor=actor, thread=get_thread_for_buyer(actor, rfq, thread_id))


def _own(actor: Actor, rfq_id: str) -> RFQ:
    rfq = lock_rfq(rfq_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    rules.check_takes_questions(rfq)
    return rfq


def _check_spot(rfq: RFQ, spot: Spot) -> None:
    if spot.place and not rfq.lines.filter(public_id=spot.place).exists():
        raise NotFound()
    if spot.point is not None and not spot.place:
        raise DomainError("Say which line the point belongs to.")


def _check_no_name(source: Message, question: str, answer: str) -> None:
    """Rivals read these texts: the asker's names must not stand in them."""
    person = source.author_name
    # A single word such as "Max" also stands in sentences that name nobody.
    names = [source.thread.asker.name, *([person] if " " in person else [])]
    for name in names:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", f"{question}\n{answer}", re.IGNORECASE):
            raise DomainError(
                f'"{name}" stands in the text. Every manufacturer you asked will read it: take '
                "the name out first.",
                code="names_the_asker",
            )
