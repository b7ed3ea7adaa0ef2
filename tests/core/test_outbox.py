"""Facts are saved with what they owe, and every reaction happens in the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actor import Actor
from config.subscriptions import SLOW_HANDLERS
from marketplace.core import outbox
from marketplace.core.events import Event, Fact, record, timeline
from marketplace.core.models import Delivery
from tests.personas import Persona

SEEN: list[str] = []
RANG = Fact("bell_rang", "{actor} rang {times} times", {"times"})


def hear(event: Event) -> None:
    SEEN.append(event.public_id)


def fall(event: Event) -> None:
    raise RuntimeError("the ladder broke")


@pytest.fixture(autouse=True)
def subscribed(settings: Any) -> None:
    SEEN.clear()
    settings.FACT_SUBSCRIPTIONS = "tests.core.test_outbox.LISTENERS"


SLOW = {"tests.core.test_outbox.hear"}
LISTENERS = {"bell_rang": ["tests.core.test_outbox.hear", "tests.core.test_outbox.fall"]}


def ring(milo: Persona, **data: Any) -> Event:
    profile = milo.manufacturer
    values = {"times": 3, **data}
    return record(RANG, profile, actor=milo.actor, visible_to=[milo.organization], **values)


def test_a_fact_owes_one_delivery_to_each_handler(milo: Persona) -> None:
    event = ring(milo)
    assert event.sentence == "Milo (Milo Machining) rang 3 times"
    assert [d.handler for d in event.deliveries.order_by("pk")] == LISTENERS["bell_rang"]


def test_a_fact_with_other_keys_is_refused(milo: Persona) -> None:
    with pytest.raises(ValueError, match="carries"):
        ring(milo, color="red")


def test_a_rolled_back_action_leaves_no_fact(milo: Persona) -> None:
    before = Event.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        ring(milo)
        raise RuntimeError
    assert Event.objects.count() == before


def test_one_handler_that_fails_does_not_stop_the_other(milo: Persona) -> None:
    event = ring(milo)
    assert outbox.sweep() == 1
    heard = list(SEEN)
    assert heard == [event.public_id]
    failed = event.deliveries.get(handler__endswith="fall")
    assert (failed.status, failed.attempts) == ("pending", 1)
    assert failed.last_error == "RuntimeError: the ladder broke"
    assert failed.due_at > timezone.now()


def test_a_delivered_fact_is_not_delivered_again(milo: Persona) -> None:
    event = ring(milo)
    heard = event.deliveries.get(handler__endswith="hear")
    assert outbox.deliver(heard.pk) is True
    assert outbox.deliver(heard.pk) is False
    heard = list(SEEN)
    assert heard == [event.public_id]


def test_after_ten_failures_it_waits_for_a_person_and_can_be_revived(milo: Persona) -> None:
    failed = ring(milo).deliveries.get(handler__endswith="fall")
    for _ in range(outbox.MAX_ATTEMPTS):
        Delivery.objects.filter(pk=failed.pk).update(due_at=timezone.now())
        outbox.deliver(failed.pk)
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("dead", 10)
    assert outbox.sweep() == 1, "only the other handler is still owed"
    outbox.deliver_again(failed)
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("pending", 0)


def test_a_worker_that_died_loses_its_lease(milo: Persona) -> None:
    heard = ring(milo).deliveries.get(handler__endswith="hear")
    Delivery.objects.filter(pk=heard.pk).update(
        status="running", due_at=timezone.now() + timedelta(minutes=5)
    )
    assert outbox.deliver(heard.pk) is False
    Delivery.objects.filter(pk=heard.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver(heard.pk) is True


def test_a_dead_broker_costs_a_page_nothing_after_the_first_try(
    milo: Persona, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKGROUND = "celery"
    tries = []

    class Task:
        @staticmethod
        def apply_async(**_: Any) -> None:
            tries.append(1)
            raise ConnectionRefusedError

    monkeypatch.setattr(outbox, "_broker_rests_until", 0.0)
    outbox.publish(Task)  # type: ignore[arg-type]
    outbox.publish(Task)  # type: ignore[arg-type]
    assert tries == [1]


def test_a_timeline_shows_an_organization_only_its_facts(milo: Persona, rita: Persona) -> None:
    event = ring(milo)
    profile = milo.manufacturer
    assert timeline(profile, milo.organization)[-1].pk == event.pk
    assert timeline(profile, rita.organization) == []
    assert timeline(profile, None)[-1].pk == event.pk


def test_the_system_is_named(milo: Persona) -> None:
    event = record(RANG, milo.manufacturer, actor=Actor.system("the tower clock"), times=12)
    assert (event.actor_label, event.actor_id) == ("the tower clock", "")


def test_of_slow_reactions_whoever_has_the_fewest_waiting_goes_first(
    milo: Persona, rita: Persona, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FACT_SLOW_HANDLERS = "tests.core.test_outbox.SLOW"
    many = [ring(milo) for _ in range(3)]
    one = record(RANG, rita.manufacturer, actor=rita.actor, times=1)
    outbox.sweep(but_slow=True)
    assert SEEN == [], "left alone"
    done: list[int] = []
    monkeypatch.setattr(outbox, "deliver", lambda pk: done.append(pk) or take(pk))
    while outbox.deliver_next_slow():
        pass
    order = list(Delivery.objects.filter(pk__in=done).values_list("event_id", "pk"))
    by_pk = {pk: event for event, pk in order}
    assert [by_pk[pk] for pk in done] == [one.pk, *(fact.pk for fact in many)]


def take(pk: int) -> bool:
    """Mark one delivered."""
    now = timezone.now()
    return bool(Delivery.objects.filter(pk=pk).update(status="delivered", delivered_at=now))


def test_a_nudge_goes_to_the_queue_of_its_handler(
    milo: Persona, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKGROUND, settings.FACT_SLOW_HANDLERS = "celery", "tests.core.test_outbox.SLOW"
    sent: dict[str, list[int]] = {}
    monkeypatch.setattr(outbox, "publish", lambda task, ids: sent.update({task.name: ids}))
    owed = list(ring(milo).deliveries.all())
    outbox.nudge(owed)
    by_handler = {row.handler.rsplit(".", 1)[1]: row.pk for row in owed}
    assert sent == {
        "marketplace.core.tasks.deliver_slow_facts": [by_handler["hear"]],
        "marketplace.core.tasks.deliver_facts": [by_handler["fall"]],
    }
    assert all(import_string(path) for path in SLOW_HANDLERS)
    for task in ("deliver_slow_facts", "sweep_slow_deliveries"):
        assert settings.CELERY_TASK_ROUTES[f"marketplace.core.tasks.{task}"] == {"queue": "slow"}


def test_a_day_is_kept_for_programs_and_said_for_people(milo: Persona) -> None:
    """The data of a fact has days as "2026-12-05"; its sentence is read on a timeline."""
    for said, read in (
        ("2026-12-05", "5 Dec 2026"),
        ("2026-12-05T08:30:00+00:00", "5 Dec 2026, 08:30 UTC"),
        ("2026-13-45", "2026-13-45"),
    ):
        event = record(RANG, milo.manufacturer, actor=milo.actor, times=said)
        assert event.data == {"times": said} and f"rang {read} times" in event.sentence
