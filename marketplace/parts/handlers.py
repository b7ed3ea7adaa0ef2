"""What a new file sets off."""

from marketplace.core.events import Event
from marketplace.parts.actions.analysis import analyze_revision


def read_files(event: Event) -> None:
    """Read the revision the fact speaks of."""
    analyze_revision(event.subject)
