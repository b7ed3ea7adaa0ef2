"""The lifecycle of a backup."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class BackupState(models.TextChoices):
    RUNNING = "running", "Being written"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    REMOVED = "removed", "Removed after its days"


B = BackupState
BACKUP = Lifecycle(
    name="backup",
    states=BackupState,
    initial=B.RUNNING,
    moves=(
        Move("finish_backup", (B.RUNNING,), B.DONE, by=(Side.SYSTEM,)),
        Move("fail_backup", (B.RUNNING,), B.FAILED, by=(Side.SYSTEM,)),
        Move("remove_backup", (B.DONE,), B.REMOVED, by=(Side.SYSTEM,)),
    ),
    turn={B.RUNNING: Side.SYSTEM, B.DONE: Side.SYSTEM, B.FAILED: None, B.REMOVED: None},
)
