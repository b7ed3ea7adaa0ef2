"""The password policy beyond Django's own validators."""

from django.core.exceptions import ValidationError

CLASSES = (
    ("an uppercase letter", str.isupper),
    ("a lowercase letter", str.islower),
    ("a digit", str.isdigit),
    ("a special character", lambda c: not c.isalnum() and not c.isspace()),
)


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
