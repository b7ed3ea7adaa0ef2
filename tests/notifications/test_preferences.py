"""Which notifications come by mail is a person's choice; the inbox has them all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from marketplace.core.errors import DomainError
from marketplace.notifications.actions import choose_mails
from marketplace.notifications.groups import GROUP_OF, Group, label_of
from marketplace.notifications.models import Notification, NotificationPreference
from marketplace.notifications.queries import mail_of
from tests.api.scene import Api
from tests.personas import Persona, make_shop
from tests.quotes.scene import open_rfq

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/settings/notifications/"
API_PATH = "/notifications/preferences/"


def told(person: Persona) -> list[str]:
    return [m.subject for m in mail.outbox if m.to == [person.user.email]]


def test_every_told_thing_belongs_to_a_group() -> None:
    kinds = {path.stem for path in ROOT.glob("templates/*/emails/*.txt")}
    # Mails about the account itself go to an address, past the inbox and past every choice.
    about_accounts = {path.stem for path in ROOT.glob("templates/accounts/emails/*.txt")}
    assert kinds - about_accounts - set(GROUP_OF) == set()
    assert set(GROUP_OF) - kinds == set()


def post(person: Persona, **choices: str) -> int:
    """Send the page's form; `choices` are group_x or kind_y."""
    data = {name.replace("_", "-", 1): mail for name, mail in choices.items()}
    status: int = person.client.post(PAGE, data).status_code
    return status


def test_every_kind_has_a_name_people_read() -> None:
    labels = [label_of(kind) for kind in GROUP_OF]
    assert len(set(labels)) == len(labels)
    assert "RFQ cancelled" in labels and "Order shipped" in labels


def test_a_silenced_group_reaches_the_inbox_only(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    assert post(milo, group_requests="off", group_company="off") == 302
    open_rfq(bea, milo)
    work()
    row = Notification.objects.get(user=milo.user, kind="manufacturer_invited")
    assert (row.mailed_at, row.in_digest) == (None, False)
    assert "You are verified" not in told(milo)
    post(milo, group_requests="now")
    open_rfq(bea, milo)
    work()
    assert len([s for s in told(milo) if "asks for your price" in s]) == 1


def test_a_kind_may_differ_from_its_group_and_go_back_to_it(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    post(milo, group_requests="off", kind_manufacturer_invited="now")
    open_rfq(bea, milo)
    work()
    assert len([s for s in told(milo) if "asks for your price" in s]) == 1
    page = milo.client.get(PAGE).content.decode()
    assert "(1 set)" in page
    post(milo, kind_manufacturer_invited="")
    assert mail_of([milo.user], "manufacturer_invited") == {milo.user.pk: "off"}
    assert NotificationPreference.objects.filter(user=milo.user).count() == 1


def test_security_is_always_mailed_whatever_is_posted(milo: Persona) -> None:
    for _ in range(2):
        assert post(milo, group_security="off", group_orders="junk", kind_junk="off") == 302
        assert post(milo, kind_role_changed="off", kind_order_shipped="junk") == 302
    assert not NotificationPreference.objects.exists()
    page = milo.client.get(PAGE).content.decode()
    assert page.count('" checked') == len(Group) and page.count(" disabled") == 3
    for groups, kinds in (({"security": "off"}, {}), ({}, {"role_changed": "off"})):
        with pytest.raises(DomainError, match="always mailed"):
            choose_mails(actor=milo.actor, groups=groups, kinds=kinds)


def test_one_persons_choice_is_not_anothers(milo: Persona, work: Callable[[], None]) -> None:
    post(milo, group_company="off")
    shop = make_shop("Nora", "Nora New", verified=False)
    work()
    assert told(shop) == ["We received your application"]


def test_the_api_says_and_sets_the_same(milo: Persona) -> None:
    api = Api(milo)
    body = {"groups": {"orders": "digest"}, "kinds": {"order_shipped": "now", "no_bid": "off"}}
    for answer in (api.patch(API_PATH, body), api.get(API_PATH)):
        assert answer.status_code == 200
        groups = {row["group"]: row for row in answer.json()}
        assert (groups["orders"]["mail"], groups["security"]["is_fixed"]) == ("digest", True)
        kinds = {one["kind"]: one["mail"] for row in answer.json() for one in row["kinds"]}
        assert (kinds["order_shipped"], kinds["no_bid"]) == ("now", "off")
        assert kinds["order_placed"] == ""
    for wrong in (
        {"groups": {"security": "off"}},
        {"groups": {"junk": "off"}},
        {"groups": {"orders": ""}},
        {"groups": {"orders": None}},
        {"groups": ["orders"]},
        {"kinds": {"junk": "off"}},
        {"kinds": {"no_bid": "sometimes"}},
    ):
        answer = api.patch(API_PATH, wrong)
        assert answer.status_code in (400, 422), wrong
    assert NotificationPreference.objects.count() == 3


def test_a_mail_is_stopped_by_one_click_without_a_cookie(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    open_rfq(bea, milo)
    work()
    [letter] = [m for m in mail.outbox if "asks for your price" in m.subject]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    path = address[address.index("/stop-mails/") :]
    browser = Client(enforce_csrf_checks=True)
    # Opening the link asks only: scanners of mail programs open links too.
    assert "Stop these mails?" in browser.get(path).content.decode()
    assert not NotificationPreference.objects.exists()
    for _ in range(2):
        answer = browser.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "No more of these mails" in answer.content.decode()
    [row] = NotificationPreference.objects.all()
    assert (row.user, row.kind, row.mail) == (milo.user, "manufacturer_invited", "off")
    for forged in ("x", "WyJ1c3JfcyIsICJub19iaWQiXQ:1:abc"):
        assert browser.post(f"/stop-mails/{forged}/").status_code == 404
    milo.user.is_active = False
    milo.user.save()
    assert browser.post(path).status_code == 404


def test_the_page_needs_a_person(db: None) -> None:
    assert Client().get(PAGE).status_code == 302
    assert Client().post(PAGE, {}).status_code == 302
    assert NotificationPreference.objects.count() == 0
