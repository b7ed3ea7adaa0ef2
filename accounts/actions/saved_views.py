"""Views of lists that a person wants to see again."""

from django.db import transaction

from accounts import events
from accounts.actor import Actor
from accounts.models import SavedView
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import record

MOST = 20


@transaction.atomic
def save_view(*, actor: Actor, page: str, name: str, query: str) -> SavedView:
    """Keep the filters of a list (URL name `page`) under a name; the same name is replaced.

    Raises DomainError for an empty name or too many views.
    """
    if actor.user is None:
        raise NotAllowed("A view is kept for a person; sign in to save one.")
    name = " ".join(name.split())[:60]
    if not name:
        raise DomainError("Give the view a name.", fields={"name": "Give the view a name."})
    mine = SavedView.objects.filter(user=actor.user, organization=actor.company, page=page)
    if mine.count() >= MOST and not mine.filter(name=name).exists():
        raise DomainError(f"{MOST} views of a list are kept at most. Delete one first.")
    view, _ = SavedView.objects.update_or_create(
        user=actor.user,
        organization=actor.company,
        page=page,
        name=name,
        defaults={"query": query[:500]},
    )
    record(events.VIEW_SAVED, view, actor=actor, visible_to=[], name=name)
    return view


@transaction.atomic
def delete_view(*, actor: Actor, public_id: str) -> SavedView:
    """Forget a view. Raises NotFound for one of somebody else."""
    view = SavedView.objects.filter(user=actor.user, public_id=public_id).first()
    if view is None or actor.user is None:
        raise NotFound()
    record(events.VIEW_DELETED, view, actor=actor, visible_to=[], name=view.name)
    view.delete()
    return view
