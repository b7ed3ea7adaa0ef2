"""The password policy beyond Django's own validators. It holds on every path that sets one:
sign-up, change, reset, admin and commands all ask AUTH_PASSWORD_VALIDATORS."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from accounts.actions.passwords import REMEMBERED, keep_password
from accounts.models import PasswordRecord, User

CLASSES = (
    ("an uppercase letter", str.isupper),
    ("a lowercase letter", str.islower),
    ("a digit", str.isdigit),
    ("a special character", lambda c: not c.isalnum() and not c.isspace()),
)
# Hashing costs work in proportion to the text; nobody types more than this.
MOST_CHARACTERS = 128


class CharacterClassesValidator:
    """Upper, lower, digit and special character, each at least once."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError that lists what is missing."""
        missing = [name for name, test in CLASSES if not any(test(c) for c in password)]
        if missing:
            raise ValidationError(
                f"Add {', '.join(missing)} to the password.", code="password_classes"
            )

    def get_help_text(self) -> str:
        return "Use upper and lower case letters, a digit and a special character."


class MaximumLengthValidator:
    """At most MOST_CHARACTERS."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a longer one."""
        if len(password) > MOST_CHARACTERS:
            raise ValidationError(
                f"Use at most {MOST_CHARACTERS} characters.", code="password_too_long"
            )

    def get_help_text(self) -> str:
        return f"Use at most {MOST_CHARACTERS} characters."


class PasswordHistoryValidator:
    """None of the person's last REMEMBERED passwords, the present one among them."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError for one used before. A person who is new has none."""
        # Longer texts are refused above; comparing one would only cost time.
        if user is None or user.pk is None or len(password) > MOST_CHARACTERS:
            return
        used = set(
            PasswordRecord.objects.filter(user_id=user.pk).values_list("password", flat=True)
        )
        # The row's own hash counts even if it is older than the records.
        used.add(User.objects.values_list("password", flat=True).get(pk=user.pk))
        if any(check_password(password, old) for old in used):
            raise ValidationError(
                f"You used this password before. Choose one that is not among your last "
                f"{REMEMBERED}.",
                code="password_used_before",
            )

    def password_changed(self, password: str, user: AbstractBaseUser) -> None:
        """Remember it. Django calls this whenever a person is saved with a new password."""
        assert isinstance(user, User)
        keep_password(user=user)

    def get_help_text(self) -> str:
        return f"Do not use one of your last {REMEMBERED} passwords."
