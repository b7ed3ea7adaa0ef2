"""Sign-up, sign-in, organizations, roles, tokens, doors."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.actions.organization import change_organization, create_organization
from accounts.actions.tokens import create_api_token, revoke_api_token
from accounts.actor import Actor
from accounts.addresses import client_address
from accounts.callers import actor_for, actor_for_bearer
from accounts.models import ApiToken, Membership, Organization, User
from accounts.roles import BUNDLES, Permission, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from tests.personas import PASSWORD, Persona, make_person

GOOD = "Very-Long-Pass-9!"


def sign_up(client: Client, email: str, password: str = GOOD) -> Any:
    form = {"name": "Ada\r\nBcc: x@y.z", "email": email, "password1": password}
    return client.post("/accounts/signup/", form)


@pytest.mark.django_db
class TestSigningUp:
    def test_the_address_is_confirmed_before_anybody_gets_in(
        self, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        client = Client()
        sign_up(client, "ada@example.com")
        assert mailoutbox == []
        work()
        assert client.get("/home/").url == "/accounts/login/?next=/home/"
        link = re.search(r"(/accounts/confirm-email/[^\s]+)", mailoutbox[0].body)
        assert link
        confirmed = client.get(link[1], follow=True)
        assert confirmed.redirect_chain[-1][0] == "/organizations/new/"

    def test_a_name_stays_on_one_line(self) -> None:
        sign_up(Client(), "ada@example.com")
        assert User.objects.get().name == "Ada Bcc: x@y.z"

    def test_a_known_address_gets_the_same_answer(self, mailoutbox: list[Any]) -> None:
        make_person("Bea")
        known, fresh = Client(), Client()
        first, second = sign_up(known, "bea@example.com"), sign_up(fresh, "eve@example.com")
        assert (first.status_code, first.url) == (second.status_code, second.url)

    @pytest.mark.parametrize(
        ("password", "sentence"),
        [
            ("Short-1!", "12 characters"),
            ("alllowercase-1", "an uppercase letter"),
            ("ALLUPPERCASE-1", "a lowercase letter"),
            ("No-Digits-Here!", "a digit"),
            ("NoSpecials12345", "a special character"),
        ],
    )
    def test_the_password_policy_speaks(self, password: str, sentence: str) -> None:
        page = sign_up(Client(), "ada@example.com", password).content.decode()
        assert sentence in page
        assert not User.objects.exists()


@pytest.mark.django_db
class TestSigningIn:
    def test_five_failures_lock_the_pair_for_a_while(self) -> None:
        make_person("Bea")
        client = Client()
        form = {"login": "bea@example.com", "password": "wrong"}
        statuses = [client.post("/accounts/login/", form).status_code for _ in range(6)]
        assert statuses[-1] == 429
        right = client.post("/accounts/login/", {**form, "password": PASSWORD})
        assert right.status_code == 429

    def test_a_forged_forwarded_address_helps_nobody(self, settings: Any) -> None:
        make_person("Bea")
        form = {"login": "bea@example.com", "password": "wrong"}
        client = Client()
        statuses = [
            client.post(
                "/accounts/login/", form, headers={"X-Forwarded-For": f"10.0.0.{n}"}
            ).status_code
            for n in range(6)
        ]
        assert statuses[-1] == 429

    def test_behind_a_proxy_the_client_is_counted_not_the_proxy(
        self, settings: Any, rf: RequestFactory
    ) -> None:
        settings.TRUSTED_PROXY_COUNT = 1
        forged = rf.get("/", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.9"})
        assert client_address(forged) == "203.0.113.9"
        assert client_address(rf.get("/")) == "127.0.0.1"

    def test_an_open_redirect_is_not_followed(self) -> None:
        make_person("Bea")
        form = {"login": "bea@example.com", "password": PASSWORD, "next": "https://evil.example/"}
        answer = Client().post("/accounts/login/", form)
        assert answer.status_code == 302 and "evil" not in answer.url

    def test_links_in_mails_ignore_the_host_header(
        self, mailoutbox: list[Any], settings: Any, work: Callable[[], None]
    ) -> None:
        make_person("Bea")
        settings.ALLOWED_HOSTS = ["*"]
        Client().post(
            "/accounts/password/reset/", {"email": "bea@example.com"}, headers={"Host": "evil.test"}
        )
        work()
        assert mailoutbox and "evil.test" not in mailoutbox[0].body
        assert settings.SITE_URL in mailoutbox[0].body


@pytest.mark.django_db
def test_a_forgotten_password_is_replaced_by_the_link_of_the_mail(
    mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    make_person("Bea")
    client = Client()
    client.post("/accounts/password/reset/", {"email": "bea@example.com"})
    work()
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/[^\s]+)", mailoutbox[0].body)
    assert link
    page = client.get(link[1], follow=True)
    path = page.redirect_chain[-1][0]
    weak = client.post(path, {"password1": "short", "password2": "short"})
    assert "12 characters" in weak.content.decode()
    client.post(path, {"password1": GOOD, "password2": GOOD})
    answer = Client().post("/accounts/login/", {"login": "bea@example.com", "password": GOOD})
    assert (answer.status_code, answer.url) == (302, "/go/")


class TestOrganizations:
    def test_the_creator_owns_it(self, db: None) -> None:
        user = make_person("Ada")
        created = create_organization(
            actor=actor_for(user), name="Ada Works", is_buyer=True, country="DE"
        )
        assert Membership.objects.get().role == Role.OWNER
        assert Event.objects.get(type="organization_created").subject == created.public_id

    def test_it_needs_a_side_and_a_person(self, db: None) -> None:
        with pytest.raises(DomainError, match="buys parts, makes parts, or both"):
            create_organization(actor=actor_for(make_person("Ada")), name="X", country="DE")
        with pytest.raises(NotAllowed):
            create_organization(actor=Actor(), name="X", is_buyer=True, country="DE")
        assert not Organization.objects.exists()

    def test_only_a_manager_changes_it(self, bea: Persona) -> None:
        Membership.objects.update(role=Role.ENGINEER)
        with pytest.raises(NotAllowed):
            change_organization(actor=bea.actor, name="Other", is_buyer=True)
        assert bea.organization.name == "Bea Robotics"

    def test_mass_assignment_finds_no_field(self, bea: Persona) -> None:
        bea.client.post(
            "/settings/organization/",
            {
                "name": "Bea Robotics",
                "is_buyer": "on",
                "country": "DE",
                "currency": "EUR",
                "is_demo": "on",
                "public_id": "org_mine",
            },
        )
        organization = bea.organization
        assert (organization.is_demo, organization.public_id.startswith("org_mine")) == (
            False,
            False,
        )

    def test_a_foreign_organization_cannot_be_switched_to(
        self, bea: Persona, stefan: Persona
    ) -> None:
        bea.client.post("/organizations/switch/", {"organization": stefan.organization.public_id})
        assert "Stranger" not in bea.client.get("/home/").content.decode()

    def test_every_role_says_what_it_may(self) -> None:
        assert set(BUNDLES) == set(Role.values)
        for bundle in BUNDLES.values():
            assert bundle.description.endswith(".")
            assert bundle.permissions <= set(Permission.values)


class TestTokens:
    def test_the_secret_is_shown_once_and_not_kept(self, bea: Persona) -> None:
        token, secret = create_api_token(actor=bea.actor, name="ERP")
        assert secret.startswith("mkt_") and secret not in str(vars(token))
        actor = actor_for_bearer(secret)
        assert actor is not None and actor.organization == bea.organization

    def test_the_page_shows_the_secret_in_one_answer_and_keeps_it_nowhere(
        self, bea: Persona
    ) -> None:
        form = {"name": "ERP", "days": 30, "scopes": ["view"]}
        page = bea.client.post("/settings/tokens/new/", form).content.decode()
        secret = re.search(r"mkt_[\w-]{40,}", page)
        assert secret and actor_for_bearer(secret[0]) is not None
        assert secret[0] not in str(dict(bea.client.session.items()))
        assert secret[0] not in bea.client.get("/settings/tokens/").content.decode()

    def test_a_refused_token_form_comes_back_as_typed(self, bea: Persona) -> None:
        answer = bea.client.post("/settings/tokens/new/", {"name": "ERP connector", "days": 0})
        assert answer.status_code == 422
        assert "ERP connector" in answer.content.decode()
        assert not ApiToken.objects.exists()

    def test_revoking_works_at_once_and_twice_is_once(self, bea: Persona) -> None:
        token, secret = create_api_token(actor=bea.actor, name="ERP")
        for _ in range(2):
            revoke_api_token(actor=bea.actor, public_id=token.public_id)
        assert actor_for_bearer(secret) is None
        assert Event.objects.filter(type="api_token_revoked").count() == 1

    def test_an_expired_one_and_one_of_a_removed_member_are_refused(self, bea: Persona) -> None:
        _, secret = create_api_token(actor=bea.actor, name="ERP")
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert actor_for_bearer(secret) is None
        ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
        Membership.objects.all().delete()
        assert actor_for_bearer(secret) is None

    def test_a_token_does_no_more_than_its_maker_may_now(self, bea: Persona) -> None:
        _, secret = create_api_token(actor=bea.actor, name="ERP")
        Membership.objects.update(role=Role.VIEWER)
        actor = actor_for_bearer(secret)
        assert actor is not None and actor.may("view") and not actor.may("award")

    def test_a_strangers_token_is_not_found(self, bea: Persona, stefan: Persona) -> None:
        token, _ = create_api_token(actor=bea.actor, name="ERP")
        with pytest.raises(NotFound):
            revoke_api_token(actor=stefan.actor, public_id=token.public_id)


def test_create_admin_user_keeps_the_policy(db: None) -> None:
    with pytest.raises(CommandError, match="12 characters"):
        call_command("create_admin_user", email="a@b.example", password="short")
    call_command("create_admin_user", email="A@b.example", password=GOOD)
    assert User.objects.get().is_superuser
    with pytest.raises(CommandError, match="exists already"):
        call_command("create_admin_user", email="a@b.example", password=GOOD)


def test_the_password_of_an_administrator_has_three_sources(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([GOOD, "Another-Pass-77!", GOOD, GOOD])
    monkeypatch.setattr("getpass.getpass", lambda *prompt: next(typed))
    with pytest.raises(CommandError, match="The two passwords differ"):
        call_command("create_admin_user", email="typed@b.example")
    call_command("create_admin_user", email="typed@b.example")
    monkeypatch.setenv("ADMIN_PASSWORD", "From-The-Environment-8!")
    call_command("create_admin_user", email="environment@b.example")
    call_command("create_admin_user", email="said@b.example", password="Said-At-The-Prompt-9!")
    for name, password in (
        ("typed", GOOD),
        ("environment", "From-The-Environment-8!"),
        ("said", "Said-At-The-Prompt-9!"),
    ):
        assert User.objects.get(email=f"{name}@b.example").check_password(password)


def test_an_administrator_without_password_or_address_is_refused_in_a_sentence(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_terminal(*prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", no_terminal)
    with pytest.raises(CommandError, match="set ADMIN_PASSWORD or use --password"):
        call_command("create_admin_user", email="a@b.example")
    with pytest.raises(CommandError, match="somebody is no e-mail address"):
        call_command("create_admin_user", email="somebody", password=GOOD)
    assert not User.objects.exists()


class TestDoors:
    def test_a_visitor_is_asked_to_sign_in(self, db: None) -> None:
        for path in ("/home/", "/parts/", "/portal/", "/inbox/", "/settings/organization/"):
            answer = Client().get(path)
            assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")

    def test_the_other_side_finds_nothing(self, bea: Persona, milo: Persona) -> None:
        assert bea.client.get("/portal/").status_code == 404
        assert milo.client.get("/home/").status_code == 404

    def test_the_gallery_is_for_staff(self, bea: Persona, sam: Persona) -> None:
        assert bea.client.get("/components/").status_code == 404
        assert sam.client.get("/components/").status_code == 200

    def test_a_nul_byte_is_a_404(self, bea: Persona) -> None:
        assert bea.client.get("/parts/%00/").status_code == 404

    def test_private_pages_are_kept_by_no_cache(self, bea: Persona) -> None:
        assert bea.client.get("/home/")["Cache-Control"] == "private, no-store"

    def test_headers_of_every_page(self, bea: Persona) -> None:
        answer = bea.client.get("/home/")
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_a_session_in_use_lives_on_and_an_idle_one_ends(bea: Persona) -> None:
    bea.client.get("/home/")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=50)):
        assert bea.client.get("/home/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=100)):
        assert bea.client.get("/home/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=161)):
        assert bea.client.get("/home/").status_code == 302


def test_what_was_typed_survives_a_session_that_ended(
    bea: Persona, work: Callable[[], None]
) -> None:
    from tests.quotes.scene import draft_rfq

    request = draft_rfq(bea)
    path = f"/rfqs/{request.id}/edit/"
    bea.client.logout()
    answer = bea.client.post(
        path,
        {"title": "Typed for an hour", "currency": "EUR", "action": "save"},
        headers={"Referer": f"http://testserver{path}"},
    )
    assert answer.url == f"/accounts/login/?next={path}"
    signed_in = bea.client.post(
        "/accounts/login/?next=" + path,
        {"login": "bea@example.com", "password": PASSWORD, "next": path},
        follow=True,
    )
    page = signed_in.content.decode()
    assert "You were signed out" in page and "Typed for an hour" in page
    assert request.fresh().title == "Bracket"
