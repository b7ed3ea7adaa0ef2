"""What runs by the clock."""

from celery import shared_task

from marketplace.parts.actions.uploads import sweep_uploads


@shared_task
def run_upload_timers() -> int:
    """End what was never finished."""
    return sweep_uploads()
