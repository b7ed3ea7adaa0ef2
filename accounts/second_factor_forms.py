"""The code of an authenticator app: guesses are counted, and a code works once."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.core.cache import cache

from accounts.lockout import is_locked
from accounts.models import User

# A code is good for its own 30 seconds and, for clocks that differ, 30 before and after.
CODE_LIVES_SECONDS = 90


class _GuardedCode:
    user: User

    def clean_code(self) -> str:
        """Raises ValidationError while the account is locked here, and for a code used before."""
        if is_locked(context.request, self.user):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        used = f"second-factor-code:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(used, True, timeout=CODE_LIVES_SECONDS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInCodeForm(_GuardedCode, AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self)


class ConfirmCodeForm(_GuardedCode, ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self)


def _describe(form: Any) -> None:
    field = form.fields["code"]
    field.label = "Code"
    field.help_text = "Six digits of your authenticator app, or one of your recovery codes."
    field.widget.attrs.update(
        {"inputmode": "numeric", "maxlength": "20", "autofocus": True, "placeholder": ""}
    )


class SetUpAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self)
        self.fields["code"].help_text = "Six digits; they change every 30 seconds."


class AddPasskeyForm(AddWebAuthnForm):
    """Signing in with the passkey alone is what most people expect of one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name"
        self.fields["name"].max_length = 80
        alone = self.fields["passwordless"]
        alone.label = "Sign in with it alone, without the password"
        alone.help_text = "Your device then asks for fingerprint, face or PIN."
        alone.initial = True
