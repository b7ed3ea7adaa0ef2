"""From a fact to a customer's system and back: signed, tried again, paused, replayed."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.roles import Role
from config.subscriptions import SUBSCRIPTIONS
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.events import record
from marketplace.core.models import Event
from marketplace.integrations import actions, deliveries, rules, sending
from marketplace.integrations.facts import CHAPTERS, PUBLISHED
from marketplace.integrations.models import WebhookEndpoint, WebhookMessage
from marketplace.integrations.tasks import forget_old_webhooks, sweep_webhooks
from marketplace.notifications.models import Notification
from orders.events import ORDER_CONFIRMED
from tests.architecture.test_guards import facts as declared_facts
from tests.integrations.conftest import Receiver
from tests.orders.scene import make_order
from tests.personas import Persona, make_member

pytestmark = pytest.mark.django_db
Work = Callable[[], None]


def confirm(bea: Persona, milo: Persona) -> Event:
    """A fact that both sides of an order may see."""
    order = make_order(bea, milo, "in_production")
    return record(
        ORDER_CONFIRMED,
        order,
        actor=milo.actor,
        visible_to=[order.buyer, order.manufacturer],
        **dict.fromkeys(ORDER_CONFIRMED.keys, "2026-12-01"),
    )


def listen(receiver: Receiver, person: Persona, *facts: str) -> tuple[WebhookEndpoint, str]:
    return actions.add_endpoint(actor=person.actor, url=receiver.url, facts=facts)


def later(span: timedelta) -> None:
    """As if so much time had passed for everything that waits."""
    for message in WebhookMessage.objects.all():
        WebhookMessage.objects.filter(pk=message.pk).update(due_at=message.due_at - span)


def test_what_is_published_are_declared_facts_each_once() -> None:
    assert set(PUBLISHED) <= set(declared_facts()) and len(set(PUBLISHED)) == len(PUBLISHED)
    assert all(
        "marketplace.integrations.handlers.forward" in SUBSCRIPTIONS[name] for name in PUBLISHED
    )
    assert sum(len(names) for names in CHAPTERS.values()) == len(PUBLISHED)


def test_a_fact_reaches_the_system_of_who_may_see_it_signed(
    bea: Persona, milo: Persona, rita: Persona, receiver: Receiver, work: Work
) -> None:
    _, secret = listen(receiver, bea, "order_confirmed")
    listen(receiver, rita)
    fact = confirm(bea, milo)
    work()
    assert sweep_webhooks() == 1
    [request] = receiver.taken()
    assert request["path"] == "/hook?from=us"
    body = Webhook(secret).verify(request["body"], request["headers"])
    assert body["type"] == "order_confirmed" and body["timestamp"].endswith("Z")
    assert body["data"]["id"] == fact.public_id and body["data"]["subject"] == fact.subject
    assert body["data"]["details"] == fact.data
    message = WebhookMessage.objects.get()
    assert message.status == "delivered" and request["headers"]["webhook-id"] == message.public_id
    assert [(one.status, one.answer) for one in message.log.all()] == [(200, "ok")]


def test_facts_that_were_not_chosen_are_not_sent(
    bea: Persona, milo: Persona, receiver: Receiver, work: Work
) -> None:
    listen(receiver, bea, "order_placed")
    confirm(bea, milo)
    work()
    assert not WebhookMessage.objects.filter(type="order_confirmed").exists()


def test_a_handler_that_runs_twice_writes_one_message(
    bea: Persona, milo: Persona, receiver: Receiver
) -> None:
    from marketplace.integrations.handlers import forward

    listen(receiver, bea, "order_confirmed")
    fact = confirm(bea, milo)
    forward(fact)
    forward(fact)
    assert WebhookMessage.objects.filter(event_id=fact.public_id).count() == 1


def test_two_secrets_count_for_a_day_after_a_change(bea: Persona, receiver: Receiver) -> None:
    endpoint, old = listen(receiver, bea)
    _, new = actions.rotate_secret(actor=bea.actor, public_id=endpoint.public_id)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    [request] = receiver.taken()
    for secret in (old, new):
        assert Webhook(secret).verify(request["body"], request["headers"])["type"] == "webhook_test"
    WebhookEndpoint.objects.update(old_secret_until=timezone.now())
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    last = receiver.taken()[-1]
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(old).verify(last["body"], last["headers"])
    Webhook(new).verify(last["body"], last["headers"])


def test_a_refused_message_is_tried_ten_times_over_three_days(
    bea: Persona, receiver: Receiver
) -> None:
    receiver.answers(500, "no")
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    for tried in range(1, 11):
        assert sweep_webhooks() == 1
        assert sweep_webhooks() == 0, "it waits"
        message = WebhookMessage.objects.get()
        assert message.tries == tried
        if tried < 10:
            pause = message.due_at - timezone.now()
            low = rules.PAUSES[tried - 1]
            assert low - timedelta(seconds=5) <= pause <= low * 1.2
            later(timedelta(days=2))
    assert message.status == "failed" and message.log.count() == 10
    assert sum(rules.PAUSES, timedelta()) > timedelta(days=3)
    later(timedelta(days=2))
    assert sweep_webhooks() == 0


def test_pauses_grow_and_jitter_spreads_them() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    at = [rules.next_try(tries, now, 0.0) for tries in range(1, 11)]
    assert at[-1] is None
    spans = [one - now for one in at if one]
    assert spans == sorted(spans) == list(rules.PAUSES)
    assert rules.next_try(1, now, 1.0) == now + timedelta(seconds=6)


def test_an_endpoint_that_takes_nothing_for_three_days_is_paused_with_a_mail(
    bea: Persona, receiver: Receiver, work: Work
) -> None:
    receiver.answers(503)
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=3))
    later(timedelta(days=1))
    sweep_webhooks()
    endpoint.refresh_from_db()
    assert endpoint.state == "paused"
    work()
    told = Notification.objects.get(user=bea.user, kind="webhook_endpoint_paused")
    assert "took no message for three days" in told.body and endpoint.url in told.body
    # What waits goes out when it is resumed.
    later(timedelta(days=2))
    assert sweep_webhooks() == 0
    receiver.answers(204, "")
    actions.resume_endpoint(actor=bea.actor, public_id=endpoint.public_id)
    assert sweep_webhooks() == 1
    endpoint.refresh_from_db()
    assert endpoint.state == "active" and endpoint.failing_since is None


def test_an_answer_of_410_ends_it_at_once(
    bea: Persona, milo: Persona, receiver: Receiver, work: Work
) -> None:
    receiver.answers(410)
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    endpoint.refresh_from_db()
    assert endpoint.state == "gone"
    confirm(bea, milo)
    work()
    assert not WebhookMessage.objects.filter(type="order_confirmed").exists()
    assert Notification.objects.filter(user=bea.user, kind="webhook_endpoint_gone").exists()
    with pytest.raises(Conflict, match="paused"):
        actions.send_test(actor=bea.actor, public_id=endpoint.public_id)


def test_one_success_forgets_the_failures(bea: Persona, receiver: Receiver) -> None:
    endpoint, _ = listen(receiver, bea)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=2))
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_a_redirect_is_an_answer_and_not_a_way(bea: Persona, receiver: Receiver) -> None:
    receiver.answers(302, location="http://127.0.0.1:1/inside")
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    message = WebhookMessage.objects.get()
    assert message.status == "pending" and message.log.get().status == 302
    assert len(receiver.taken()) == 1


def test_an_answer_that_drips_is_cut_off(
    bea: Persona, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    receiver.answers(200, "x" * 100, seconds=0.2)
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    started = time.monotonic()
    sweep_webhooks()
    assert time.monotonic() - started < 4
    log = WebhookMessage.objects.get().log.get()
    assert not log.is_good or len(log.answer) < 100


def test_of_an_endless_answer_the_start_is_kept(bea: Persona, receiver: Receiver) -> None:
    receiver.answers(200, "é" * 5000)
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    assert WebhookMessage.objects.get().log.get().answer == "é" * 2000


def test_nobody_there_is_a_sentence_in_the_log(bea: Persona, settings: Any) -> None:
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    endpoint, _ = actions.add_endpoint(actor=bea.actor, url="http://127.0.0.1:9/")
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    log = WebhookMessage.objects.get().log.get()
    assert log.status is None and "refused" in log.fault


def test_a_name_that_turned_private_is_not_called(
    bea: Persona, receiver: Receiver, settings: Any
) -> None:
    """Saved while it was allowed, or moved since: checked again at every use."""
    endpoint, _ = listen(receiver, bea)
    WebhookEndpoint.objects.update(url="https://127-0-0-1.example.com/")
    settings.WEBHOOKS_MAY_BE_PRIVATE = False
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    assert WebhookMessage.objects.get().log.get().fault and not receiver.taken()


def test_one_message_and_a_range_are_replayed_with_their_ids(
    bea: Persona, receiver: Receiver
) -> None:
    endpoint, _ = listen(receiver, bea)
    key = endpoint.public_id
    for _ in range(3):
        actions.send_test(actor=bea.actor, public_id=key)
    sweep_webhooks()
    first = WebhookMessage.objects.order_by("pk")[0]
    assert actions.replay(actor=bea.actor, public_id=key, message=first.public_id) == 1
    sweep_webhooks()
    ids = [request["headers"]["webhook-id"] for request in receiver.taken()]
    assert len(ids) == 4 and ids[3] == ids[0] == first.public_id
    since = timezone.now() - timedelta(hours=1)
    assert actions.replay(actor=bea.actor, public_id=key, since=since) == 0, "none failed"
    assert actions.replay(actor=bea.actor, public_id=key, since=since, only_failed=False) == 3
    assert (
        actions.replay(actor=bea.actor, public_id=key, since=since, until=since, only_failed=False)
        == 0
    )
    with pytest.raises(DomainError, match="since when"):
        actions.replay(actor=bea.actor, public_id=key)
    with pytest.raises(NotFound):
        actions.replay(actor=bea.actor, public_id=key, message="msg_nowhere")


def test_a_message_is_sent_by_one_worker_and_a_dead_one_is_followed(
    bea: Persona, receiver: Receiver
) -> None:
    endpoint, _ = listen(receiver, bea)
    message = actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    WebhookMessage.objects.update(status="sending", due_at=timezone.now() + deliveries.LEASE)
    assert not deliveries.send(message.pk), "somebody else has it"
    later(deliveries.LEASE + timedelta(seconds=1))
    assert sweep_webhooks() == 1
    assert len(receiver.taken()) == 1


def test_one_that_fails_leaves_room_for_the_others(
    bea: Persona, milo: Persona, receiver: Receiver, settings: Any
) -> None:
    broken, _ = actions.add_endpoint(actor=bea.actor, url="http://127.0.0.1:9/")
    for _ in range(30):
        actions.send_test(actor=bea.actor, public_id=broken.public_id)
    good, _ = listen(receiver, milo)
    actions.send_test(actor=milo.actor, public_id=good.public_id)
    assert sweep_webhooks() == 2 and len(receiver.taken()) == 1


def test_only_who_manages_tokens_and_only_their_own(
    bea: Persona, stefan: Persona, receiver: Receiver
) -> None:
    endpoint, _ = listen(receiver, bea)
    buyer = make_member(bea, "Bob", Role.BUYER)
    with pytest.raises(NotAllowed):
        actions.add_endpoint(actor=buyer.actor, url=receiver.url)
    for act in (actions.pause_endpoint, actions.send_test, actions.rotate_secret):
        with pytest.raises(NotFound):
            act(actor=stefan.actor, public_id=endpoint.public_id)  # type: ignore[operator]


def test_a_secret_is_encrypted_and_in_no_fact(bea: Persona, receiver: Receiver) -> None:
    endpoint, secret = listen(receiver, bea)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM integrations_webhookendpoint")
        [stored] = cursor.fetchone()
    assert secret not in stored
    assert not any(secret in json.dumps(fact.data) + fact.sentence for fact in Event.objects.all())
    assert WebhookEndpoint.objects.get(pk=endpoint.pk).secret == secret


def test_there_is_a_limit_and_unknown_facts_are_refused(
    bea: Persona, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_ENDPOINTS", 1)
    with pytest.raises(DomainError, match="no fact named"):
        listen(receiver, bea, "order_stolen")
    listen(receiver, bea)
    with pytest.raises(DomainError, match="kept at most"):
        listen(receiver, bea)


def test_old_messages_are_forgotten(bea: Persona, receiver: Receiver) -> None:
    endpoint, _ = listen(receiver, bea)
    actions.send_test(actor=bea.actor, public_id=endpoint.public_id)
    sweep_webhooks()
    assert forget_old_webhooks() == 0
    WebhookMessage.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_old_webhooks() == 1


def test_writing_messages_costs_the_same_for_a_fact_nobody_listens_to(
    bea: Persona, milo: Persona
) -> None:
    from marketplace.integrations.handlers import forward

    fact = confirm(bea, milo)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        forward(fact)
    assert len(asked) == 1


def test_the_pages_and_the_api_show_what_was_sent(bea: Persona, receiver: Receiver) -> None:
    page = bea.client.post("/settings/webhooks/new/", {"url": "http://[", "description": "ERP"})
    assert page.status_code == 422 and "This is no web address." in page.content.decode()
    assert 'value="ERP"' in page.content.decode()
    page = bea.client.post("/settings/webhooks/new/", {"url": receiver.url, "description": "ERP"})
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.secret in page.content.decode()
    one = f"/settings/webhooks/{endpoint.public_id}/"
    assert endpoint.secret not in bea.client.get(one).content.decode()
    sent = bea.client.post(f"{one}test/")
    sweep_webhooks()
    shown = bea.client.get(sent["Location"]).content.decode()
    assert "Answered 200" in shown and "webhook-signature" in shown
    listed = bea.client.get(f"/api/v1/webhook-endpoints/{endpoint.public_id}/messages/").json()
    assert [row["status"] for row in listed["results"]] == ["delivered"]
    own = f"/api/v1/webhook-endpoints/{endpoint.public_id}/messages/{listed['results'][0]['id']}/"
    detail = bea.client.get(own).json()
    assert json.loads(detail["body"])["type"] == "webhook_test"
    assert detail["log"][0]["status"] == 200
