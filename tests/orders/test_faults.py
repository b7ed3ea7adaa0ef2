"""A worker that dies, an upload that breaks, an order that is large."""

import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from marketplace.core.models import Delivery
from marketplace.core.outbox import sweep
from marketplace.files.models import StoredFile
from marketplace.notifications.models import Notification
from orders.actions.nonconformances import raise_nonconformance
from orders.actions.problem_steps import Claim
from orders.models import (
    Nonconformance,
    Order,
    OrderDocument,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from tests.orders.scene import make_order
from tests.personas import Persona, make_buyer, make_shop

ROOT = Path(__file__).resolve().parents[2]
# A worker whose mail server takes the connection and then says nothing.
WORKER = """
import django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", {port}, 60
from marketplace.core.outbox import deliver
deliver({delivery})
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_before_the_mail_leaves_it_to_the_sweep() -> None:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = make_order(bea, milo, "in_production")
    while sweep():
        pass
    mail.outbox.clear()
    raise_nonconformance(
        actor=bea.actor, public_id=order.public_id, claim=Claim("late", "Two weeks late.")
    )
    owed = Delivery.objects.get(
        event__type="nonconformance_raised", handler="orders.handlers.tell_of_problem"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        code = WORKER.format(port=server.getsockname()[1], delivery=owed.pk)
        worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=_environment())
        try:
            talk, _ = server.accept()
            os.kill(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
            talk.close()
        finally:
            worker.kill()
    owed.refresh_from_db()
    assert owed.status == Delivery.State.RUNNING
    sweep()
    assert mail.outbox == []
    # The dead worker's claim runs out.
    Delivery.objects.filter(pk=owed.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    sweep()
    sweep()
    sent = [m for m in mail.outbox if "A problem with" in m.subject]
    assert [m.to for m in sent] == [["milo@example.com"]]
    assert Notification.objects.filter(kind="nonconformance_raised").count() == 1


def _environment() -> dict[str, str]:
    """The same settings on the test's own database."""
    own = connection.settings_dict
    url = f"postgres://{own['USER']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    return {
        **os.environ,
        "ENVIRONMENT": "testing",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_breaks_at_nine_tenths_leaves_nothing(
    live_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = make_order(bea, milo, "in_production")
    path = f"/orders/{order.public_id}/problems/raise/"
    bea.client.get(f"/orders/{order.public_id}/problems/")
    token = bea.client.cookies[django_settings.CSRF_COOKIE_NAME].value
    body = _multipart(token)
    address = urlsplit(live_server.url)
    for sent in (body[: len(body) * 9 // 10], body):
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
            f"Cookie: {'; '.join(f'{k}={v.value}' for k, v in bea.client.cookies.items())}\r\n"
            f"Content-Type: multipart/form-data; boundary=part\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((address.hostname, address.port), 20) as wire:
            wire.sendall(head.encode() + sent)
            wire.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: wire.recv(65536), b""))
        if sent is not body:
            assert b" 400 " in answer.split(b"\r\n", 1)[0]
            assert not StoredFile.objects.filter(kind="photo").exists()
            assert not Nonconformance.objects.exists()
    assert b" 302 " in answer.split(b"\r\n", 1)[0]
    assert Nonconformance.objects.get().files.get().file.kind == "photo"
    assert [r for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")] == []


def _multipart(token: str) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((900, 700), 90).convert("RGB").save(buffer, "JPEG", quality=95)
    fields = {"csrfmiddlewaretoken": token, "kind": "damaged", "description": "A dent."}
    parts = [
        f'--part\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        b'--part\r\nContent-Disposition: form-data; name="evidence"; filename="dent.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    return b"".join([*parts, head, buffer.getvalue(), b"\r\n--part--\r\n"])


def grow(order: Order, lines: int, shipments: int) -> None:
    """So many lines, so many shipments of them with their papers, and a problem for each."""
    first = order.lines.get(position=1)
    values = {
        field.attname: getattr(first, field.attname)
        for field in OrderLine._meta.concrete_fields
        if field.attname not in ("id", "public_id", "position")
    }
    start = order.lines.count()
    OrderLine.objects.bulk_create(
        OrderLine(**values, position=start + at + 1) for at in range(lines)
    )
    count = order.shipments.count()
    numbers = range(count + 1, count + shipments + 1)
    sent = Shipment.objects.bulk_create(
        Shipment(order=order, number=number, carrier="dhl", tracking_number=f"T{number}")
        for number in numbers
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=1)
        for shipment in sent
        for line in order.lines.all()[:3]
    )
    OrderDocument.objects.bulk_create(
        OrderDocument(
            order=order,
            kind=kind,
            subject=shipment.public_id,
            number=f"{kind}-{shipment.number}",
            content={},
        )
        for shipment in sent
        for kind in ("delivery_note", "packing_list")
    )
    for at in range(shipments):
        Nonconformance.objects.create(
            order=order, raised_by="buyer", kind="late", description=f"Late {at}.", respond_by=None
        )


ROOMS = ("", "quality/", "shipments/", "messages/", "problems/", "documents/", "inspect/")


@pytest.mark.django_db
def test_two_hundred_lines_and_thirty_shipments_cost_no_query_more(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "partly_shipped")
    grow(order, 2, 3)
    pages = [
        *((bea, f"/orders/{order.public_id}/{room}") for room in ROOMS),
        *((milo, f"/portal/orders/{order.public_id}/{room}") for room in ROOMS[:-1]),
        (milo, f"/portal/orders/{order.public_id}/shipments/new/"),
    ]

    def counts() -> dict[str, int]:
        found = {}
        for person, page in pages:
            with CaptureQueriesContext(connection) as done:
                assert person.client.get(page).status_code == 200, page
            found[page] = len(done)
        return found

    counts()
    small = counts()
    grow(order, 197, 27)
    assert order.lines.count() == 200 and order.shipments.count() == 30
    assert counts() == small
    assert max(small.values()) < 45
