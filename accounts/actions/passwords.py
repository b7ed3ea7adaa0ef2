"""Remembering the hashes of a person's passwords."""

from django.db import transaction

from accounts.models import PasswordRecord, User

REMEMBERED = 5


@transaction.atomic
def keep_password(*, user: User) -> None:
    """Add the hash the person has now to their records and forget all but the newest REMEMBERED.

    The fact is recorded by whatever changed the password, which knows how and by whom.
    """
    if not user.has_usable_password():
        return
    PasswordRecord.objects.create(user=user, password=user.password)
    newest = PasswordRecord.objects.filter(user=user).values_list("pk", flat=True)[:REMEMBERED]
    PasswordRecord.objects.filter(user=user).exclude(pk__in=list(newest)).delete()
