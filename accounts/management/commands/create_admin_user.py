"""`manage.py create_admin_user --email a@b.c [--password ...]`"""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User


class Command(BaseCommand):
    help = "Creates a staff member; the password from --password, ADMIN_PASSWORD or a prompt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="Administrator")
        parser.add_argument("--password", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when the address is taken or the password breaks the policy."""
        password = options["password"] or os.environ.get("ADMIN_PASSWORD") or getpass.getpass()
        email = options["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} exists already.")
        user = User(email=email, name=options["name"])
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        user = User.objects.create_superuser(email, password, name=options["name"])
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        self.stdout.write(f"Staff member {email} created.")
