from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and organizations"

    def ready(self) -> None:
        """Registers the API's authentication with the OpenAPI generator; listens to sign-ins."""
        from accounts import sign_in_facts
        from accounts.api import schema  # noqa: F401

        sign_in_facts.connect()
