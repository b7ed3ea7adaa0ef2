"""Lists cost the same number of queries with one row and with three."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.actions.uploads import Announced, start_batch
from marketplace.parts.models import Part, Upload
from tests.orders.scene import make_order
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_shop
from tests.quotes.scene import open_rfq, submitted


def count(who: Persona, path: str) -> int:
    who.client.get(path)
    with CaptureQueriesContext(connection) as context:
        assert who.client.get(path).status_code == 200
    return len(context)


def grows(who: Persona, path: str, add: Callable[[int], Any]) -> tuple[int, int]:
    add(1)
    one = count(who, path)
    add(2)
    add(3)
    return one, count(who, path)


def test_parts(bea: Persona) -> None:
    def add(n: int) -> None:
        upload_part_file(actor=bea.actor, upload=SimpleUploadedFile(f"cube{n}.stl", cube_stl(n)))

    one, three = grows(bea, "/parts/", add)
    assert one == three <= 8


def test_a_part_with_one_and_three_revisions(bea: Persona) -> None:
    def add(n: int) -> Part:
        return upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("cube.stl", cube_stl(n)))

    one, three = grows(bea, f"/parts/{add(9).public_id}/", add)
    assert one == three <= 18


def test_an_upload_of_one_and_three_files(bea: Persona) -> None:
    batch, _ = start_batch(actor=bea.actor, files=[Announced("a.stl", 5)])

    def add(n: int) -> None:
        Upload.objects.create(batch=batch, path=f"{n}.stl", size=5)

    one, three = grows(bea, f"/parts/uploads/{batch.public_id}/", add)
    assert one == three <= 6


@pytest.mark.parametrize(("path", "most"), [("/rfqs/", 10), ("/home/", 20), ("/rfqs/new/", 10)])
def test_requests_of_a_buyer(bea: Persona, milo: Persona, path: str, most: int) -> None:
    one, three = grows(bea, path, lambda n: open_rfq(bea, milo))
    assert one == three <= most


@pytest.mark.parametrize(("path", "most"), [("/portal/requests/", 11), ("/portal/", 15)])
def test_requests_of_a_shop(bea: Persona, milo: Persona, path: str, most: int) -> None:
    one, three = grows(milo, path, lambda n: open_rfq(bea, milo))
    assert one == three <= most


def test_orders_of_both_sides(bea: Persona, milo: Persona) -> None:
    def add(n: int) -> None:
        make_order(bea, milo)

    one, three = grows(bea, "/orders/", add)
    assert one == three <= 6
    assert count(milo, "/portal/orders/") <= 6


def test_the_comparison_with_one_and_three_quotes(bea: Persona) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n}") for n in range(3)]
    request = open_rfq(bea, *shops)
    submitted(request, shops[0])
    path = f"/rfqs/{request.id}/"
    one = count(bea, path)
    for shop in shops[1:]:
        submitted(request, shop)
    assert one == count(bea, path) <= 23


def test_the_directory(bea: Persona, milo: Persona) -> None:
    one, three = grows(
        bea, "/manufacturers/", lambda n: make_shop(f"Shop{n}", f"Shop {n}") if n > 1 else None
    )
    assert one == three <= 9


def test_an_orders_page_with_one_and_three_reports(bea: Persona, milo: Persona) -> None:
    from orders.actions.production import report_production

    order = make_order(bea, milo, "in_production")

    def add(n: int) -> None:
        report_production(actor=milo.actor, public_id=order.public_id, note=f"Day {n}")

    one, three = grows(bea, f"/orders/{order.public_id}/", add)
    # Two of them ask what has arrived already: pieces may leave while others are being made.
    assert one == three <= 20
