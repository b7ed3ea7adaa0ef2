"""The id that ties a page, its log lines, its facts and its mails together."""

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    """The id of the request being served, or "-" outside one."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Remember the id for this request or task."""
    _request_id.set(value)
