"""The gate: measured, submitted, approved or rejected, and nothing goes past it."""

from decimal import Decimal
from typing import Any

import pytest

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import first_articles as actions
from orders.actions import production
from orders.actions.placement import mark_order_funded
from orders.characteristics import Characteristic
from orders.models import FirstArticle, Order
from tests.api.scene import SYSTEM
from tests.orders.actions.test_shipping import facts_after, last_fact, send
from tests.orders.scene import make_order
from tests.personas import Persona

HOLD: dict[str, Any] = {"inspection": ("fai_hold", "Build and hold first article")}
PAPER: dict[str, Any] = {"documents": [("fair", "First article inspection report")]}


def measured(value: str = "10.01") -> actions.Report:
    """A report of one width."""
    row = Characteristic(
        "1",
        "Width",
        nominal=Decimal("10"),
        lower=Decimal("-0.05"),
        upper=Decimal("0.05"),
        measured=value,
    )
    return actions.Report("SN-1", parts=[{"part": "", "name": ""}], characteristics=[row])


def draft(shop: Persona, order: Order, value: str = "10.01") -> FirstArticle:
    """A filled draft for the order's only line."""
    key = {"actor": shop.actor, "public_id": order.public_id}
    report = actions.start_first_article(**key, line=order.lines.get().public_id)
    content = measured(value)
    return actions.save_first_article(**key, report=report.public_id, content=content)


def advance(shop: Persona, order: Order, verb: str) -> None:
    production.advance_order(actor=shop.actor, public_id=order.public_id, verb=verb)


@pytest.mark.parametrize("asked", [HOLD, PAPER], ids=["level", "document"])
def test_nothing_goes_past_a_first_article_that_is_not_approved(
    bea: Persona, milo: Persona, asked: dict[str, Any]
) -> None:
    order = make_order(bea, milo, "in_production", **asked)
    for go in (lambda: advance(milo, order, "finish_production"), lambda: send(milo, order, 5)):
        with pytest.raises(WrongState, match="first article of BRK-1"):
            go()
    key = {"actor": milo.actor, "public_id": order.public_id}
    with pytest.raises(DomainError, match="Write a report first"):
        actions.submit_first_article(**key)
    report = draft(milo, order)
    last = last_fact()
    actions.submit_first_article(**key)
    assert facts_after(last) == ["document_issued", "first_article_submitted"]
    order.refresh_from_db()
    assert order.state == "first_article_review"
    with pytest.raises(WrongState):
        actions.submit_first_article(**key)
    with pytest.raises(WrongState):
        actions.save_first_article(**key, report=report.public_id, content=measured("9"))
    last = last_fact()
    actions.approve_first_article(actor=bea.actor, public_id=order.public_id)
    assert facts_after(last) == ["first_article_approved"]
    with pytest.raises(WrongState):
        actions.approve_first_article(actor=bea.actor, public_id=order.public_id)
    report.refresh_from_db()
    assert (report.state, report.inspector) == ("approved", "Milo")
    send(milo, order, 5)


def test_an_order_that_asks_for_none_goes_on(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production", inspection=("formal", "Formal"))
    advance(milo, order, "finish_production")
    assert order.lines.get().inspection_name == "Formal"


def test_a_milestone_asks_for_one_report_and_its_money_follows(bea: Persona, milo: Persona) -> None:
    shares = [{"kind": "first_article", "percent": 40}, {"kind": "acceptance", "percent": 60}]
    order = make_order(bea, milo, agreed={"milestones": shares})
    mark_order_funded(actor=SYSTEM, public_id=order.public_id, amount_minor=order.total_minor)
    for verb in ("confirm_order", "start_production"):
        advance(milo, order, verb)
    with pytest.raises(WrongState, match="first article"):
        advance(milo, order, "finish_production")
    draft(milo, order)
    actions.submit_first_article(actor=milo.actor, public_id=order.public_id)
    step = order.milestones.get(kind="first_article")
    assert step.state == "submitted"
    last = last_fact()
    actions.approve_first_article(actor=bea.actor, public_id=order.public_id)
    step.refresh_from_db()
    assert step.state == "approved"
    assert facts_after(last) == ["first_article_approved", "money_released"]
    assert order.money_decisions.get().amount_minor == step.amount_minor
    advance(milo, order, "finish_production")


def test_a_rejection_opens_the_next_revision(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production", **HOLD)
    report = draft(milo, order, "10.2")
    assert report.out_of_tolerance == 1
    actions.submit_first_article(actor=milo.actor, public_id=order.public_id)
    key = {"actor": bea.actor, "public_id": order.public_id}
    for wrong in ({"reason": " "}, {"reason": "No", "remarks": {report.public_id: {"9": "x"}}}):
        with pytest.raises(DomainError):
            actions.reject_first_article(**key, **wrong)
    last = last_fact()
    actions.reject_first_article(
        **key, reason="Too wide", remarks={report.public_id: {"1": "Mill it"}}
    )
    assert facts_after(last) == ["first_article_rejected"]
    order.refresh_from_db()
    report.refresh_from_db()
    assert (order.state, report.state, report.remarks) == (
        "in_production",
        "rejected",
        {"1": "Mill it"},
    )
    with pytest.raises(WrongState):
        advance(milo, order, "finish_production")
    with pytest.raises(WrongState):
        actions.reject_first_article(**key, reason="Again")
    second = draft(milo, order, "10.0")
    assert (second.revision, second.serial) == (2, "SN-1")
    actions.submit_first_article(actor=milo.actor, public_id=order.public_id)
    actions.approve_first_article(**key)
    advance(milo, order, "finish_production")
    papers = order.documents.filter(kind="first_article")
    assert [paper.revision for paper in papers] == [1, 2]
    assert "Out of tolerance" in str(papers[0].content)


def test_what_is_incomplete_is_not_submitted(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production", **HOLD)
    key = {"actor": milo.actor, "public_id": order.public_id}
    report = actions.start_first_article(**key, line=order.lines.get().public_id)
    assert actions.start_first_article(**key, line=order.lines.get().public_id) == report
    with pytest.raises(DomainError, match="no characteristics"):
        actions.submit_first_article(**key)
    draft(milo, order, "")
    with pytest.raises(DomainError, match="no measured value for 1"):
        actions.submit_first_article(**key)
    order.refresh_from_db()
    assert order.state == "in_production"


def test_who_may_not(bea: Persona, milo: Persona, rita: Persona, stefan: Persona) -> None:
    order, other = (make_order(bea, milo, "in_production", **HOLD) for _ in range(2))
    report, foreign = draft(milo, order), draft(milo, other)
    line = order.lines.get().public_id
    last = last_fact()
    for persona, error in ((bea, NotAllowed), (rita, NotFound), (stefan, NotFound)):
        key = {"actor": persona.actor, "public_id": order.public_id}
        for act in (
            lambda key=key: actions.start_first_article(**key, line=line),
            lambda key=key: actions.save_first_article(
                **key, report=report.public_id, content=measured()
            ),
            lambda key=key: actions.submit_first_article(**key),
        ):
            with pytest.raises(error):
                act()
    with pytest.raises(NotFound):
        actions.save_first_article(
            actor=milo.actor,
            public_id=order.public_id,
            report=foreign.public_id,
            content=measured(),
        )
    actions.submit_first_article(actor=milo.actor, public_id=order.public_id)
    last = last_fact()
    for persona, error in ((milo, NotAllowed), (rita, NotFound), (stefan, NotFound)):
        key = {"actor": persona.actor, "public_id": order.public_id}
        with pytest.raises(error):
            actions.approve_first_article(**key)
        with pytest.raises(error):
            actions.reject_first_article(**key, reason="No")
    assert facts_after(last) == []
