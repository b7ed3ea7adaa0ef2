"""Tables of moves: the only way a state changes.

An app writes its lifecycle as data in `states.py`; `move()` is the one function that assigns a
state, and the diagrams, the buttons and the test matrix are made from the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from marketplace.core.errors import Conflict, NotAllowed


class WrongState(Conflict):
    """The thing is in a state that does not allow this move."""

    code = "wrong_state"


@dataclass(frozen=True)
class Move:
    """One arrow: `verb` takes a thing from any of `sources` to `target`, done by one of `by`."""

    verb: str
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Lifecycle:
    """A table of moves. `turn` says for every state whose turn it is (None: finished)."""

    name: str
    states: type[models.TextChoices]
    initial: str
    moves: tuple[Move, ...]
    turn: Mapping[str, str | None]

    def find(self, verb: str, state: str, to: str = "") -> Move | None:
        """The move `verb` makes from `state`, or None.

        A verb that leads back to where a thing came from has an arrow for each such state; `to`
        says which.
        """
        arrows = (m for m in self.moves if m.verb == verb and state in m.sources)
        return next((m for m in arrows if not to or m.target == to), None)

    def verbs(self) -> list[str]:
        """Every verb once, in the order of the table."""
        return list(dict.fromkeys(m.verb for m in self.moves))

    def label(self, state: str) -> str:
        """The state's name for people."""
        return str(self.states(state).label)

    def available(self, state: str, side: str) -> list[str]:
        """The verbs `side` may use now; templates draw buttons from this."""
        verbs = (m.verb for m in self.moves if state in m.sources and side in m.by)
        return list(dict.fromkeys(verbs))


class Stateful(models.Model):
    """Adds the time of the last move. The `state` field itself carries the app's choices."""

    state: str
    state_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


def check_move(thing: Stateful, lifecycle: Lifecycle, verb: str, *, by: str, to: str = "") -> Move:
    """The arrow `verb` takes `thing` through as side `by`, not taken yet.

    Raises WrongState or NotAllowed with a sentence.
    """
    old = thing.state
    arrow = lifecycle.find(verb, old, to)
    if arrow is None:
        words = verb.replace("_", " ")
        raise WrongState(
            f"This {lifecycle.name} is {lifecycle.label(old).lower()}, so this cannot be done "
            f"now: {words}. Reload the page to see where it stands."
        )
    if by not in arrow.by:
        raise NotAllowed(f"The {by} cannot do this: {verb.replace('_', ' ')}.")
    return arrow


def move(thing: Stateful, lifecycle: Lifecycle, verb: str, *, by: str, to: str = "") -> None:
    """Take `thing` through one arrow of `lifecycle` as side `by` (the one `to` a state, where a
    verb has several), and save it.

    The update is conditional on the state that was read, so that of two concurrent moves one wins
    and the other raises. Raises WrongState or NotAllowed with a sentence.
    """
    arrow, old = check_move(thing, lifecycle, verb, by=by, to=to), thing.state
    now = timezone.now()
    # Each model declares its own `state` with its own choices, so the base class has no field.
    unchanged = type(thing)._default_manager.filter(pk=thing.pk, state=old)  # type: ignore[misc]
    moved = unchanged.update(state=arrow.target, state_changed_at=now)  # type: ignore[misc]
    if not moved:
        raise WrongState(
            f"Somebody changed this {lifecycle.name} a moment ago. Reload the page to see it."
        )
    thing.state = arrow.target
    thing.state_changed_at = now


def draw(lifecycle: Lifecycle) -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {lifecycle.initial}"]
    for arrow in lifecycle.moves:
        sides = " or ".join(arrow.by)
        for source in arrow.sources:
            lines.append(f"    {source} --> {arrow.target}: {arrow.verb} ({sides})")
    lines += [f"    {state} --> [*]" for state, turn in lifecycle.turn.items() if turn is None]
    return "\n".join(lines)
