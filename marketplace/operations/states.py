"""The lifecycles of a person's copy of their data, and of their wish to be deleted."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class ExportState(models.TextChoices):
    REQUESTED = "requested", "Being made"
    READY = "ready", "Ready"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Could not be made"


X = ExportState
EXPORT = Lifecycle(
    name="copy of the data",
    states=ExportState,
    initial=X.REQUESTED,
    moves=(
        Move("finish_export", (X.REQUESTED,), X.READY, by=(Side.SYSTEM,)),
        Move("fail_export", (X.REQUESTED,), X.FAILED, by=(Side.SYSTEM,)),
        Move("expire_export", (X.READY,), X.EXPIRED, by=(Side.SYSTEM,)),
    ),
    turn={X.REQUESTED: Side.SYSTEM, X.READY: Side.SYSTEM, X.EXPIRED: None, X.FAILED: None},
)


class DeletionState(models.TextChoices):
    REQUESTED = "requested", "Waiting"
    CANCELLED = "cancelled", "Cancelled"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"


# The person is neither buyer nor manufacturer here; whichever side they are on, it is theirs.
PERSON = Side.BUYER
D = DeletionState
DELETION = Lifecycle(
    name="deletion",
    states=DeletionState,
    initial=D.REQUESTED,
    moves=(
        Move("cancel_deletion", (D.REQUESTED,), D.CANCELLED, by=(PERSON,)),
        Move("stop_deletion", (D.REQUESTED,), D.STOPPED, by=(Side.SYSTEM,)),
        Move("finish_deletion", (D.REQUESTED,), D.DONE, by=(Side.SYSTEM,)),
    ),
    turn={D.REQUESTED: Side.SYSTEM, D.CANCELLED: None, D.STOPPED: None, D.DONE: None},
)
