"""Celery entry points of running the house."""

from celery import Task, shared_task

from marketplace.operations.actions.deletion import carry_out_deletions
from marketplace.operations.actions.exports import expire_exports
from marketplace.operations.actions.organization_exports import expire_organization_exports
from marketplace.operations.watching import maintenance, measuring, probes, runs


@shared_task(bind=True)
def run_scheduled(self: Task, name: str) -> None:
    """One turn of a line of config/schedule.py; beat sends nothing else."""
    runs.run_line(name, again=bool((self.request.delivery_info or {}).get("redelivered")))


@shared_task
def back_up() -> str:
    """The backup of the night; its name. One that is at work already is not joined."""
    from marketplace.operations.backups.errors import BackupBusy
    from marketplace.operations.backups.writing import make_backup

    try:
        return make_backup().name
    except BackupBusy as error:
        return error.sentence


@shared_task
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


@shared_task
def play_bots() -> None:
    """In the test twin: a step of everybody who is no person."""
    # Bots read and draw with heavy libraries, and pay at the sandbox, which production never loads.
    from marketplace.operations.twin.playing import play

    play()


def check_services() -> str:
    """Try database, cache, mail, files, Stripe and workers."""
    return probes.check_services()


@shared_task
def watch() -> str:
    """Measure the machine and hold it against the thresholds."""
    return measuring.watch()


@shared_task
def care_daily() -> str:
    """Logs, cache, figures of the day, and what is kept long enough."""
    return maintenance.care_daily()


@shared_task
def care_weekly() -> str:
    """The database's own upkeep and a look at the security settings."""
    return maintenance.care_weekly()


@shared_task
def care_monthly() -> str:
    """Packages, certificate, and how the month was."""
    return maintenance.care_monthly()


@shared_task
def keep_figures() -> str:
    """The figures of today and of the days before that may still change."""
    return maintenance.keep_figures()
