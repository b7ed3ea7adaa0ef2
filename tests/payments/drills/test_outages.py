"""Redis gone, the database cut off and restarted: nothing is lost, and pages go on answering."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, connections
from kombu import pools

from config.celery import app
from marketplace.core import outbox
from marketplace.operations.embedded import start_redis
from payments.actions import attempts
from payments.models import InboundEvent, PaymentAttempt
from payments.sandbox import driver
from payments.states import PaymentState
from tests.payments.conftest import Sandbox
from tests.payments.drills.conftest import Worker
from tests.payments.drills.stage import (
    DRILL,
    IS_LONG,
    assert_books_agree,
    assert_funded_once,
    expire_leases,
    rounds,
    wait_until,
)
from tests.payments.scene import Scene, new_order, open_page, pump

pytestmark = DRILL
# A page that misses Redis answers within this, seconds.
PATIENCE = 2.0
OUTAGE = rounds(2, 60)


@pytest.fixture
def redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Redis of our own for cache and broker, which a test may stop."""
    server = start_redis()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": server.url}}
    settings.BACKGROUND = "celery"
    monkeypatch.setattr(app.conf, "broker_url", server.url)
    monkeypatch.setattr(outbox, "_broker_rests_until", 0.0)
    forget_broker()
    yield server
    forget_broker()
    server.stop()


def forget_broker() -> None:
    """The next publish makes a connection of its own."""
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


def test_redis_gone_for_a_while(
    wired: Scene, sandbox: Sandbox, redis: Any, live_server: Any
) -> None:
    """Kills: a nudge that is waited for or whose failure reaches a page, work that only a message
    knows of."""
    cache.set("there", 1)
    assert cache.get("there") == 1
    page = open_page(wired)
    port = int(redis.url.rsplit(":", 1)[1].partition("/")[0])
    redis.stop()
    gone = time.monotonic()
    assert cache.get("there", "forgotten") == "forgotten"
    path = f"/payments/orders/{wired.order.public_id}/pay/"
    for ask in (wired.bea.client.get, wired.bea.client.post):
        began = time.monotonic()
        assert ask(path).status_code in (200, 302, 303)
        assert time.monotonic() - began < PATIENCE
    driver.pay(page.url)
    assert set(sandbox.settle()) == {"done"}
    pump()
    assert_funded_once(wired)
    time.sleep(max(0.0, OUTAGE - (time.monotonic() - gone)))
    again = start_redis(port)
    try:
        assert nudges_arrive(wired)
    finally:
        again.stop()


def nudges_arrive(scene: Scene) -> bool:
    """Whether the broker hears of new work; the first may still be lost with the old connection,
    and after a rest (here over at once) the next must not."""
    for _ in range(2):
        outbox._broker_rests_until = 0.0
        order = new_order(scene.bea, scene.milo)
        attempts.pay_order(actor=scene.bea.actor, public_id=order.public_id)
    with app.connection_for_read() as broker:
        return bool(broker.default_channel.client.llen("celery"))


if connection.vendor == "postgresql":
    # SQLite has no server that could be restarted; its process is killed in test_killed_workers.

    def test_the_database_restarts_while_a_worker_works(
        wired: Scene, sandbox: Sandbox, worker: Worker
    ) -> None:
        """Every connection is cut in the middle of the work and refused for a moment.

        Kills: a claim without a lease, money booked in a second transaction.
        """
        count = rounds(3, 30)
        orders = [wired.order] + [new_order(wired.bea, wired.milo) for _ in range(count - 1)]
        for order in orders:
            attempts.pay_order(actor=wired.bea.actor, public_id=order.public_id)
        pump()
        for attempt in PaymentAttempt.objects.all():
            driver.pay(attempt.url)
        sandbox.settle()
        connections.close_all()
        worker.start(patient=True)
        wait_until(lambda: worker.steps_so_far() > 20)
        with cut_off():
            time.sleep(0.3)
        worker.finish()
        expire_leases()
        worker.work()
        states = {order.payments.get().state for order in orders}
        assert states == {PaymentState.FUNDED}
        events = InboundEvent.objects.values_list("state", flat=True)
        assert set(events) <= {InboundEvent.State.DONE, InboundEvent.State.IGNORED}
        assert_books_agree()

    @contextmanager
    def cut_off() -> Iterator[None]:
        """This test's database ends every connection and takes none inside this block.

        In a long round the whole server goes down and recovers, as after the kill of one of its
        processes; other test processes would not survive that.
        """
        name = connection.settings_dict["NAME"]
        url = os.environ["TEST_DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
            found = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
            pids = [row[0] for row in admin.execute(found, [name])]
            assert pids, "The worker is not connected."
            for pid in pids:
                if not IS_LONG:
                    admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        if IS_LONG:
            os.kill(pids[0], signal.SIGKILL)
        yield
        until = time.monotonic() + 30
        while True:
            try:
                with psycopg.connect(url, autocommit=True) as admin:
                    admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]
                    return
            except psycopg.OperationalError:
                assert time.monotonic() < until, "The server does not come back."
                time.sleep(0.1)
