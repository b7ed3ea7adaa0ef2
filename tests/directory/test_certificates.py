"""Certificates: added, checked, matched, reminded of, ended on the day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.actions import certificates as actions
from marketplace.directory.models import Certificate, Certification
from marketplace.directory.queries import Need, get_listed_manufacturer, match_manufacturers
from marketplace.directory.tasks import run_certificate_timers
from marketplace.files.links import link_to
from marketplace.files.models import FileAccess, StoredFile
from tests.personas import Persona, make_staff_actor

STAFF = make_staff_actor()
PDF = b"%PDF-1.4\n%demo"


def paper(name: str = "iso.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(shop: Persona, *, days: int = 300, **changed: object) -> Certificate:
    today = timezone.localdate()
    values: dict[str, object] = {
        "certification": Certification.objects.get(code="iso_9001"),
        "number": "Q-1",
        "body": "TÜV",
        "scope": "Milling",
        "facility": "Ulm",
        "issued_on": today - timedelta(days=30),
        "expires_on": today + timedelta(days=days),
        "upload": paper(),
        **changed,
    }
    return actions.add_certificate(actor=shop.actor, **values)  # type: ignore[arg-type]


def checked(shop: Persona, **changed: object) -> Certificate:
    certificate = add(shop, **changed)  # type: ignore[arg-type]
    return actions.check_certificate(actor=STAFF, public_id=certificate.public_id)


def state_of(certificate: Certificate) -> str:
    return Certificate.objects.get(pk=certificate.pk).state


def types() -> list[str]:
    told = Event.objects.filter(type__startswith="certificate_").order_by("pk")
    return list(told.values_list("type", flat=True))


def shown(shop: Persona) -> list[str]:
    found = get_listed_manufacturer(shop.manufacturer.slug)
    return [str(row.certification) for row in found.certificates.all()]


def test_it_counts_and_shows_only_once_staff_checked_it(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    need = Need(frozenset({"cnc_milling"}), frozenset(), None, frozenset({"iso_9001"}))
    certificate = add(milo)
    assert shown(milo) == []
    match = match_manufacturers(need, buyer=bea.organization)[0]
    assert match.gaps == ["1 of 1 certifications are not held"]
    actions.check_certificate(actor=STAFF, public_id=certificate.public_id)
    assert len(shown(milo)) == 1
    match = match_manufacturers(need, buyer=bea.organization)[0]
    assert match.gaps == []
    assert f"Certified to {certificate.certification.name}" in match.reasons
    assert types() == ["certificate_added", "certificate_checked"]
    work()
    assert mail.outbox[-1].subject.startswith("Certificate checked")


def test_the_last_day_counts_and_the_day_after_does_not(bea: Persona, milo: Persona) -> None:
    certificate = checked(milo, days=3)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert len(shown(milo)) == 1
        run_certificate_timers()
        assert state_of(certificate) == "checked"
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        # Before the timer ran.
        assert shown(milo) == []
        run_certificate_timers()
        run_certificate_timers()
    assert state_of(certificate) == "expired"
    assert types().count("certificate_expired") == 1


def test_reminders_come_once_each_at_60_30_and_7_days(
    milo: Persona, work: Callable[[], None]
) -> None:
    checked(milo, days=61)
    now = timezone.now()
    for day in (0, 1, 2, 31, 31, 40, 54, 60):
        with time_machine.travel(now + timedelta(days=day), tick=False):
            run_certificate_timers()
    told = Event.objects.filter(type="certificate_expiring").order_by("pk")
    assert [event.data["days"] for event in told] == [60, 30, 7]
    with time_machine.travel(now + timedelta(days=61), tick=False):
        work()
    subjects = [m.subject for m in mail.outbox if "expires in" in m.subject]
    assert len(subjects) == 3 and subjects[0].endswith("expires in 60 days")


def test_who_comes_late_gets_the_nearest_notice_only(milo: Persona) -> None:
    checked(milo, days=20)
    run_certificate_timers()
    run_certificate_timers()
    told = Event.objects.filter(type="certificate_expiring")
    assert [event.data["days"] for event in told] == [20]


def test_a_successor_silences_reminders_and_takes_over_when_checked(milo: Persona) -> None:
    old = checked(milo, days=20)
    new = add(milo, days=900, replaces=old.public_id)
    run_certificate_timers()
    assert Event.objects.filter(type="certificate_expiring").count() == 0
    assert (state_of(old), state_of(new)) == ("checked", "waiting")
    actions.check_certificate(actor=STAFF, public_id=new.public_id)
    assert (state_of(old), state_of(new)) == ("withdrawn", "checked")
    assert len(shown(milo)) == 1


def test_refusing_needs_a_reason_and_the_shop_reads_it(milo: Persona) -> None:
    certificate = checked(milo)
    with pytest.raises(DomainError, match="Write why"):
        actions.refuse_certificate(actor=STAFF, public_id=certificate.public_id, reason=" ")
    actions.refuse_certificate(
        actor=STAFF, public_id=certificate.public_id, reason="The number is unknown there."
    )
    assert shown(milo) == []
    assert b"The number is unknown there." in milo.client.get(CERTIFICATES).content


CERTIFICATES = "/portal/profile/certificates/"


def test_only_staff_check_and_only_the_own_shop_withdraws(milo: Persona, rita: Persona) -> None:
    certificate = add(milo)
    for action in (actions.check_certificate, actions.refuse_certificate):
        words = {"reason": "x"} if action is actions.refuse_certificate else {}
        with pytest.raises(NotAllowed):
            action(actor=milo.actor, public_id=certificate.public_id, **words)  # type: ignore[operator]
    with pytest.raises(NotFound):
        actions.withdraw_certificate(actor=rita.actor, public_id=certificate.public_id)
    replace = f"{CERTIFICATES}{certificate.public_id}/replace/"
    assert rita.client.get(replace).status_code == 404
    assert state_of(certificate) == "waiting"
    actions.withdraw_certificate(actor=milo.actor, public_id=certificate.public_id)
    with pytest.raises(WrongState):
        actions.withdraw_certificate(actor=milo.actor, public_id=certificate.public_id)
    assert types() == ["certificate_added", "certificate_withdrawn"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
        ({"issued_on": date(2999, 1, 1), "expires_on": date(2999, 2, 1)}, "issued_on"),
        ({"upload": paper("iso.html")}, ""),
        ({"upload": paper("iso.pdf", b"<html>")}, ""),
        ({"upload": paper("iso.png", b"no picture")}, ""),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    milo: Persona, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        add(milo, **changed)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == ([field] if field else [])
    assert (Certificate.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_the_same_certificate_twice_is_one(milo: Persona) -> None:
    add(milo)
    with pytest.raises(Conflict):
        add(milo)
    assert Certificate.objects.count() == 1


def test_its_file_opens_for_its_people_and_staff_and_leaves_a_receipt(
    milo: Persona, rita: Persona, sam: Persona, bea: Persona
) -> None:
    certificate = add(milo)
    link = link_to(certificate.file, milo.actor)
    for stranger in (rita, bea, sam):
        assert stranger.client.get(link).status_code == 404
    assert milo.client.get(link).getvalue() == PDF  # type: ignore[attr-defined]
    page = sam.client.get(f"/admin/directory/certificate/{certificate.pk}/change/")
    own = page.content.decode().split('href="/files/')[1].split('"')[0]
    assert sam.client.get(f"/files/{own}").getvalue() == PDF  # type: ignore[attr-defined]
    assert [row.user_id for row in FileAccess.objects.order_by("pk")] == [milo.user.pk, sam.user.pk]
    public = bea.client.get(f"/manufacturers/{milo.manufacturer.slug}/").content
    assert b"/files/" not in public


def test_the_pages_add_replace_and_show(milo: Persona, sam: Persona) -> None:
    iso = Certification.objects.get(code="iso_9001")
    form = {
        "certification": iso.pk,
        "number": "Q-7",
        "body": "DEKRA",
        "scope": "",
        "facility": "",
        "issued_on": "2026-01-01",
        "expires_on": "2099-01-01",
    }
    assert milo.client.get(CERTIFICATES).status_code == 200
    refused = milo.client.post(f"{CERTIFICATES}new/", form)
    assert refused.status_code == 422 and b"Q-7" in refused.content
    assert milo.client.post(f"{CERTIFICATES}new/", {**form, "upload": paper()}).status_code == 302
    certificate = Certificate.objects.get()
    decide = f"/admin/directory/certificate/{certificate.pk}/decide/check_certificate/"
    assert sam.client.post(decide, {"note": "register of DEKRA"}).status_code == 302
    assert state_of(certificate) == "checked"
    replace = f"{CERTIFICATES}{certificate.public_id}/replace/"
    assert b'value="Q-7"' in milo.client.get(replace).content
    assert b"DEKRA" in milo.client.get(CERTIFICATES).content
    milo.client.post(f"{CERTIFICATES}{certificate.public_id}/withdraw/")
    assert b"DEKRA" not in milo.client.get(CERTIFICATES).content
