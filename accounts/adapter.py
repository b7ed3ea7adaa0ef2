"""allauth's hooks: links in mails come from a setting, never from the Host header."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        return settings.SITE_URL + reverse(
            "account_reset_password_from_key", kwargs={"uidb36": "x", "key": "x"}
        ).replace("x-x", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context["current_site"] = {"name": settings.SITE_NAME, "domain": settings.SITE_URL}
        super().send_mail(template_prefix, email, context)
