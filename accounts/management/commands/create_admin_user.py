"""`manage.py create_admin_user --email a@b.c [--password ...]`"""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import User


class Command(BaseCommand):
    help = "Creates a staff member; the password from --password, ADMIN_PASSWORD or a prompt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="Administrator")
        parser.add_argument("--password", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an address that is none or taken, and a password against the
        policy."""
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} exists already.")
        password = options["password"] or os.environ.get("ADMIN_PASSWORD") or _typed()
        user = User(email=email, name=options["name"])
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        user = User.objects.create_superuser(email, password, name=options["name"])
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        self.stdout.write(f"Staff member {email} created.")


def _typed() -> str:
    try:
        password = getpass.getpass()
        again = getpass.getpass("Password, again: ")
    except EOFError as error:
        raise CommandError(
            "There is no terminal to type a password at; set ADMIN_PASSWORD or use --password."
        ) from error
    if password != again:
        raise CommandError("The two passwords differ. Nothing was created.")
    return password
