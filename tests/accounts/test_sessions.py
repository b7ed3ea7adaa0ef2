"""Sessions: new at sign-in, three at most, ended at once, never endless."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.actions.security import change_access_as_staff
from accounts.actions.sessions import end_session, forget_dead_sessions
from accounts.actor import Actor
from accounts.devices import device_of
from accounts.models import Membership, User
from accounts.roles import Role
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.models import Event, Sighting
from tests.personas import PASSWORD, Persona

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Safari/604"


def sign_in(person: User, agent: str = FIREFOX, client: Client | None = None) -> Client:
    client = client or Client(headers={"User-Agent": agent})
    form = {"login": person.email, "password": PASSWORD}
    assert client.post("/accounts/login/", form).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/security/").status_code == 200


def facts(type_: str) -> list[Event]:
    return list(Event.objects.filter(type=type_).order_by("pk"))


class TestSigningIn:
    def test_the_session_id_is_new(self, bea: Persona) -> None:
        client = Client()
        session = client.session
        session["planted"] = "by another"
        session.save()
        client.cookies["sessionid"] = session.session_key
        sign_in(bea.user, client=client)
        assert client.cookies["sessionid"].value != session.session_key
        assert not Session.objects.filter(session_key=session.session_key).exists()

    def test_it_is_a_fact_that_the_persons_organizations_see(
        self, bea: Persona, stefan: Persona
    ) -> None:
        left = Membership.objects.create(
            user=bea.user,
            organization=stefan.organization,
            role=Role.VIEWER,
            deactivated_at=datetime.now(UTC),
        )
        sign_in(bea.user)
        fact = facts("signed_in")[0]
        assert fact.subject == bea.user.public_id
        assert fact.sentence == "Bea signed in with a password: Firefox on Windows, 127.0.0.1"
        seen_by = Sighting.objects.filter(event=fact).values_list("organization", flat=True)
        assert list(seen_by) == [bea.organization.public_id]
        assert left.organization.public_id not in seen_by

    def test_a_fourth_ends_the_oldest_and_tells(
        self, bea: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        phone = sign_in(bea.user, SAFARI)
        others = [sign_in(bea.user) for _ in range(2)]
        assert [is_in(c) for c in (phone, *others)] == [True] * 3
        fourth = sign_in(bea.user)
        assert "we ended the oldest session: Safari on iPhone." in (
            fourth.get("/settings/security/").content.decode()
        )
        assert not is_in(phone)
        assert [is_in(c) for c in (*others, fourth)] == [True] * 3
        assert [f.data["reason"] for f in facts("session_ended")] == ["too many at once"]
        work()
        assert [m.to for m in mailoutbox] == [[bea.user.email]]
        assert "Safari on iPhone" in mailoutbox[0].body

    def test_sessions_that_ran_out_make_room(self, bea: Persona) -> None:
        for _ in range(3):
            sign_in(bea.user)
        Session.objects.all().delete()
        sign_in(bea.user)
        assert facts("session_ended") == []


class TestEnding:
    def test_the_page_lists_devices_without_places(self, bea: Persona) -> None:
        phone = sign_in(bea.user, SAFARI)
        page = sign_in(bea.user).get("/settings/security/").content.decode()
        assert "Safari on iPhone" in page and "Firefox on Windows" in page
        assert page.count("This device") == 1
        assert is_in(phone)

    def test_one_ends_at_once_and_twice_is_not_found(self, bea: Persona) -> None:
        phone, desk = sign_in(bea.user, SAFARI), sign_in(bea.user)
        row = UserSession.objects.get(session_key=phone.session.session_key)
        assert desk.post(f"/settings/security/sessions/{row.pk}/end/").status_code == 302
        assert not is_in(phone) and is_in(desk)
        assert [f.data["device"] for f in facts("session_ended")] == ["Safari on iPhone"]
        assert desk.post(f"/settings/security/sessions/{row.pk}/end/").status_code == 404

    def test_anothers_is_not_found(self, bea: Persona, stefan: Persona) -> None:
        phone = sign_in(bea.user)
        row = UserSession.objects.get()
        with pytest.raises(NotFound):
            end_session(actor=stefan.actor, session_id=row.pk)
        path = f"/settings/security/sessions/{row.pk}/end/"
        assert sign_in(stefan.user).post(path).status_code == 404
        assert is_in(phone) and facts("session_ended") == []

    def test_all_others_end_and_this_one_stays(self, bea: Persona) -> None:
        first, second, this = (sign_in(bea.user) for _ in range(3))
        this.post("/settings/security/sessions/end/")
        assert [is_in(c) for c in (first, second, this)] == [False, False, True]

    def test_signing_out_is_a_fact_and_leaves_the_list(self, bea: Persona) -> None:
        desk = sign_in(bea.user)
        desk.post("/accounts/logout/")
        assert not is_in(desk)
        assert len(facts("signed_out")) == 1 and not UserSession.objects.exists()

    def test_a_new_password_ends_the_others_and_tells(
        self, bea: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        phone, desk = sign_in(bea.user, SAFARI), sign_in(bea.user)
        new = "Very-Long-Pass-9!"
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert desk.post("/accounts/password/change/", form).url == "/settings/security/"
        assert is_in(desk) and not is_in(phone)
        assert len(facts("password_changed")) == 1
        assert UserSession.objects.get().session_key == desk.session.session_key
        work()
        assert [m.subject for m in mailoutbox] == ["Your password was changed"]

    def test_a_password_set_by_staff_ends_all_and_tells(
        self, bea: Persona, sam: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        desk = sign_in(bea.user)
        new = "Very-Long-Pass-9!"
        form = {"usable_password": "true", "password1": new, "password2": new}
        sam.client.post(f"/admin/accounts/user/{bea.user.pk}/password/", form)
        assert not is_in(desk) and not UserSession.objects.filter(user=bea.user).exists()
        assert facts("password_changed")[0].actor_label == "Staff"
        work()
        assert "The staff of Partlane" in mailoutbox[0].body

    def test_after_twelve_hours_even_a_busy_one_ends(self, bea: Persona) -> None:
        desk = sign_in(bea.user)
        start = datetime.now(UTC)
        for minutes in range(50, 12 * 60, 50):
            with time_machine.travel(start + timedelta(minutes=minutes)):
                assert is_in(desk)
        with time_machine.travel(start + timedelta(hours=12, seconds=5)):
            answer = desk.get("/home/", follow=True)
        assert answer.redirect_chain[0][0] == "/accounts/login/?next=/home/"
        assert "You signed in 12 hours ago" in answer.content.decode()
        assert facts("session_ended")[0].data["reason"] == "12 hours after signing in"
        assert facts("signed_out") == []

    def test_dead_ones_are_forgotten(self, bea: Persona) -> None:
        desk = sign_in(bea.user)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
            assert forget_dead_sessions() == 1
        assert not Session.objects.exists() and not is_in(desk)


class TestAStaleSession:
    def test_a_role_taken_away_is_gone_at_once(self, bea: Persona) -> None:
        assert "Sign-in rules" in bea.client.get("/settings/security/").content.decode()
        Membership.objects.filter(user=bea.user).update(role=Role.VIEWER)
        assert bea.client.get("/settings/organization/sign-in/").status_code == 403
        assert bea.client.post("/settings/tokens/new/", {"name": "x", "days": 1}).status_code == 403

    def test_a_membership_that_ended_opens_nothing(self, bea: Persona) -> None:
        assert bea.client.get("/home/").status_code == 200
        Membership.objects.filter(user=bea.user).update(deactivated_at=datetime.now(UTC))
        assert bea.client.get("/home/").url == "/organizations/new/"

    def test_a_deactivated_person_is_out(self, bea: Persona) -> None:
        desk = sign_in(bea.user)
        User.objects.filter(pk=bea.user.pk).update(is_active=False)
        assert not is_in(desk)
        refused = desk.post("/accounts/login/", {"login": bea.user.email, "password": PASSWORD})
        assert refused.url == "/accounts/inactive/"

    def test_an_account_switched_off_by_staff_has_no_session_to_come_back_to(
        self, bea: Persona, sam: Persona
    ) -> None:
        desk = sign_in(bea.user)
        path = f"/admin/accounts/user/{bea.user.pk}/change/"
        form = {
            "email": bea.user.email,
            "name": bea.user.name,
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        }
        assert sam.client.post(path, form).status_code == 302
        assert not is_in(desk)
        assert sam.client.post(path, {**form, "is_active": "on"}).status_code == 302
        assert not is_in(desk)
        assert len(facts("access_switched_off")) == len(facts("access_switched_on")) == 1
        assert facts("staff_rights_changed") == []

    def test_new_rights_of_staff_are_a_fact(self, bea: Persona) -> None:
        staff = Actor.staff(bea.user)
        change_access_as_staff(actor=staff, user=bea.user, access=False, rights=True)
        assert [f.sentence for f in facts("staff_rights_changed")] == [
            "Staff changed what Bea may do as staff"
        ]
        with pytest.raises(NotAllowed):
            change_access_as_staff(actor=bea.actor, user=bea.user, access=True, rights=True)

    def test_a_former_member_of_staff_finds_no_admin(self, sam: Persona) -> None:
        assert sam.client.get("/admin/").status_code == 200
        User.objects.filter(pk=sam.user.pk).update(is_staff=False)
        assert sam.client.get("/admin/", follow=True).status_code == 404


def test_last_seen_is_noted_at_most_once_a_minute(
    bea: Persona, django_assert_num_queries: Any
) -> None:
    desk = sign_in(bea.user)
    desk.get("/livez")
    seen = UserSession.objects.get().last_seen_at
    desk.get("/livez")
    assert UserSession.objects.get().last_seen_at == seen
    with time_machine.travel(time.time() + 61):
        desk.get("/livez", headers={"User-Agent": SAFARI})
    row = UserSession.objects.get()
    assert row.last_seen_at > seen and device_of(row.user_agent) == "Safari on iPhone"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert device_of(agent) == words
