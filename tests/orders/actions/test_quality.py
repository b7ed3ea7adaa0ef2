"""Inspections and certificates, and what they hold back."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from marketplace.files.actions import store_upload
from orders.actions.certificates import add_certificate, issue_conformance, waive_document
from orders.actions.inspections import Looked, record_inspection
from orders.actions.production import advance_order
from orders.models import Inspection, Order
from orders.quality import papers_asked
from tests.orders.actions.test_shipping import facts_after, last_fact, send
from tests.orders.scene import make_order
from tests.personas import Persona

FORMAL: dict[str, Any] = {"inspection": ("formal", "Formal inspection")}
PAPERS: dict[str, Any] = {"documents": [("coc", "Conformance"), ("mtr", "Material test report")]}
DAY = date(2026, 1, 5)


def look(shop: Persona, order: Order, **changed: Any) -> Inspection:
    """Inspect a lot of the order's only line; 20 pieces, all good, unless said."""
    values = {"line": order.lines.get().public_id, "lot_size": 20, "defects": 0}
    looked = Looked(**{**values, "inspected_on": DAY, **changed})
    return record_inspection(actor=shop.actor, public_id=order.public_id, looked=looked)


def hand_in(shop: Persona, order: Order, quantity: int = 40, **changed: Any) -> Any:
    """A material test report for so many pieces."""
    upload = SimpleUploadedFile("mtr.pdf", b"%PDF-1.4")
    file = store_upload(actor=shop.actor, upload=upload, kind="certificate")
    values = {"line": order.lines.get().public_id, "code": "mtr", **changed}
    return add_certificate(
        actor=shop.actor, public_id=order.public_id, quantity=quantity, file=file, **values
    )


def test_the_plan_and_the_result_are_computed(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production")
    last = last_fact()
    full = look(milo, order, lot="A", defects=1)
    sampled = look(milo, order, lot="B", lot_size=40, aql="4.0", defects=1, inspector="Ina")
    assert (full.sample_size, full.accept, full.passed, full.inspector) == (20, 0, False, "Milo")
    assert (sampled.letter, sampled.sample_size, sampled.accept) == ("E", 13, 1)
    assert (sampled.passed, sampled.inspector) == (True, "Ina")
    assert facts_after(last) == ["inspection_recorded"] * 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lot_size": 0}, "lot_size"),
        ({"lot_size": 41}, "lot_size"),
        ({"defects": 21}, "defects"),
        ({"defects": -1}, "defects"),
        ({"aql": "3.0"}, "aql"),
        ({"inspected_on": timezone.localdate() + timedelta(days=2)}, "inspected_on"),
    ],
)
def test_an_inspection_that_cannot_be_is_refused(
    bea: Persona, milo: Persona, changed: dict[str, Any], field: str
) -> None:
    order = make_order(bea, milo, "in_production")
    with pytest.raises(DomainError) as refused:
        look(milo, order, **changed)
    assert field in refused.value.fields
    assert not order.inspections.exists()


def test_only_pieces_that_passed_their_inspection_leave(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "quality_check", **FORMAL)
    with pytest.raises(DomainError, match="passed for 0 of the 5 pieces"):
        send(milo, order, 5)
    look(milo, order, lot="A", defects=3)
    with pytest.raises(DomainError):
        send(milo, order, 5)
    look(milo, order, lot="A")
    send(milo, order, 15)
    with pytest.raises(DomainError, match="passed for 5 of the 6 pieces"):
        send(milo, order, 6)
    look(milo, order, lot="B")
    advance_order(actor=milo.actor, public_id=order.public_id, verb="pass_quality_check")
    send(milo, order, 25)
    order.refresh_from_db()
    assert order.state == "shipped"


def test_a_standard_inspection_holds_nothing_back(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production", inspection=("standard", "Standard inspection"))
    send(milo, order, 5)


def test_the_last_pieces_wait_for_their_papers(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship", **PAPERS)
    send(milo, order, 30)
    with pytest.raises(WrongState, match="Conformance for BRK-1; Material test report for BRK-1"):
        send(milo, order, 10)
    last = last_fact()
    hand_in(milo, order, 30)
    assert facts_after(last) == ["order_certificate_added"]
    assert [a.is_missing for a in papers_asked(order)] == [True, True]
    hand_in(milo, order, 10, lot="H2")
    last = last_fact()
    first = issue_conformance(actor=milo.actor, public_id=order.public_id)
    assert facts_after(last) == ["document_issued"]
    text = json.dumps(first.content, ensure_ascii=False)
    assert "ab" * 32 in text and "Milo" in text and "BRK-1 rev" in text
    assert issue_conformance(actor=milo.actor, public_id=order.public_id).revision == 2
    assert not any(a.is_missing for a in papers_asked(order))
    send(milo, order, 10)


def test_the_buyer_does_without_a_paper(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship", documents=[("rohs", "RoHS certificate")])
    key = {"public_id": order.public_id, "line": order.lines.get().public_id}
    with pytest.raises(WrongState, match="RoHS"):
        send(milo, order, 40)
    with pytest.raises(NotFound):
        waive_document(actor=bea.actor, code="reach", **key)
    last = last_fact()
    for _ in range(2):
        waive_document(actor=bea.actor, code="rohs", **key)
    assert facts_after(last) == ["document_waived"]
    send(milo, order, 40)
    with pytest.raises(WrongState):
        waive_document(actor=bea.actor, code="rohs", **key)


def test_a_failed_lot_is_not_certified(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "quality_check")
    look(milo, order, defects=2)
    with pytest.raises(DomainError, match="failed"):
        issue_conformance(actor=milo.actor, public_id=order.public_id)
    look(milo, order)
    issue_conformance(actor=milo.actor, public_id=order.public_id)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"code": "coc"}, "code"), ({"quantity": 41}, "quantity"), ({"quantity": 0}, "quantity")],
)
def test_a_certificate_that_cannot_be_is_refused(
    bea: Persona, milo: Persona, changed: dict[str, Any], field: str
) -> None:
    order = make_order(bea, milo, "in_production")
    with pytest.raises(DomainError) as refused:
        hand_in(milo, order, **changed)
    assert field in refused.value.fields
    assert not order.certificates.exists()


def test_who_may_not_and_when(bea: Persona, milo: Persona, rita: Persona) -> None:
    order, other = (make_order(bea, milo, "in_production", **PAPERS) for _ in range(2))
    key = {"public_id": order.public_id}
    line, foreign = (o.lines.get().public_id for o in (order, other))
    waive = {**key, "line": line, "code": "mtr"}

    acts: list[Callable[[Persona], Any]] = [
        lambda who: look(who, order),
        lambda who: hand_in(who, order),
        lambda who: issue_conformance(actor=who.actor, **key),
    ]
    last = last_fact()
    for persona, error in ((bea, NotAllowed), (rita, NotFound)):
        for act in acts:
            with pytest.raises(error):
                act(persona)
    for persona, error in ((milo, NotAllowed), (rita, NotFound)):
        with pytest.raises(error):
            waive_document(actor=persona.actor, **waive)
    with pytest.raises(NotFound):
        look(milo, order, line=foreign)
    with pytest.raises(NotFound):
        hand_in(milo, order, line=foreign)
    assert facts_after(last) == []
    over = make_order(bea, milo, "shipped")
    for act in (lambda: look(milo, over), lambda: hand_in(milo, over)):
        with pytest.raises(WrongState):
            act()
