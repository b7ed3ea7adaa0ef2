"""The Celery application: worker and beat."""

import logging.config
import os
from typing import Any

import kombu.transport.redis  # noqa: F401 - loaded at start, or the first publish of a page pays for it
from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_prerun

from marketplace.core.request_id import current_request_id, set_request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def read_schedule(sender: Celery, **_kwargs: object) -> None:
    """Beat's timetable is code, on one screen: config/schedule.py."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    from marketplace.operations.watching.turns import Every

    routes = sender.conf.task_routes
    sender.conf.beat_schedule = {
        name: {
            "task": "marketplace.operations.tasks.run_scheduled",
            "args": (name,),
            "schedule": Every(line["schedule"], name)
            if isinstance(line["schedule"], float)
            else line["schedule"],
            # In the queue of the work itself.
            "options": {**routes.get(line["task"], {}), **line.get("options", {})},
        }
        for name, line in import_string(settings.SCHEDULE).items()
    }


@setup_logging.connect
def write_logs_as_everywhere(loglevel: Any = None, **_kwargs: object) -> None:
    """Workers and beat write as the web does; --loglevel may only make them quieter."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    root = logging.getLogger()
    if isinstance(loglevel, int):
        root.setLevel(max(loglevel, root.level))


@before_task_publish.connect
def send_request_id(headers: dict[str, Any] | None = None, **_kwargs: object) -> None:
    """A task belongs to the request that asked for it."""
    if headers is not None:
        headers["request_id"] = current_request_id()


@task_prerun.connect
def take_request_id(task: Any = None, **_kwargs: object) -> None:
    """Lines of a worker carry the id of the request that asked for the task."""
    set_request_id(str(getattr(task.request, "request_id", None) or "-"))
