"""What whole stories need: a server on a real port, the sandbox, part files, people at browsers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from marketplace.core.outbox import sweep
from marketplace.operations import demo_cad
from marketplace.operations.demo_cad import DemoPart
from tests.made_files import made_by
from tests.payments.conftest import SECRET, Sandbox, sandbox

__all__ = ["sandbox"]
PASSWORD = "Very-Long-Pass-9!"


@pytest.fixture(scope="session")
def cad() -> dict[str, DemoPart]:
    """The demo's part files, made once by the CAD kernel; part number -> part."""
    folder = made_by(demo_cad.__name__, Path(demo_cad.__file__).parent)
    return {part.number: part for part in demo_cad.read_index(folder)}


@pytest.fixture
def site(sandbox: Sandbox, live_server: Any, settings: Any) -> str:
    """The address of a server that the sandbox sends its signed webhooks to."""
    settings.SITE_URL = live_server.url
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    sandbox.command("endpoint", url=f"{live_server.url}/webhooks/stripe/", secret=SECRET)
    return str(live_server.url)


class Visitor:
    """Somebody at a browser: follows links, posts forms, is never shown a 500."""

    def __init__(self) -> None:
        self.client = Client()

    def get(self, path: str, status: int = 200, **data: Any) -> HttpResponse:
        response = self.client.get(path, data, follow=True)
        assert response.status_code == status, f"{path}: {response.status_code}"
        return response

    def post(self, path: str, data: Any = None, status: int = 200, **extra: Any) -> HttpResponse:
        response = self.client.post(path, data or {}, follow=True, **extra)
        text = response.content.decode(errors="replace")
        assert response.status_code == status, f"{path}: {response.status_code} {_errors(text)}"
        return response

    def sign_up(self, name: str, company: str, **sides: bool) -> None:
        """Sign up, follow the link of the mail, create the organization."""
        email = f"{name.lower()}@example.com"
        self.post("/accounts/signup/", {"name": name, "email": email, "password1": PASSWORD})
        sweep()
        letter = next(m for m in reversed(mail.outbox) if email in m.to)
        link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", str(letter.body))
        assert link, letter.body
        self.get(link[1])
        self.post("/accounts/login/", {"login": email, "password": PASSWORD})
        self.post(
            "/organizations/new/",
            {
                "name": company,
                "country": "de",
                "city": "Aachen",
                "address": f"{company}, Werkstr. 1, 52062 Aachen",
                "currency": "EUR",
                **{side: "on" for side, on in sides.items() if on},
            },
        )


def _errors(text: str) -> list[str]:
    found = re.findall(r'role="alert"[^>]*>(.*?)</div>|class="field-error"[^>]*>(.*?)<', text, re.S)
    return [re.sub(r"<[^>]+>|\s+", " ", a or b).strip()[:300] for a, b in found]


@pytest.fixture
def visitor() -> Callable[[], Visitor]:
    return Visitor
