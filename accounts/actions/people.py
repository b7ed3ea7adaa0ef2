"""A person changes what they are called."""

from django.db import transaction

from accounts.actor import Actor
from accounts.events import PROFILE_CHANGED
from accounts.models import User
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.events import record


@transaction.atomic
def change_profile(*, actor: Actor, name: str) -> User:
    """Change the acting person's name; what they did before keeps the name it was done under.

    Raises NotAllowed for an API token: a program does not rename the person it works for.
    """
    if actor.user is None or actor.via != "page":
        raise NotAllowed("Sign in to change your profile.")
    clean = " ".join(name.split())
    if not clean:
        raise DomainError("Enter your name.", fields={"name": "Enter your name."})
    person = User.objects.select_for_update().get(pk=actor.user.pk)
    if person.name == clean:
        return person
    person.name = clean
    person.save(update_fields=["name"])
    record(PROFILE_CHANGED, person, actor=actor, visible_to=actor.organizations)
    return person
