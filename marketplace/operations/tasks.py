"""Timers of the data of people and organizations, and of backups."""

from celery import shared_task

from marketplace.operations.actions.deletion import carry_out_deletions
from marketplace.operations.actions.exports import expire_exports
from marketplace.operations.actions.organization_exports import expire_organization_exports

# Seconds; a backup of hundreds of gigabytes takes its time, and Celery's own limit is minutes.
HALF_A_DAY = 43_200


@shared_task(time_limit=HALF_A_DAY)
def back_up() -> str:
    """The backup of the night; its name. One that is at work already is not joined."""
    from marketplace.operations.backups.errors import BackupBusy
    from marketplace.operations.backups.writing import make_backup

    try:
        return make_backup().name
    except BackupBusy as error:
        return error.sentence


@shared_task(time_limit=HALF_A_DAY)
def verify_newest_backup() -> str:
    """Try the newest backup out; raises BackupDamaged with what differs."""
    from marketplace.operations.backups.errors import BackupBusy, BackupDamaged
    from marketplace.operations.backups.verifying import verify_backup

    try:
        name, checks = verify_backup("latest")
    except BackupBusy as error:
        return error.sentence
    wrong = [each.what for each in checks if not each.good]
    if wrong:
        raise BackupDamaged(f"{name} did not prove itself: {', '.join(wrong[:5])}")
    return f"{name}: {len(checks)} checks"


@shared_task
def run_privacy_timers() -> None:
    """Copies whose days are over, and accounts whose days of grace are."""
    expire_exports()
    expire_organization_exports()
    carry_out_deletions()
