"""Questions and answers of a request, for the one side and for the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.actor import Actor
from marketplace.messaging import queries as messaging
from marketplace.messaging.models import Message, PublishedAnswer, Thread
from quotes.models import RFQ, Invitation


@dataclass(frozen=True)
class Placed:
    """A message or a published answer and where it is pinned, in words ("" for nowhere)."""

    row: Message | PublishedAnswer
    where: str
    is_own: bool = False


def threads_for_buyer(actor: Actor, rfq: RFQ) -> QuerySet[Thread]:
    """The threads of the acting buyer's own request."""
    return messaging.threads_on(actor.company, rfq.public_id)


def get_thread_for_buyer(actor: Actor, rfq: RFQ, thread_id: str) -> Thread:
    """One thread of the acting buyer's own request. Raises NotFound."""
    return messaging.get_thread(actor.company, rfq.public_id, thread_id)


def thread_of_shop(actor: Actor, invitation: Invitation) -> Thread | None:
    """The acting shop's own thread on a request; None before the first text."""
    return messaging.own_thread(actor, invitation.rfq.public_id)


def answers_of(rfq: RFQ) -> QuerySet[PublishedAnswer]:
    """What is published on a request the caller may read."""
    return messaging.answers_on(rfq.public_id)


def messages_of(thread: Thread) -> QuerySet[Message]:
    """The texts of a thread the caller may read."""
    return messaging.messages_of(thread)


def placed(rfq: RFQ, rows: Sequence[Message | PublishedAnswer], actor: Actor) -> list[Placed]:
    """Rows with the place they are pinned to, in words. One query."""
    lines = {
        public_id: f"Line {position}"
        for public_id, position in rfq.lines.values_list("public_id", "position")
    }
    own = actor.company.pk
    return [
        Placed(row, _where(row, lines), isinstance(row, Message) and row.organization_id == own)
        for row in rows
    ]


def _where(row: Message | PublishedAnswer, lines: dict[str, str]) -> str:
    if not row.place:
        return ""
    line = lines.get(row.place, "A line that was removed")
    if row.point is None:
        return line
    x, y, z = row.point
    return f"{line}, at x {x:.1f}, y {y:.1f}, z {z:.1f} mm"


def asked_organizations(rfq: RFQ) -> list[Invitation]:
    """The invitations whose shops still see the request. One query."""
    return list(
        rfq.invitations.exclude(state="revoked").select_related("manufacturer__organization")
    )
