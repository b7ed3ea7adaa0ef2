"""Writing, publishing, reading. Who may is decided by the app that owns the subject."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.errors import Conflict
from marketplace.core.events import Fact, Identified, record
from marketplace.files.models import StoredFile
from marketplace.messaging import events, rules
from marketplace.messaging.models import Attachment, Message, PublishedAnswer, ReadMark, Thread


@dataclass(frozen=True)
class Spot:
    """What a text is about: a line's public id, and a point of its model (mm) or None."""

    place: str = ""
    point: tuple[float, float, float] | None = None

    @property
    def columns(self) -> dict[str, object]:
        """The values of a Pin's columns."""
        x, y, z = self.point or (None, None, None)
        return {"place": self.place, "x_mm": x, "y_mm": y, "z_mm": z}


NOWHERE = Spot()


def open_thread(*, subject: str, asker: Organization, owner: Organization) -> Thread:
    """The thread of an asker on a subject, made when it is missing."""
    thread, _ = Thread.objects.get_or_create(
        subject=subject, asker=asker, defaults={"owner": owner}
    )
    return thread


@transaction.atomic
def write_message(
    *,
    actor: Actor,
    story: Identified,
    thread: Thread,
    text: str,
    spot: Spot = NOWHERE,
    files: Sequence[StoredFile] = (),
    fact: Fact | None = None,
) -> Message:
    """Add a text to a thread as the acting side; `story` is what the fact belongs to.

    `files` are kept already. `fact` is one of the owning app without data; without it the text is
    a question of the asker or an answer of the owner. Raises DomainError for an empty or overlong
    text, TooMany above the rate.
    """
    clean = rules.clean_text(text)
    rules.check_point(spot.point)
    # Texts of one side come one after the other, so that the rate holds for two at once.
    Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
    rules.check_rate(actor.company)
    message = Message.objects.create(
        thread=thread,
        organization=actor.company,
        author=actor.user,
        guest_name="" if actor.user else actor.name[:140],
        text=clean,
        **spot.columns,
    )
    Attachment.objects.bulk_create(Attachment(message=message, file=file) for file in files)
    seen_by = [thread.asker, thread.owner]
    if fact is not None:
        record(fact, message, actor=actor, thread=story, visible_to=seen_by)
    elif actor.company.pk == thread.asker_id:
        record(events.QUESTION_ASKED, message, actor=actor, thread=story, visible_to=seen_by)
    else:
        record(
            events.MESSAGE_ANSWERED,
            message,
            actor=actor,
            thread=story,
            visible_to=seen_by,
            name=thread.asker.name,
        )
    mark_thread_read(actor=actor, thread=thread)
    return message


@transaction.atomic
def publish_answer(
    *,
    actor: Actor,
    story: Identified,
    source: Message | None,
    question: str,
    answer: str,
    spot: Spot = NOWHERE,
    visible_to: Collection[Organization] = (),
) -> PublishedAnswer:
    """Show a question and its answer to everybody who was asked, without a name.

    `source` is the question as it was asked, None for an answer nobody asked for. Raises Conflict
    when it is published already, DomainError for texts that cannot be.
    """
    question, answer = rules.clean_text(question, "question"), rules.clean_text(answer, "answer")
    rules.check_point(spot.point)
    if source is not None:
        Message.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if PublishedAnswer.objects.filter(source=source).exists():
            raise Conflict("This question is published already. Reload the page to see it.")
    published = PublishedAnswer.objects.create(
        subject=story.public_id,
        owner=actor.company,
        source=source,
        question=question,
        answer=answer,
        published_by=actor.user,
        **spot.columns,
    )
    record(
        events.ANSWER_PUBLISHED,
        published,
        actor=actor,
        thread=story,
        visible_to=[actor.company, *visible_to],
    )
    return published


def mark_thread_read(*, actor: Actor, thread: Thread) -> None:
    """The person has read the thread to its end. A guest has no mark."""
    newest = thread.messages.order_by("-pk").values_list("pk", flat=True).first()
    if actor.user is None or newest is None:
        return
    ReadMark.objects.update_or_create(user=actor.user, thread=thread, defaults={"newest": newest})


def mark_answers_read(*, actor: Actor, subject: str) -> None:
    """The person has read what is published on a subject. A guest has no mark."""
    rows = PublishedAnswer.objects.filter(subject=subject).order_by("-pk")
    newest = rows.values_list("pk", flat=True).first()
    if actor.user is None or newest is None:
        return
    ReadMark.objects.update_or_create(
        user=actor.user, thread=None, subject=subject, defaults={"newest": newest}
    )


def hand_over_threads(*, subject: str, giver: Organization, taker: Organization) -> None:
    """What a guest wrote about a subject belongs to the company its person works for.

    The caller holds the transaction and knows that the taker has no thread on the subject.
    """
    threads = Thread.objects.filter(subject=subject, asker=giver)
    Message.objects.filter(thread__in=threads, organization=giver).update(organization=taker)
    threads.update(asker=taker)


def forget_reading(*, user: User) -> None:
    """Remove how far a person has read; their account is being deleted."""
    ReadMark.objects.filter(user=user).delete()
