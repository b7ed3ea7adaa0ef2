"""Log records carry the id of the request or task they belong to."""

import logging

from marketplace.core.request_id import current_request_id


class RequestIdFilter(logging.Filter):
    """Adds `request_id` ("-" outside a request) to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
