"""Putting the first steps away and taking them out again. A person's own view, so no fact."""

from accounts.actor import Actor
from accounts.models import Membership
from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.pages.models import HiddenChecklist


def hide_checklist(*, actor: Actor, side: str) -> None:
    """No longer show the acting member the first steps of a side. Twice is once."""
    membership = _membership(actor, side)
    HiddenChecklist.objects.get_or_create(membership=membership, side=side)


def show_checklist(*, actor: Actor, side: str) -> None:
    """Show them again. Twice is once."""
    HiddenChecklist.objects.filter(membership=_membership(actor, side), side=side).delete()


def _membership(actor: Actor, side: str) -> Membership:
    """Raises NotFound for somebody who is no member and for a side that has no steps."""
    found = Membership.objects.filter(
        user=actor.user, organization=actor.organization, deactivated_at=None
    ).first()
    if found is None or side not in (Side.BUYER, Side.MANUFACTURER):
        raise NotFound()
    return found
