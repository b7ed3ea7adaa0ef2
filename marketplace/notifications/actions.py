"""Telling people: an inbox row and a mail."""

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Event
from marketplace.core.history import Scrub, acts_of
from marketplace.core.live import announce
from marketplace.core.mail import Letter, send_letter, write_letter
from marketplace.notifications.digest import MOST_IN_DIGEST, write_digest
from marketplace.notifications.groups import ALWAYS, GROUP_OF, Group, MailChoice
from marketplace.notifications.models import Digest, Notification, NotificationPreference
from marketplace.notifications.queries import mail_of, waiting_for_digest
from marketplace.notifications.stop_links import DIGESTS, read_stop_link, stop_link

logger = logging.getLogger(__name__)
# Longer than a mail may take (EMAIL_TIMEOUT), so that a claim is never taken twice alive.
DIGEST_LEASE = timedelta(minutes=11)


def notify(
    event: Event,
    people: Iterable[User],
    *,
    organization: Organization | None,
    template: str,
    link: str,
    link_text: str = "Open",
    **context: Any,
) -> None:
    """Tell each person of a fact, once: a row in the inbox, then a mail.

    `template` names `templates/<template>.txt`; its first line is the title. Called by handlers,
    so it may run again after a failure: a person who has the row and the mail is left alone.
    Who wants no mails of the kind finds it in the inbox only, or also in the next digest.
    `organization` is None for what concerns the person alone.
    """
    kind = template.rsplit("/", 1)[-1]
    told = list(people)
    chosen = mail_of(told, kind)
    for person in told:
        mail = chosen.get(person.pk, MailChoice.NOW)
        row = Notification.objects.filter(user=person, event_id=event.public_id, kind=kind).first()
        if row is None:
            letter = write_letter(template, {**context, "event": event, "person": person})
            row = Notification.objects.create(
                user=person,
                organization=organization,
                event_id=event.public_id,
                kind=kind,
                title=letter.title,
                body=letter.text,
                link=link,
                in_digest=mail == MailChoice.DIGEST,
            )
            announce(people=[person.public_id])
        if row.mailed_at is None and mail == MailChoice.NOW and not row.in_digest:
            send_letter(
                Letter(row.title, row.body),
                to=person.email,
                link=settings.SITE_URL + row.link,
                link_text=link_text,
                unsubscribe="" if GROUP_OF.get(kind, ALWAYS) == ALWAYS else stop_link(person, kind),
            )
            Notification.objects.filter(pk=row.pk).update(mailed_at=timezone.now())


@transaction.atomic
def choose_mails(
    *, actor: Actor, groups: Mapping[str, str], kinds: Mapping[str, str] | None = None
) -> None:
    """How groups and single kinds are mailed from now on (MailChoice; "" for a kind: as its group).

    What is not named stays. What waits for a digest and is no longer wanted there leaves it. Twice
    is once. Raises DomainError for an unknown name, and for security, which is always mailed.
    """
    if actor.user is None:
        raise NotFound()
    named = {(group, ""): mail for group, mail in groups.items()}
    named |= {(GROUP_OF.get(kind, ""), kind): mail for kind, mail in (kinds or {}).items()}
    for (group, kind), mail in named.items():
        _check_choice(group, kind, mail)
        rows = NotificationPreference.objects.filter(user=actor.user, group=group, kind=kind)
        if mail:
            rows.update_or_create(
                user=actor.user, group=group, kind=kind, defaults={"mail": MailChoice(mail)}
            )
        else:
            rows.delete()
    waiting = Notification.objects.filter(user=actor.user, in_digest=True, mailed_at=None)
    for kind in set(waiting.order_by().values_list("kind", flat=True)):
        if mail_of([actor.user], kind).get(actor.user.pk) != MailChoice.DIGEST:
            waiting.filter(kind=kind).update(in_digest=False)


def _check_choice(group: str, kind: str, mail: str) -> None:
    name = kind or group
    if group not in Group.values:
        raise DomainError(f"There is no notification named {name[:60]!r}.")
    if group == ALWAYS:
        raise DomainError("Security and privacy are always mailed at once.")
    if mail not in MailChoice.values and not (kind and mail == ""):
        allowed = ", ".join(MailChoice.values)
        raise DomainError(f"{name}: {mail[:60]!r} is no choice. Use one of: {allowed}.")


def stop_mails(*, token: str) -> None:
    """Carry out the link of a mail: its kind, or every digest, is not mailed any more.

    Raises NotFound for a forged link and for one whose person is gone. Twice is once.
    """
    public_id, what = read_stop_link(token)
    person = User.objects.filter(public_id=public_id, is_active=True).first()
    if person is None:
        raise NotFound()
    actor = Actor(user=person, via="mail")
    if what != DIGESTS:
        choose_mails(actor=actor, groups={}, kinds={what: MailChoice.OFF})
        return
    rows = NotificationPreference.objects.filter(user=person, mail=MailChoice.DIGEST)
    found = list(rows.values_list("group", "kind"))
    choose_mails(
        actor=actor,
        groups={group: MailChoice.OFF for group, kind in found if not kind},
        kinds={kind: MailChoice.OFF for _, kind in found if kind},
    )


def send_digests(now: datetime | None = None) -> int:
    """Mail each person what waits, once a local day from DIGEST_HOUR on; how many were mailed.

    A digest is claimed by one conditional update, so two workers never write the same one. A row
    is in one digest only, with one exception: a worker that is killed between the mail and the mark
    leaves the claim, which runs out after DIGEST_LEASE, and that one mail comes a second time.
    """
    now = now or timezone.now()
    local = now.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE))
    if local.hour < settings.DIGEST_HOUR:
        return 0
    sent = 0
    people = waiting_for_digest().order_by().values_list("user", flat=True).distinct()
    for number in list(people):
        Digest.objects.get_or_create(user_id=number, defaults={"claimed_until": now})
        due = Q(last_on=None) | Q(last_on__lt=local.date())
        claim = Digest.objects.filter(due, user=number, claimed_until__lte=now)
        if not claim.update(claimed_until=now + DIGEST_LEASE):
            continue
        try:
            _send_digest(User.objects.get(pk=number))
        except Exception:  # one person's mail must not cost everybody else theirs
            logger.exception("The digest of person %s failed; it is tried again.", number)
            continue
        Digest.objects.filter(user=number).update(last_on=local.date())
        sent += 1
    return sent


def _send_digest(person: User) -> None:
    rows = waiting_for_digest().filter(user=person).select_related("organization")
    found = list(rows[:MOST_IN_DIGEST])
    if not found:
        return
    letter, html = write_digest(person, found)
    send_letter(
        letter,
        to=person.email,
        link=settings.SITE_URL + reverse("inbox"),
        link_text="Open the inbox",
        html=html,
        unsubscribe=stop_link(person, DIGESTS),
    )
    Notification.objects.filter(pk__in=[row.pk for row in found]).update(mailed_at=timezone.now())


def forget_notifications(*, user: User) -> None:
    """Empty a person's inbox and preferences; their account is being deleted."""
    Notification.objects.filter(user=user).delete()
    NotificationPreference.objects.filter(user=user).delete()
    Digest.objects.filter(user=user).delete()


def take_name_out_of_notifications(
    *, person_id: str, names: Collection[str], organizations: Collection[str], scrub: Scrub
) -> None:
    """Take a person's names and addresses out of what others were told: of the person's acts by
    anybody, of anything by their organizations (public ids), and the addresses everywhere."""
    near = Q(organization__public_id__in=organizations) | Q(
        event_id__in=acts_of(person_id).values("public_id")
    )
    named, addressed = Q(), Q(pk=None)
    for name in names:
        said = Q(title__contains=name) | Q(body__contains=name)
        named |= said
        if "@" in name:
            addressed |= said
    for row in Notification.objects.filter((near & named) | addressed).iterator(chunk_size=500):
        title, body = scrub(row.title), scrub(row.body)
        if (title, body) != (row.title, row.body):
            Notification.objects.filter(pk=row.pk).update(title=title, body=body)


def mark_read(*, actor: Actor, public_id: str) -> Notification:
    """Mark one's own notification as read and return it. Raises NotFound for another's."""
    row = Notification.objects.filter(user=actor.user, public_id=public_id).first()
    if row is None:
        raise NotFound()
    if row.read_at is None:
        Notification.objects.filter(pk=row.pk).update(read_at=timezone.now())
        announce(people=[actor.public_id])
    return row


def mark_page_read(*, actor: Actor, link: str) -> None:
    """Who opened the page has read what the inbox said of it. `link` is its path."""
    rows = Notification.objects.filter(user=actor.user, link=link, read_at=None)
    if rows.update(read_at=timezone.now()):
        announce(people=[actor.public_id])


def mark_all_read(*, actor: Actor) -> None:
    """Empty one's list of unread notifications."""
    Notification.objects.filter(user=actor.user, read_at=None).update(read_at=timezone.now())
    announce(people=[actor.public_id])
