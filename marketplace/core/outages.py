"""What broke is not in our code and comes back by itself: the words and the status it is told with.

An error that is none of these is ours and stays a 500.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

# Of a disk, a quota or a limit on the size of a file.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# SQLSTATE of a server that ends, starts, has no connection left, or asks to try again; of one whose
# disk is full. A connection that cannot be made or breaks has none.
PASSING = ("08", "40", "57P", "53300", "55P03")
DISK_FULL = "53100"


@dataclass(frozen=True)
class Outage:
    """What is told: status, stable code, a sentence to who reads and one to who writes, what a
    program that writes does about it, after how many seconds to try again."""

    status: int
    code: str
    title: str
    reading: str
    writing: str
    program: str
    retry_after: int

    def sentence(self, *, writes: bool, is_program: bool) -> str:
        """What this means for who asked."""
        if not writes:
            return self.reading
        return f"{self.writing} {self.program}".strip() if is_program else self.writing


DATABASE = Outage(
    503,
    "database_away",
    "The database does not answer at the moment",
    "Nothing of yours has changed. Try again in a moment.",
    "Whether your last change was saved is not certain: look before you send it again.",
    "A program sends it again with the same Idempotency-Key, and it is done once.",
    10,
)
NO_ROOM = Outage(
    507,
    "no_room",
    "There is no room left at the moment",
    "What was saved before is untouched. The people who run this site see it. Try again later.",
    "Nothing of this was saved, and what was saved before is untouched. The people who run this "
    "site see it. Try again later.",
    "",
    300,
)


def outage_of(error: BaseException | None) -> Outage | None:
    """The outage an error comes from; None for an error of ours."""
    for one in _causes(error):
        if isinstance(one, InterfaceError):
            return DATABASE
        if isinstance(one, OperationalError):
            return _of_database(one)
        if is_full(one):
            return NO_ROOM
    return None


def is_full(error: BaseException) -> bool:
    """Whether the disk took no more."""
    return isinstance(error, OSError) and error.errno in FULL


def _of_database(error: OperationalError) -> Outage | None:
    state = getattr(error.__cause__, "sqlstate", None)
    words = str(error)
    if state == DISK_FULL or "disk is full" in words:
        return NO_ROOM
    if state:
        return DATABASE if state.startswith(PASSING) else None
    # SQLite has no states: a missing table is an OperationalError too, and a fault of ours.
    sqlite = getattr(error.__cause__, "sqlite_errorname", "")
    return DATABASE if not sqlite or sqlite in ("SQLITE_BUSY", "SQLITE_IOERR") else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
