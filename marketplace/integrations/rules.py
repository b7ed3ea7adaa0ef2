"""When a webhook is tried again, when an endpoint is left alone, how long the log is kept.

Pure functions; times are aware datetimes, spans timedeltas.
"""

import random
from datetime import datetime, timedelta

# After the first try: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. The steps of the
# Standard Webhooks specification ("Deliverability and reliability"), a little over three days.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
# A pause is lengthened by up to a fifth: after an outage not everything comes at once.
JITTER = 0.2
PATIENCE = timedelta(days=3)
OLD_SECRET_LASTS = timedelta(hours=24)
LOG_KEPT = timedelta(days=30)
MOST_ENDPOINTS = 20
MOST_REPLAYED = 1000
GONE = 410


def next_try(tries: int, now: datetime, chance: float | None = None) -> datetime | None:
    """When to try again after `tries` failed tries (1 or more); None when that was the last.

    `chance` is between 0 and 1, drawn at random unless given.
    """
    if tries > len(PAUSES):
        return None
    drawn = random.random() if chance is None else chance  # noqa: S311 - spreads load only
    return now + PAUSES[tries - 1] * (1 + JITTER * drawn)


def should_pause(failing_since: datetime | None, now: datetime) -> bool:
    """Whether nothing has been taken for three days."""
    return failing_since is not None and now - failing_since >= PATIENCE
