"""Who may do what to a blanket order, and what a call-off must keep to."""

from collections.abc import Mapping, Sequence
from datetime import date

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError
from marketplace.core.states import WrongState
from marketplace.core.templatetags.formats import plain_day
from marketplace.directory.models import Manufacturer
from marketplace.directory.states import ManufacturerState
from orders.blanket_queries import side_of_blanket
from orders.blanket_states import BLANKET, BlanketState
from orders.models import BlanketLine, BlanketOrder

PERMISSION_OF = {
    "accept_blanket": Permission.PRODUCE,
    "decline_blanket": Permission.PRODUCE,
    "cancel_blanket": Permission.AWARD,
}
MOST_YEARS = 3
ALL_CALLED = "Everything that was agreed is called off. Propose another blanket order for more."
MOST_PIECES = 10_000_000


def check_can_move(actor: Actor, blanket: BlanketOrder, verb: str) -> str:
    """The actor's side when its role allows `verb`. Raises NotFound or NotAllowed."""
    side = side_of_blanket(actor, blanket)
    actor.check(PERMISSION_OF[verb])
    return side


def available_moves(actor: Actor, blanket: BlanketOrder) -> list[str]:
    """The verbs the actor's side and role may use now; buttons come from here."""
    verbs = BLANKET.available(blanket.state, side_of_blanket(actor, blanket))
    return [verb for verb in verbs if verb in PERMISSION_OF and actor.may(PERMISSION_OF[verb])]


def can_call_off(actor: Actor, blanket: BlanketOrder, today: date) -> bool:
    """Whether to offer the form."""
    return (
        side_of_blanket(actor, blanket) == Side.BUYER
        and actor.may(Permission.AWARD)
        and blanket.state == BlanketState.ACTIVE
        and blanket.starts_on <= today <= blanket.ends_on
        and any(line.left for line in blanket.lines.all())
    )


def check_can_call_off(actor: Actor, blanket: BlanketOrder, today: date) -> None:
    """The buyer's members who award, while it is active, in its period.

    Raises NotFound, NotAllowed or WrongState.
    """
    if side_of_blanket(actor, blanket) != Side.BUYER:
        raise WrongState("The buyer calls off.")
    actor.check(Permission.AWARD)
    if blanket.state != BlanketState.ACTIVE:
        label = blanket.get_state_display().lower()
        raise WrongState(f"This blanket order is {label}, so nothing can be called off now.")
    if today < blanket.starts_on:
        raise WrongState(f"Call-offs start on {plain_day(blanket.starts_on)}.")
    if today > blanket.ends_on:
        raise WrongState(f"The last day to call off was {plain_day(blanket.ends_on)}.")


def check_takes_orders(manufacturer: Organization) -> None:
    """The manufacturer is verified now. Raises WrongState."""
    if not Manufacturer.objects.filter(
        organization=manufacturer, state=ManufacturerState.VERIFIED
    ).exists():
        raise WrongState(f"{manufacturer.name} is not verified now and takes no orders.")


def check_quantities(lines: Sequence[BlanketLine], quantities: Mapping[str, int]) -> None:
    """Each chosen quantity is at least the line's least and at most what is left; a rest below the
    least may be called off whole. Raises DomainError beside each quantity that is not."""
    faults = {}
    for line in lines:
        wanted = quantities.get(line.public_id, 0)
        number = line.source.part_number
        if not wanted:
            continue
        if wanted > line.left:
            faults[line.public_id] = f"{number}: {line.left:,} pieces are left."
        elif wanted < min(line.least, line.left):
            faults[line.public_id] = f"{number}: a call-off has {line.least:,} pieces or more."
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)
    if any(quantities.get(line.public_id) for line in lines):
        return
    if not any(line.left for line in lines):
        raise DomainError(ALL_CALLED)
    raise DomainError("Enter the pieces of at least one line.")
