"""Reads of questions and answers. Every function names the side it reads for."""

from collections.abc import Collection, Iterable

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData
from marketplace.messaging.models import Message, PublishedAnswer, ReadMark, Thread


def own_thread(actor: Actor, subject: str) -> Thread | None:
    """The asker's own thread on a subject; None before the first text."""
    return Thread.objects.filter(asker=actor.organization, subject=subject).first()


def threads_on(owner: Organization, subject: str) -> QuerySet[Thread]:
    """The owner's threads on a subject that have a text, with the number of texts."""
    return (
        Thread.objects.filter(owner=owner, subject=subject)
        .annotate(message_count=Count("messages"))
        .filter(message_count__gt=0)
        .select_related("asker")
    )


def get_thread(owner: Organization, subject: str, public_id: str) -> Thread:
    """One of the owner's threads on a subject. Raises NotFound."""
    found = threads_on(owner, subject).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def messages_of(thread: Thread) -> QuerySet[Message]:
    """The texts of a thread the caller may read, with who wrote them."""
    return thread.messages.select_related("organization", "author", "published")


def messages_with_files(thread: Thread) -> QuerySet[Message]:
    """The same, with the files that came with each."""
    return messages_of(thread).prefetch_related("attachments__file")


def get_message(owner: Organization, subject: str, public_id: str) -> Message:
    """One text of the owner's threads on a subject. Raises NotFound."""
    found = (
        Message.objects.filter(thread__owner=owner, thread__subject=subject, public_id=public_id)
        .select_related("thread__asker", "thread__owner")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def message_with_id(public_id: str) -> Message:
    """One text for the reaction to its fact."""
    return Message.objects.select_related("thread__asker", "thread__owner").get(public_id=public_id)


def answers_on(subject: str) -> QuerySet[PublishedAnswer]:
    """What everybody who was asked may read. The source, and with it the asker, stays out."""
    return PublishedAnswer.objects.filter(subject=subject).defer("source")


def unread_of(actor: Actor, subjects: Iterable[str]) -> dict[str, int]:
    """Subject -> texts the person has not read, of the other side and published. Two queries.

    Published answers count for those who were asked, not for the side that published them.
    """
    wanted = list(subjects)
    if actor.user is None or actor.organization is None or not wanted:
        return {}
    counts = unread_texts(actor, wanted)
    seen = ReadMark.objects.filter(user=actor.user, thread=None, subject=OuterRef("subject"))
    published = (
        PublishedAnswer.objects.filter(subject__in=wanted)
        .exclude(owner=actor.organization)
        .filter(pk__gt=Coalesce(Subquery(seen.values("newest")[:1]), 0))
        .values_list("subject")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for subject, number in published:
        counts[subject] = counts.get(subject, 0) + number
    return counts


def unread_texts(actor: Actor, subjects: Iterable[str]) -> dict[str, int]:
    """The same of subjects where nothing is published: texts of the other side. One query."""
    wanted = list(subjects)
    if actor.user is None or actor.organization is None or not wanted:
        return {}
    mark = ReadMark.objects.filter(user=actor.user, thread=OuterRef("thread")).values("newest")
    texts = (
        Message.objects.filter(_mine(actor.organization), thread__subject__in=wanted)
        .exclude(organization=actor.organization)
        .filter(pk__gt=Coalesce(Subquery(mark[:1]), 0))
        .values_list("thread__subject")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return dict(texts)


def unanswered_on(owner: Organization, subjects: Iterable[str]) -> dict[str, int]:
    """Subject -> the owner's threads on it whose newest text waits for an answer. One query.

    A text that was answered to everybody (published) waits no more.
    """
    newest = Message.objects.filter(thread=OuterRef("pk")).order_by("-pk")
    rows = (
        Thread.objects.filter(owner=owner, subject__in=list(subjects))
        .annotate(last_by=Subquery(newest.values("organization")[:1]))
        .annotate(answered=Subquery(newest.values("published")[:1]))
        .filter(last_by=F("asker"), answered=None)
        .order_by()
        .values_list("subject")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def unread_threads(actor: Actor, threads: Collection[Thread]) -> dict[int, int]:
    """Thread row -> texts of the other side the person has not read. One query."""
    if actor.user is None:
        return {}
    mark = ReadMark.objects.filter(user=actor.user, thread=OuterRef("thread")).values("newest")
    rows = (
        Message.objects.filter(thread__in=threads)
        .exclude(organization=actor.organization)
        .filter(pk__gt=Coalesce(Subquery(mark[:1]), 0))
        .values_list("thread")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return dict(rows)


def _mine(organization: Organization) -> Q:
    return Q(thread__asker=organization) | Q(thread__owner=organization)


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: what the person wrote and how far they read."""
    written = Message.objects.filter(author=user).annotate(about=F("thread__subject"))
    return {
        "messages": list(written.values("public_id", "about", "text", "created_at")),
        "published_answers": list(
            PublishedAnswer.objects.filter(published_by=user).values(
                "subject", "question", "answer", "created_at"
            )
        ),
        "read_marks": list(
            ReadMark.objects.filter(user=user).values("thread__subject", "subject", "newest")
        ),
    }
