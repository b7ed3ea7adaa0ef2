"""Work that the installation without a broker does in threads of the process that asked for it."""

import threading
from collections.abc import Callable

from django.db import connections

# So many work at once; the others wait their turn: a folder of files must not start a reader each.
AT_ONCE = 4
_places = threading.BoundedSemaphore(AT_ONCE)
_running: set[threading.Thread] = set()
_guard = threading.Lock()


def start(work: Callable[..., object], *args: object) -> None:
    """Call `work` in a thread of its own, whose database connections close with it."""

    def run() -> None:
        try:
            with _places:
                work(*args)
        finally:
            # The thread ends here, and nobody would close its connections after it.
            connections.close_all()
            with _guard:
                _running.discard(threading.current_thread())

    thread = threading.Thread(target=run, daemon=True)
    with _guard:
        _running.add(thread)
        thread.start()


def wait(seconds: float) -> None:
    """Wait until no thread is at work, those that were started meanwhile included.

    Raises TimeoutError when one works for longer than `seconds`.
    """
    while True:
        with _guard:
            thread = next(iter(_running), None)
        if thread is None:
            return
        thread.join(seconds)
        if thread.is_alive():
            raise TimeoutError(f"{thread.name} is still at work after {seconds:g} s.")
