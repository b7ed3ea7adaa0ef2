"""What a new file sets off."""

from marketplace.core.events import Event
from marketplace.parts.actions.analysis import analyze_revision, read_drawing
from marketplace.parts.actions.bodies import make_bodies
from marketplace.parts.actions.unpacking import take_upload


def read_files(event: Event) -> None:
    """Read the revision the fact speaks of."""
    analyze_revision(event.subject)


def read_new_drawing(event: Event) -> None:
    """Read the drawing that joined a model."""
    read_drawing(event.subject)


def take_file(event: Event) -> None:
    """Check, unpack and place the file that arrived."""
    take_upload(event.subject)


def take_bodies(event: Event) -> None:
    """Make parts of the bodies of an assembly."""
    make_bodies(event.subject, event.data["bodies"], event.actor_id)
