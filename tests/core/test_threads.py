"""Background work without a broker runs in threads that can be waited for."""

import threading

import pytest

from marketplace.core import threads


def test_waiting_includes_what_a_thread_started() -> None:
    done: list[str] = []

    def later() -> None:
        threading.Event().wait(0.05)
        done.append("later")

    threads.start(lambda: threads.start(later))
    threads.wait(5)
    assert done == ["later"]


def test_a_thread_that_does_not_end_is_named() -> None:
    end = threading.Event()
    threads.start(end.wait)
    try:
        with pytest.raises(TimeoutError, match=r"is still at work after 0\.01 s"):
            threads.wait(0.01)
    finally:
        end.set()
    threads.wait(5)


def test_only_a_few_work_at_once() -> None:
    most, now, guard = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal most, now
        with guard:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.01)
        with guard:
            now -= 1

    for _ in range(3 * threads.AT_ONCE):
        threads.start(work)
    threads.wait(5)
    assert most <= threads.AT_ONCE
