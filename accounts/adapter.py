"""allauth's hooks: one address for a client, mails by the worker, links from a setting.

No link in a mail is built from the Host header, which the client writes.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse

from accounts.actions.account_mail import write_mail
from accounts.addresses import client_address
from accounts.devices import device_of
from accounts.models import User
from accounts.sessions import signed_in_recently
from marketplace.core.encryption import decrypt, encrypt


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """In the test twin people come from the real site, with a ticket."""
        return not settings.TWIN_OF

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in a moment ago is as good as its repetition."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        return required and not signed_in_recently(self.request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("security")

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account costs one hash; a known address must cost the same.
        make_password(email)
        self.send_mail("account/email/account_already_exists", email, {})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave the mail for the worker. The templates are `accounts/emails/<name>.txt`."""
        kind = template_prefix.rsplit("/", 1)[-1]
        path, link_text = _button_of(kind, context)
        user = context.get("user")
        write_mail(
            kind=kind,
            to=email,
            path=path,
            link_text=link_text,
            name=user.name if isinstance(user, User) else "",
            email=email,
            address=client_address(self.request),
            device=device_of(self.request.headers.get("User-Agent", "")),
            from_email=context.get("from_email", ""),
            to_email=context.get("to_email", ""),
            provider=context.get("provider", ""),
        )


def _button_of(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    """Where the mail's button leads, and its words."""
    if "activate_url" in context:
        return reverse("account_confirm_email", args=[context["key"]]), "Confirm the address"
    if kind == "password_reset_key":
        link = {"uidb36": context["uid"], "key": context["key"]}
        return reverse("account_reset_password_from_key", kwargs=link), "Choose a new password"
    if kind == "unknown_account":
        return reverse("account_signup"), "Sign up"
    if kind == "account_already_exists":
        return reverse("account_reset_password"), "Reset the password"
    return reverse("security"), "Look at your security page"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and seeds of recovery codes are encrypted at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is wrong or was used before. Enter the one shown now.",
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are bound to the site's name, in development to the one in use."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        if settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN:
            host = current.request.get_host().partition(":")[0]
        return {"id": host, "name": settings.SITE_NAME}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        there = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {there + 1}" if there else "Passkey"


class GoogleAdapter(DefaultSocialAccountAdapter):
    """A Google account makes a new person or signs in the one it was connected to by hand.

    It is never matched with an account by its address alone: SOCIALACCOUNT_EMAIL_AUTHENTICATION
    stays off, and whoever has an account connects Google after signing in.
    """

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """The name on one line; it travels in mail headers."""
        user: User = super().populate_user(request, sociallogin, data)
        name = data.get("name") or f"{data.get('first_name', '')} {data.get('last_name', '')}"
        user.name = " ".join(name.split())[:120] or user.email.partition("@")[0]
        return user
