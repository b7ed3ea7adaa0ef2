"""Enumeration, forgery, framing and poisoning at the doors of the site."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth import hashers
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import include, path

from accounts.adapter import GoogleAdapter, SecondFactorAdapter
from accounts.models import AccountMail, User
from accounts.urls import sign_in_urls
from marketplace.core.models import Delivery, Event
from tests.personas import PASSWORD, Persona

GOOD = "Very-Long-Pass-9!"
LOGIN = "/accounts/login/"
SIGN_UP = "/accounts/signup/"
RESET = "/accounts/password/reset/"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every run of the password hasher; the work that a clock would see."""
    runs: list[str] = []
    hasher = hashers.get_hasher()
    encode = type(hasher).encode

    def counted(self: Any, password: str, salt: str) -> str:
        runs.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(type(hasher), "encode", counted)
    return runs


def answer_of(form: dict[str, str], to: str) -> tuple[int, str, str]:
    """Status, place and words of an answer, without what differs in every answer."""
    answer = Client().post(to, form, follow=True)
    text = re.sub(r'(value|nonce|content)="[^"]{20,}"|csrf[^>]*', "", answer.content.decode())
    return answer.status_code, str(answer.redirect_chain), text.replace(form.get("email", "-"), "")


class TestEnumeration:
    def test_signing_in(self, bea: Persona, hashes: list[str]) -> None:
        known = answer_of({"login": "bea@example.com", "password": "Wrong-Horse-7!"}, LOGIN)
        of_known = len(hashes)
        hashes.clear()
        unknown = answer_of({"login": "eve@example.com", "password": "Wrong-Horse-7!"}, LOGIN)
        assert known[:2] == unknown[:2]
        assert known[2].replace("bea@", "eve@") == unknown[2]
        assert len(hashes) == of_known == 1

    def test_one_without_a_password(self, bea: Persona, hashes: list[str]) -> None:
        bea.user.set_unusable_password()
        bea.user.save()
        answer_of({"login": "bea@example.com", "password": "Wrong-Horse-7!"}, LOGIN)
        assert len(hashes) == 1

    def test_signing_up(self, bea: Persona, hashes: list[str]) -> None:
        form = {"name": "Eve", "password1": GOOD}
        unknown = answer_of({**form, "email": "eve@example.com"}, SIGN_UP)
        of_unknown = len(hashes)
        hashes.clear()
        known = answer_of({**form, "email": "bea@example.com"}, SIGN_UP)
        assert known == unknown
        assert len(hashes) == of_unknown == 1
        assert AccountMail.objects.count() == 2

    def test_resetting(self, bea: Persona, hashes: list[str]) -> None:
        known = answer_of({"email": "bea@example.com"}, RESET)
        unknown = answer_of({"email": "eve@example.com"}, RESET)
        assert known == unknown
        assert hashes == [] and AccountMail.objects.count() == 2

    def test_taking_an_address_that_is_taken(self, bea: Persona, milo: Persona) -> None:
        form = {"action_add": "1"}
        answers = [
            bea.client.post("/accounts/email/", {**form, "email": email}).status_code
            for email in (milo.user.email, "free@example.com")
        ]
        assert answers == [302, 302]
        assert User.objects.get(pk=milo.user.pk).email == "milo@example.com"


class TestMails:
    def test_every_mail_of_the_packages_has_our_words(self) -> None:
        folder = Path(allauth.__file__).parent / "templates"
        for subject in folder.glob("*/email/*_subject.txt"):
            kind = subject.name.removesuffix("_subject.txt")
            # Codes by mail are switched off; two templates are never used by the package.
            if not kind.endswith("_code") and kind != "email_confirm":
                get_template(f"accounts/emails/{kind}.txt")

    def test_no_request_waits_for_the_mail_server(
        self, bea: Persona, settings: Any, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        settings.EMAIL_BACKEND = "tests.notifications.broken_mail.Broken"
        assert Client().post(RESET, {"email": "bea@example.com"}).status_code == 302
        work()
        assert Delivery.objects.get().attempts == 1 and AccountMail.objects.count() == 1
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        Delivery.objects.update(due_at=Delivery.objects.get().event.at)
        work()
        assert [m.to for m in mailoutbox] == [["bea@example.com"]]
        assert not AccountMail.objects.exists()

    def test_no_link_is_readable_at_rest(self, bea: Persona) -> None:
        from django.db import connection

        Client().post(RESET, {"email": "bea@example.com"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT sealed FROM accounts_accountmail")
            sealed = cursor.fetchone()[0]
        assert sealed.startswith("enc1:") and "bea@example.com" not in sealed
        told = [f"{event.sentence} {event.data}" for event in Event.objects.all()]
        assert not any("password/reset" in text for text in told)

    @pytest.mark.parametrize(
        ("to", "email"),
        [(RESET, "bea@example.com"), (RESET, "eve@example.com"), (SIGN_UP, "bea@example.com")],
    )
    def test_no_link_follows_the_host_header(
        self,
        bea: Persona,
        settings: Any,
        mailoutbox: list[Any],
        work: Callable[[], None],
        to: str,
        email: str,
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        form = {"email": email, "name": "Eve", "password1": GOOD}
        Client().post(to, form, headers={"Host": "evil.test"})
        work()
        body = mailoutbox[0].body + str(mailoutbox[0].alternatives)
        assert "evil.test" not in body and settings.SITE_URL in body

    def test_a_name_writes_no_header(
        self, db: None, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        name = "Ada\r\nBcc: all@evil.test"
        Client().post(SIGN_UP, {"name": name, "email": "ada@example.com", "password1": GOOD})
        work()
        message = mailoutbox[0].message()
        assert message["Bcc"] is None and "Hello Ada Bcc: all@evil.test," in mailoutbox[0].body


class TestForgeryAndFrames:
    @pytest.mark.parametrize(
        "to",
        [LOGIN, SIGN_UP, RESET, "/settings/security/sessions/end/", "/accounts/logout/"],
    )
    def test_a_forged_form_is_refused(self, bea: Persona, to: str) -> None:
        client = Client(enforce_csrf_checks=True)
        client.cookies = bea.client.cookies
        assert client.post(to, {"login": "bea@example.com"}).status_code == 403

    def test_no_page_of_signing_in_can_be_framed(self, db: None) -> None:
        for to in (LOGIN, SIGN_UP, RESET):
            answer = Client().get(to)
            assert answer["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]

    @pytest.mark.parametrize(
        "target",
        ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "http:evil"],
    )
    def test_no_door_leads_to_another_site(self, bea: Persona, target: str) -> None:
        form = {"login": bea.user.email, "password": PASSWORD, "next": target}
        assert Client().post(f"{LOGIN}?next={target}", form).url == "/go/"
        proof = {"password": PASSWORD, "next": target}
        assert bea.client.post("/accounts/reauthenticate/", proof).url == "/go/"
        assert bea.client.post("/accounts/logout/", {"next": target}).url == "/"

    def test_cookies_are_out_of_reach_of_scripts_and_other_sites(self, bea: Persona) -> None:
        client = Client()
        client.post(LOGIN, {"login": bea.user.email, "password": PASSWORD})
        cookie = client.cookies["sessionid"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"
        # Gone with the browser; the server forgets it after an hour.
        assert cookie["max-age"] == ""


class TestGoogle:
    def test_without_keys_it_is_not_there(self, bea: Persona) -> None:
        assert "Google" not in Client().get(LOGIN).content.decode()
        for to in ("google/login/", "google/login/callback/", "3rdparty/", "social/signup/"):
            assert bea.client.get(f"/accounts/{to}").status_code == 404

    @pytest.mark.urls(__name__)
    def test_with_keys_it_is_offered(self, settings: Any, db: None) -> None:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "google": {"APPS": [{"client_id": "id", "secret": "s", "key": ""}]}
        }
        page = Client().get(LOGIN).content.decode()
        assert "Continue with Google" in page
        there = Client().post("/accounts/google/login/")
        assert there.url.startswith("https://accounts.google.com/")

    def test_a_name_from_google_is_one_line(self, db: None, rf: RequestFactory) -> None:
        login = SocialLogin(user=User(email="ada@example.com"), account=SocialAccount())
        data = {"email": "ada@example.com", "name": "Ada\r\nBcc: x"}
        assert GoogleAdapter().populate_user(rf.get("/"), login, data).name == "Ada Bcc: x"
        nameless = GoogleAdapter().populate_user(rf.get("/"), login, {"email": "ada@example.com"})
        assert nameless.name == "ada"


def test_passkeys_belong_to_the_site_whatever_the_host_header_says(settings: Any) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    settings.SITE_URL = "https://parts.example.com"
    assert SecondFactorAdapter().get_public_key_credential_rp_entity() == {
        "id": "parts.example.com",
        "name": "Partlane",
    }


def _urls_with_google() -> list[Any]:
    from config.urls import urlpatterns as all_urls

    rest = [entry for entry in all_urls if str(entry.pattern) != "accounts/"]
    return [path("accounts/", include(sign_in_urls(google=True))), *rest]


urlpatterns = _urls_with_google()
