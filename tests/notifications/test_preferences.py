"""Which notifications come by mail is a person's choice; the inbox has them all."""

from collections.abc import Callable
from pathlib import Path

from django.core import mail
from django.test import Client

from marketplace.notifications.groups import ALWAYS, GROUP_OF, Group
from marketplace.notifications.models import Notification, NotificationPreference
from tests.personas import Persona, make_shop
from tests.quotes.scene import open_rfq

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/settings/notifications/"


def told(person: Persona) -> list[str]:
    return [m.subject for m in mail.outbox if m.to == [person.user.email]]


def test_every_told_thing_belongs_to_a_group() -> None:
    kinds = {path.stem for path in ROOT.glob("templates/**/emails/*.txt")}
    assert kinds - set(GROUP_OF) == set()
    assert set(GROUP_OF) - kinds == set()


def test_a_silenced_group_reaches_the_inbox_only(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    milo.client.post(PAGE, {"mail": ["orders", "money"]})
    open_rfq(bea, milo)
    work()
    row = Notification.objects.get(user=milo.user, kind="manufacturer_invited")
    assert row.mailed_at is None
    assert "You are verified" not in told(milo)
    milo.client.post(PAGE, {"mail": [group.value for group in Group]})
    open_rfq(bea, milo)
    work()
    assert len([s for s in told(milo) if "asks for your price" in s]) == 1


def test_security_is_always_mailed_whatever_is_posted(milo: Persona) -> None:
    for _ in range(2):
        assert milo.client.post(PAGE, {"mail": ["nonsense"]}).status_code == 302
    rows = dict(NotificationPreference.objects.values_list("group", "by_mail"))
    assert rows == {group.value: group == ALWAYS for group in Group}
    page = milo.client.get(PAGE).content.decode()
    assert page.count(" checked") == 1 and page.count(" disabled") == 1


def test_one_persons_choice_is_not_anothers(milo: Persona, work: Callable[[], None]) -> None:
    milo.client.post(PAGE, {"mail": []})
    shop = make_shop("Nora", "Nora New", verified=False)
    work()
    assert told(shop) == ["We received your application"]


def test_the_page_needs_a_person(db: None) -> None:
    assert Client().get(PAGE).status_code == 302
    assert Client().post(PAGE, {}).status_code == 302
    assert NotificationPreference.objects.count() == 0
