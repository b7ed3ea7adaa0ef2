"""Each fact tells each person once, by inbox and by mail with a working link."""

from collections.abc import Callable
from typing import Any

from django.core import mail

from marketplace.core.models import Delivery
from marketplace.notifications.models import Notification
from tests.personas import Persona
from tests.quotes.scene import open_rfq


def test_the_invited_is_told_once_even_when_the_delivery_runs_again(
    bea: Persona, milo: Persona, work: Callable[[], None], settings: Any
) -> None:
    request = open_rfq(bea, milo)
    work()
    Delivery.objects.filter(handler__endswith="tell_invited").update(
        status="pending", delivered_at=None
    )
    work()
    letters = [m for m in mail.outbox if "asks for your price" in m.subject]
    assert len(letters) == 1
    rows = Notification.objects.filter(user=milo.user, kind="manufacturer_invited")
    assert rows.count() == 1
    link = f"{settings.SITE_URL}/portal/requests/{request.id}/"
    html, kind = letters[0].alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html" and link in html and link in letters[0].body
    assert milo.client.get(link.removeprefix(settings.SITE_URL)).status_code == 200


def test_a_name_with_markup_stays_text_in_the_mail(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    organization = bea.organization
    organization.name = "<b>Bea</b> & Co"
    organization.save()
    open_rfq(bea, milo)
    work()
    letter = next(m for m in mail.outbox if "asks for your price" in m.subject)
    html = letter.alternatives[0][0]  # type: ignore[attr-defined]
    assert "<b>Bea</b>" not in html and "&lt;b&gt;Bea" in html
    assert "\n" not in letter.subject and "<b>Bea</b> & Co" in letter.body


def test_a_failed_mail_is_tried_again_and_the_inbox_has_it_already(
    bea: Persona, milo: Persona, settings: Any, work: Callable[[], None]
) -> None:
    open_rfq(bea, milo)
    settings.EMAIL_BACKEND = "tests.notifications.broken_mail.Broken"
    work()
    row = Notification.objects.get(kind="manufacturer_invited")
    assert row.mailed_at is None
    owed = Delivery.objects.get(handler__endswith="tell_invited")
    assert (owed.status, owed.attempts) == ("pending", 1)


def test_the_inbox_is_ones_own(bea: Persona, milo: Persona, work: Callable[[], None]) -> None:
    open_rfq(bea, milo)
    work()
    row = Notification.objects.get(user=milo.user, kind="manufacturer_invited")
    assert row.title in milo.client.get("/inbox/").content.decode()
    assert bea.client.post(f"/inbox/{row.public_id}/").status_code == 404
    assert milo.client.post(f"/inbox/{row.public_id}/").url == row.link
    milo.client.post("/inbox/read/")
    assert not Notification.objects.filter(user=milo.user, read_at=None).exists()
