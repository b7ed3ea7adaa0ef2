"""Second factors: set up, used, required, lost."""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.actions.security import remove_second_factors_as_staff, require_second_factor
from accounts.models import Membership, Organization
from accounts.roles import Role
from marketplace.core.encryption import MARK
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.models import Event
from tests.personas import (
    PASSWORD,
    Persona,
    app_code,
    give_second_factor,
    make_person,
    make_staff_actor,
    show_again,
)

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
SET_UP = "/accounts/2fa/totp/activate/"
INDEX = "/accounts/2fa/"
RULES = "/settings/organization/sign-in/"


def set_up_app(client: Client) -> list[str]:
    """Set an app up on the page; the recovery codes it shows."""
    page = client.get(SET_UP).content.decode()
    key = re.search(r'class="part-code">([A-Z2-7]{32})<', page)
    assert key
    code = format_hotp_value(hotp_value(key[1], int(time.time()) // 30))
    shown = client.post(SET_UP, {"code": code}, follow=True).content.decode()
    return re.findall(r'part-code">(\d{8})\s', shown)


def facts(*types: str) -> list[str]:
    return list(
        Event.objects.filter(type__in=types).order_by("pk").values_list("sentence", flat=True)
    )


class TestTheApp:
    def test_it_is_set_up_and_its_secrets_are_sealed(
        self,
        bea: Persona,
        mailoutbox: list[Any],
        work: Callable[[], None],
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            codes = set_up_app(bea.client)
        assert len(codes) == 10
        rows = {row.type: row.data for row in Authenticator.objects.all()}
        assert rows["totp"]["secret"].startswith(MARK)
        assert rows["recovery_codes"]["seed"].startswith(MARK)
        assert facts("second_factor_added", "recovery_codes_made") == [
            "Bea added a second factor: authenticator app",
            "Bea made new recovery codes",
        ]
        work()
        assert [m.subject for m in mailoutbox] == ["An authenticator app was added"]

    def test_recovery_codes_are_shown_once(self, bea: Persona) -> None:
        codes = set_up_app(bea.client)
        again = bea.client.get("/accounts/2fa/recovery-codes/").content.decode()
        assert codes[0] not in again and "cannot be shown again" in again
        assert bea.client.get("/accounts/2fa/recovery-codes/download/").status_code == 403

    def test_a_stale_session_confirms_first(self, bea: Persona) -> None:
        show_again(bea.client, bea.user, time.time() - 301)
        for path in (SET_UP, "/accounts/2fa/webauthn/add/"):
            asked = urlencode({"next": path})
            assert bea.client.get(path).url == f"/accounts/reauthenticate/?{asked}"

    def test_removing_it_is_a_fact_and_takes_the_codes_along(
        self, bea: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        set_up_app(bea.client)
        bea.client.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.exists()
        assert facts("second_factor_removed") == [
            "Bea removed a second factor of Bea: authenticator app"
        ]
        work()
        assert mailoutbox[-1].subject == "The authenticator app was removed"


class TestSigningIn:
    def begin(self, persona: Persona) -> Client:
        client = Client()
        answer = client.post(LOGIN, {"login": persona.user.email, "password": PASSWORD})
        assert answer.url == CODE
        assert client.get("/home/").status_code == 302
        return client

    def test_the_password_is_not_enough(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        client = self.begin(bea)
        assert client.post(CODE, {"code": app_code()}).url == "/go/"
        assert client.get("/home/").status_code == 200
        assert "with a password and a code of an authenticator app" in facts("signed_in")[0]

    def test_a_code_works_once_and_an_old_one_not_at_all(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        code = app_code(ahead=1)
        assert self.begin(bea).post(CODE, {"code": code}).status_code == 302
        assert self.begin(bea).post(CODE, {"code": code}).status_code == 200
        assert self.begin(bea).post(CODE, {"code": app_code(ahead=-3)}).status_code == 200

    def test_a_recovery_code_works_once(self, bea: Persona) -> None:
        codes = set_up_app(bea.client)
        assert self.begin(bea).post(CODE, {"code": codes[3]}).status_code == 302
        assert self.begin(bea).post(CODE, {"code": codes[3]}).status_code == 200
        assert "a password and a recovery code" in facts("signed_in")[0]

    def test_a_code_also_confirms_a_dangerous_act(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        show_again(bea.client, bea.user, time.time() - 301)
        form = {"name": "ERP", "days": "9", "scopes": ["view"]}
        assert "reauthenticate" in bea.client.post("/settings/tokens/new/", form).url
        path = "/accounts/2fa/reauthenticate/"
        assert bea.client.post(path, {"code": app_code(), "next": RULES}).url == RULES
        assert bea.client.post("/settings/tokens/new/", form).status_code == 200


class TestChangingTheAddress:
    def test_it_works_with_a_second_factor_and_the_old_address_is_told(
        self, bea: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        give_second_factor(bea.user)
        bea.client.post("/accounts/email/", {"email": "new@example.com", "action_add": "1"})
        work()
        link = re.search(r"(/accounts/confirm-email/\S+)", mailoutbox[-1].body)
        assert link and mailoutbox[-1].to == ["new@example.com"]
        bea.client.get(link[1])
        bea.user.refresh_from_db()
        assert bea.user.email == "new@example.com"
        assert facts("email_changed") == ["Bea changed their e-mail address"]
        work()
        assert mailoutbox[-1].to == ["bea@example.com"]
        assert "instead of bea@example.com" in mailoutbox[-1].body

    def test_a_stale_session_confirms_first(self, bea: Persona) -> None:
        show_again(bea.client, bea.user, time.time() - 301)
        form = {"email": "new@example.com", "action_add": "1"}
        answer = bea.client.post("/accounts/email/", form)
        assert answer.url.startswith("/accounts/reauthenticate/")
        assert bea.user.emailaddress_set.count() == 1


class TestRequiring:
    def test_staff_without_one_reach_only_the_set_up(self, db: None) -> None:
        staff = Persona(make_person("Sid", is_staff=True, is_superuser=True))
        for path in ("/admin/", "/settings/security/", "/components/", "/organizations/new/"):
            assert staff.client.get(path).url == INDEX
        assert "Staff must have a second factor." in staff.client.get(INDEX).content.decode()
        set_up_app(staff.client)
        assert staff.client.get("/admin/").status_code == 200

    def test_in_development_staff_are_free(self, settings: Any, db: None) -> None:
        settings.REQUIRE_STAFF_SECOND_FACTOR = False
        staff = Persona(make_person("Sid", is_staff=True, is_superuser=True))
        assert staff.client.get("/admin/").status_code == 200

    def test_an_organization_requires_it_of_its_members(self, bea: Persona) -> None:
        mate = Persona(make_person("Max"))
        Membership.objects.create(user=mate.user, organization=bea.organization, role=Role.ENGINEER)
        assert mate.client.get("/parts/").status_code == 200
        give_second_factor(bea.user)
        assert "One member has no second factor yet" in bea.client.get(RULES).content.decode()
        assert bea.client.post(RULES, {"required": "yes"}).url == RULES
        assert mate.client.get("/parts/").url == INDEX
        refused = mate.client.get("/api/v1/me/")
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
        page = mate.client.get(INDEX).content.decode()
        assert "Bea Robotics requires a second factor of every member." in page
        set_up_app(mate.client)
        assert mate.client.get("/parts/").status_code == 200
        assert bea.client.get("/home/").status_code == 200

    def test_they_can_always_leave(self, bea: Persona) -> None:
        Organization.objects.update(requires_second_factor=True)
        assert bea.client.get("/home/").url == INDEX
        bea.client.post("/accounts/logout/")
        assert bea.client.get("/home/").url.startswith(LOGIN)

    def test_switching_records_exactly_its_facts_and_twice_is_once(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        for required in (True, True, False, False):
            require_second_factor(actor=bea.actor, required=required)
        types = list(Event.objects.order_by("pk").values_list("type", flat=True))
        assert types[-2:] == ["second_factor_required", "second_factor_optional"]
        assert types.count("second_factor_required") == 1

    def test_who_has_none_cannot_require_it(self, bea: Persona) -> None:
        with pytest.raises(Conflict, match="of your own first"):
            require_second_factor(actor=bea.actor, required=True)
        refused = bea.client.post(RULES, {"required": "yes"})
        assert refused.status_code == 409
        assert not Organization.objects.get().requires_second_factor

    def test_only_who_manages_the_organization_may(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        Membership.objects.update(role=Role.BUYER)
        with pytest.raises(NotAllowed):
            require_second_factor(actor=bea.actor, required=True)
        assert bea.client.get(RULES).status_code == 403

    def test_the_switch_asks_again_who_it_is(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        show_again(bea.client, bea.user, time.time() - 301)
        answer = bea.client.post(RULES, {"required": "yes"})
        assert answer.url == f"/accounts/reauthenticate/?next={RULES}"
        assert not Organization.objects.get().requires_second_factor


class TestALostDevice:
    def test_staff_remove_the_factor_and_the_person_is_told(
        self, bea: Persona, sam: Persona, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        give_second_factor(bea.user)
        form = {"action": "remove_second_factors", "_selected_action": [bea.user.pk]}
        answer = sam.client.post("/admin/accounts/user/", form, follow=True)
        assert "1 of 1 had one" in answer.content.decode()
        assert not Authenticator.objects.filter(user=bea.user).exists()
        assert facts("second_factor_removed") == [
            "Staff removed a second factor of Bea: authenticator app"
        ]
        work()
        assert mailoutbox[0].to == [bea.user.email]

    def test_only_staff_and_only_once(self, bea: Persona) -> None:
        give_second_factor(bea.user)
        with pytest.raises(NotAllowed):
            remove_second_factors_as_staff(actor=bea.actor, user=bea.user)
        assert remove_second_factors_as_staff(actor=make_staff_actor(), user=bea.user) is True
        assert remove_second_factors_as_staff(actor=make_staff_actor(), user=bea.user) is False
        assert len(facts("second_factor_removed")) == 1
