"""The lock: tight by account and address, loose by account, one count for all doors."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessLog
from django.test import Client, RequestFactory

from accounts.actions.sign_in import unlock_sign_in
from accounts.actor import Actor
from accounts.addresses import client_address, counted_address
from accounts.tasks import forget_what_ended
from marketplace.core.errors import NotAllowed
from marketplace.core.models import Event
from tests.personas import PASSWORD, Persona, app_code, give_second_factor, make_person

LOGIN = "/accounts/login/"


def attempt(email: str, typed: str = "wrong", address: str = "198.51.100.1", **headers: str) -> int:
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post(LOGIN, {"login": email, "password": typed}).status_code


def facts(type_: str) -> int:
    return Event.objects.filter(type=type_).count()


class TestThePair:
    def test_five_failures_lock_it_and_say_for_how_long(self, bea: Persona) -> None:
        assert [attempt(bea.user.email) for _ in range(5)] == [200, 200, 200, 200, 429]
        client = Client(REMOTE_ADDR="198.51.100.1")
        refused = client.post(LOGIN, {"login": bea.user.email, "password": PASSWORD})
        assert refused.status_code == 429
        assert 880 < int(refused["Retry-After"]) <= 901
        assert "Try again in 15 minutes" in refused.content.decode()
        assert (facts("sign_in_failed"), facts("locked_out")) == (5, 1)

    def test_it_ends_by_itself_and_hammering_does_not_keep_it_alive(self, bea: Persona) -> None:
        for _ in range(5):
            attempt(bea.user.email)
        start = datetime.now(UTC)
        with time_machine.travel(start + timedelta(seconds=890)):
            assert attempt(bea.user.email) == 429
        with time_machine.travel(start + timedelta(seconds=905)):
            assert attempt(bea.user.email, PASSWORD) == 302

    def test_another_account_and_another_address_are_free(
        self, bea: Persona, stefan: Persona
    ) -> None:
        for _ in range(5):
            attempt(bea.user.email)
        assert attempt(stefan.user.email, PASSWORD) == 302
        assert attempt(bea.user.email, PASSWORD, "198.51.100.2") == 302

    def test_every_way_to_write_the_address_is_one_account(self, bea: Persona) -> None:
        writings = ["bea@example.com", "BEA@example.com", " bea@EXAMPLE.com ", "Bea@Example.Com"]
        assert [attempt(w) for w in [*writings, "bEa@example.com"]][-1] == 429
        assert AccessAttempt.objects.get().username == "bea@example.com"

    def test_rotating_browsers_and_forged_headers_do_not_help(self, bea: Persona) -> None:
        statuses = [
            attempt(
                bea.user.email,
                **{"User-Agent": f"Browser {n}", "X-Forwarded-For": f"10.0.0.{n}"},
            )
            for n in range(5)
        ]
        assert statuses[-1] == 429

    def test_a_forged_header_locks_nobody_else(self, bea: Persona) -> None:
        for _ in range(5):
            attempt(bea.user.email, **{"X-Forwarded-For": "203.0.113.7"})
        assert attempt(bea.user.email, PASSWORD, "203.0.113.7") == 302

    def test_an_unknown_account_is_locked_alike(self, db: None) -> None:
        statuses = [attempt("nobody@example.com") for _ in range(6)]
        assert statuses == [200, 200, 200, 200, 429, 429]
        assert not Event.objects.exists()

    def test_a_success_forgets_the_failures(self, bea: Persona) -> None:
        for _ in range(4):
            attempt(bea.user.email)
        assert attempt(bea.user.email, PASSWORD) == 302
        assert attempt(bea.user.email) == 200


class TestTheAccount:
    def lock(self, email: str) -> None:
        for n in range(5):
            for _ in range(4):
                attempt(email, address=f"198.51.100.{n}")

    def test_rotating_addresses_are_stopped(self, bea: Persona) -> None:
        self.lock(bea.user.email)
        assert attempt(bea.user.email, PASSWORD, "203.0.113.1") == 429

    def test_the_person_still_gets_in_from_where_they_were_before(self, bea: Persona) -> None:
        assert attempt(bea.user.email, PASSWORD, "192.0.2.9") == 302
        self.lock(bea.user.email)
        assert attempt(bea.user.email, PASSWORD, "203.0.113.1") == 429
        assert attempt(bea.user.email, PASSWORD, "192.0.2.9") == 302

    def test_they_are_told_once_and_a_new_password_opens(
        self, bea: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        self.lock(bea.user.email)
        for n in range(3):
            attempt(bea.user.email, address=f"203.0.113.{n}")
        work()
        assert [m.subject for m in mailoutbox] == ["Sign-in to your account is blocked for a while"]
        assert facts("locked_out") == 1
        Client().post("/accounts/password/reset/", {"email": bea.user.email})
        work()
        path = mailoutbox[-1].body.split("http://127.0.0.1:8000")[1].split()[0]
        client = Client()
        form_page = client.get(path).url
        new = "Very-Long-Pass-9!"
        client.post(form_page, {"password1": new, "password2": new})
        assert facts("password_reset") == 1
        assert attempt(bea.user.email, new, "203.0.113.1") == 302


class TestTheOtherDoors:
    def test_repeating_the_password_counts_the_same(self, bea: Persona) -> None:
        statuses = [
            bea.client.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code
            for _ in range(5)
        ]
        assert statuses[-1] == 429
        assert attempt(bea.user.email, PASSWORD, "127.0.0.1") == 429

    def test_codes_count_the_same_and_a_locked_one_is_not_read(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        client = Client()
        client.post(LOGIN, {"login": bea.user.email, "password": PASSWORD})
        statuses = [
            client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code
            for _ in range(5)
        ]
        assert statuses == [200, 200, 200, 200, 429]
        right = client.post("/accounts/2fa/authenticate/", {"code": app_code()})
        assert right.status_code == 429
        assert client.get("/home/").status_code == 302
        assert facts("sign_in_failed") == 5
        assert "000000" not in str(AccessAttempt.objects.values().get())

    def test_the_admin_has_no_door_of_its_own(self, sam: Persona) -> None:
        answer = Client().get("/admin/login/?next=/admin/accounts/user/")
        assert answer.url == "/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"
        posted = Client().post("/admin/login/", {"username": sam.user.email, "password": PASSWORD})
        assert posted.url.startswith("/accounts/login/")
        assert sam.client.get("/admin/password_change/").url == "/accounts/password/change/"


class TestUnlocking:
    def test_staff_unlock_in_the_admin(self, bea: Persona, sam: Persona) -> None:
        for _ in range(5):
            attempt(bea.user.email)
        form = {"action": "unlock_sign_in", "_selected_action": [bea.user.pk]}
        answer = sam.client.post("/admin/accounts/user/", form, follow=True)
        assert "1 of 1 were blocked" in answer.content.decode()
        assert attempt(bea.user.email, PASSWORD) == 302
        fact = Event.objects.get(type="sign_in_unlocked")
        assert (fact.subject, fact.actor_id) == (bea.user.public_id, sam.user.public_id)

    def test_only_staff_and_only_what_is_locked(self, bea: Persona) -> None:
        with pytest.raises(NotAllowed):
            unlock_sign_in(actor=bea.actor, user=bea.user)
        assert unlock_sign_in(actor=Actor(is_staff=True), user=bea.user) is False
        assert facts("sign_in_unlocked") == 0


class TestAddresses:
    def test_what_is_no_address_breaks_nothing(self, settings: Any, rf: RequestFactory) -> None:
        settings.TRUSTED_PROXY_COUNT = 1
        unknown = "0.0.0.0"  # noqa: S104
        assert client_address(rf.get("/", headers={"X-Forwarded-For": "no address"})) == unknown
        assert client_address(rf.get("/", REMOTE_ADDR="")) == unknown

    def test_a_household_of_ipv6_is_one(self, rf: RequestFactory) -> None:
        first = rf.get("/", REMOTE_ADDR="2001:db8:1:2:aaaa::1")
        other = rf.get("/", REMOTE_ADDR="2001:db8:1:2:bbbb::9")
        assert counted_address(first) == counted_address(other) == "2001:db8:1:2::"
        assert client_address(first) == "2001:db8:1:2:aaaa::1"

    def test_sign_in_works_from_ipv6(self, db: None) -> None:
        make_person("Bea")
        assert attempt("bea@example.com", PASSWORD, "2001:db8::1") == 302


def test_limits_that_count_by_the_minute_say_when_to_try_again(db: None) -> None:
    client = Client()
    form = {"email": "bea@example.com"}
    answers = [client.post("/accounts/password/reset/", form) for _ in range(6)]
    assert answers[-1].status_code == 429 and answers[-1]["Retry-After"] == "60"


def test_old_addresses_are_forgotten(bea: Persona) -> None:
    assert attempt(bea.user.email, PASSWORD) == 302
    with time_machine.travel(datetime.now(UTC) + timedelta(days=91)):
        forget_what_ended()
    assert not AccessLog.objects.exists()
