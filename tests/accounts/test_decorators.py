"""The door for dangerous acts."""

import re
import time
from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import ApiToken
from accounts.sessions import SIGNED_IN_AT
from tests.personas import PASSWORD, Persona, show_again

TOKENS = "/settings/tokens/new/"
SETTINGS = "/settings/tokens/"
TOKEN = {"name": "ERP connector", "days": "365", "scopes": ["view"]}


class TestRecentlySignedIn:
    def test_soon_after_signing_in_nobody_is_asked(self, bea: Persona) -> None:
        assert bea.client.post(TOKENS, TOKEN).status_code == 200
        assert ApiToken.objects.count() == 1

    def test_later_the_password_is_asked_and_what_was_typed_comes_back(self, bea: Persona) -> None:
        show_again(bea.client, bea.user, time.time() - 301)
        typed = bea.client.post(TOKENS, TOKEN, headers={"Referer": f"http://testserver{SETTINGS}"})
        assert typed.url == f"/accounts/reauthenticate/?next={SETTINGS}"
        assert not ApiToken.objects.exists()
        wrong = bea.client.post(typed.url, {"password": "Wrong-Horse-7!", "next": SETTINGS})
        assert wrong.status_code == 200
        back = bea.client.post(typed.url, {"password": PASSWORD, "next": SETTINGS})
        assert back.url == SETTINGS
        assert "ERP connector" in bea.client.get(SETTINGS).content.decode()
        assert bea.client.post(TOKENS, TOKEN).status_code == 200

    def test_a_fragment_is_told_to_leave_as_a_whole_page(self, bea: Persona) -> None:
        show_again(bea.client, bea.user, time.time() - 301)
        answer = bea.client.post(TOKENS, TOKEN, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"]) == (
            204,
            f"/accounts/reauthenticate/?next={TOKENS}",
        )

    def test_one_without_a_password_signs_in_again(self, bea: Persona) -> None:
        bea.user.set_unusable_password()
        bea.user.save()
        bea.client.force_login(bea.user, backend="django.contrib.auth.backends.ModelBackend")
        show_again(bea.client, bea.user, time.time() - 301)
        answer = bea.client.post(TOKENS, TOKEN)
        assert answer.url == f"/accounts/login/?next={TOKENS}"
        assert bea.client.get("/home/").status_code == 302

    def test_anothers_proof_is_none(self, bea: Persona, milo: Persona) -> None:
        show_again(bea.client, milo.user)
        session = bea.client.session
        session[SIGNED_IN_AT] = int(time.time()) - 301
        session.save()
        assert bea.client.post(TOKENS, TOKEN).status_code == 302

    def test_a_sign_up_that_ended_just_now_is_a_proof(
        self, db: None, mailoutbox: list[Any], work: Callable[[], None]
    ) -> None:
        client = Client()
        form = {"name": "Ada", "email": "ada@example.com", "password1": "Very-Long-Pass-9!"}
        client.post("/accounts/signup/", form)
        work()
        link = re.search(r"(/accounts/confirm-email/\S+)", mailoutbox[0].body)
        assert link and client.get(link[1]).url == "/go/"
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200
