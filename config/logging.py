"""How logs are written: as text or JSON, to standard output and to files of their own.

Every line carries the id of the request or task it belongs to, and passes the scrubbing.
"""

import fcntl
import json
import logging
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from marketplace.core.request_id import current_request_id
from marketplace.core.scrubbing import scrub

FILE_BYTES = 10 * 1024 * 1024
FILES_KEPT = 5
QUIET = (
    "stripe",
    "websockets",
    "fontTools",
    "celery.app.trace",
    "celery.beat",
    "celery.worker.strategy",
)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` ("-" outside a request) to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True


class TextFormatter(logging.Formatter):
    """One line with the time in UTC; a traceback below it, without what is private."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatException(self, ei: Any) -> str:
        return scrub(super().formatException(ei))


class JsonFormatter(TextFormatter):
    """One JSON object a line: time, level, logger, request_id, process, message, exception."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class SharedRotatingFile(RotatingFileHandler):
    """A rotating file that several processes write: web, worker and beat of one machine.

    The standard one loses lines then: each process rotates for itself and goes on writing into a
    file that was renamed. Here a lock beside the file is held for each line, and whoever finds the
    file renamed opens the new one. One file for all processes keeps the lines in their order.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line under the lock; what fails is told as logging does, on standard error."""
        try:
            with Path(f"{self.baseFilename}.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._follow()
                super().emit(record)
        except OSError:
            self.handleError(record)

    def _follow(self) -> None:
        """Open the file anew when another process renamed the one in hand."""
        if self.stream is None:
            return
        try:
            named = Path(self.baseFilename).stat()
            is_same = named.st_ino == Path(f"/proc/self/fd/{self.stream.fileno()}").stat().st_ino
        except OSError:
            is_same = False
        if not is_same:
            self.stream.close()
            self.stream = self._open()


def logging_settings(*, level: str, form: str, folder: str) -> dict[str, Any]:
    """Django's LOGGING. `form` is text or json; `folder` "" means no files."""
    filters = ["request_id", "scrubbing"]
    handlers: dict[str, Any] = {
        "stdout": {"class": "logging.StreamHandler", "formatter": form, "filters": filters}
    }
    if folder:
        for name, lowest in (("all", "NOTSET"), ("errors", "ERROR")):
            handlers[name] = {
                "class": "config.logging.SharedRotatingFile",
                "filename": str(Path(folder) / f"{name}.log"),
                "maxBytes": FILE_BYTES,
                "backupCount": FILES_KEPT,
                "encoding": "utf-8",
                "delay": True,
                "level": lowest,
                "formatter": form,
                "filters": filters,
            }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "config.logging.RequestIdFilter"},
            "scrubbing": {"()": "marketplace.core.scrubbing.ScrubbingFilter"},
        },
        "formatters": {
            "text": {
                "()": "config.logging.TextFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
            },
            "json": {"()": "config.logging.JsonFormatter"},
        },
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        # They write every call and every socket at INFO; fontTools tells of every table of every
        # font it cuts down for a PDF, Celery of every turn of the schedule.
        "loggers": {name: {"level": "WARNING"} for name in QUIET},
    }
