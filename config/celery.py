"""The Celery application: worker and beat."""

import os

import kombu.transport.redis  # noqa: F401 - loaded at start, or the first publish of a page pays for it
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def read_schedule(sender: Celery, **_kwargs: object) -> None:
    """Beat's timetable is code, on one screen: config/schedule.py."""
    from django.conf import settings

    from config.schedule import SCHEDULE, TWIN_SCHEDULE

    sender.conf.beat_schedule = {**SCHEDULE, **TWIN_SCHEDULE} if settings.TWIN_OF else SCHEDULE
