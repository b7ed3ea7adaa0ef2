"""The lifecycles of copies of data, of the wish to be deleted, and of incidents."""

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


class IncidentState(models.TextChoices):
    DETECTED = "detected", "Detected"
    ASSESSED = "assessed", "Cause known"
    MONITORED = "monitored", "Mended and watched"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"


N = IncidentState
STAFF = Side.STAFF
INCIDENT = Lifecycle(
    name="incident",
    states=IncidentState,
    initial=N.DETECTED,
    moves=(
        Move("assess_incident", (N.DETECTED,), N.ASSESSED, by=(STAFF,)),
        Move("watch_incident", (N.DETECTED, N.ASSESSED), N.MONITORED, by=(STAFF,)),
        Move("resolve_incident", (N.DETECTED, N.ASSESSED, N.MONITORED), N.RESOLVED, by=(STAFF,)),
        Move("reopen_incident", (N.MONITORED, N.RESOLVED), N.ASSESSED, by=(STAFF,)),
        Move("close_incident", (N.RESOLVED,), N.CLOSED, by=(STAFF,)),
    ),
    turn={
        N.DETECTED: STAFF,
        N.ASSESSED: STAFF,
        N.MONITORED: STAFF,
        N.RESOLVED: STAFF,
        N.CLOSED: None,
    },
)
