"""What can go wrong with a backup, each as a sentence for the operator."""

from marketplace.core.errors import Conflict, DomainError


class BackupFault(DomainError):
    """A backup could not be written, read, tried out or restored."""

    code = "backup_fault"


class BackupDamaged(BackupFault):
    """What lies there is not what was written."""

    code = "backup_damaged"


class BackupBusy(Conflict):
    """Another backup, verification or restore is at work."""

    code = "backup_busy"
