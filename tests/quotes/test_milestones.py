"""Shares of the price a shop proposes: they add up, and both sides read them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core.errors import DomainError
from quotes.actions import quote as quoting
from quotes.milestones import WHEN, amounts_of, check_milestones, words_of
from tests.personas import Persona
from tests.quotes.scene import open_rfq, prices

HALVES = [{"kind": "shipment", "percent": 70}, {"kind": "deposit", "percent": 30}]


def test_shares_stand_in_the_order_they_fall_due() -> None:
    assert words_of(check_milestones(HALVES)) == "30% at order, 70% at shipment"
    assert check_milestones([]) == [] and words_of([]) == ""


@pytest.mark.parametrize(
    "shares",
    [
        [{"kind": "deposit", "percent": 99}],
        [{"kind": "deposit", "percent": 0}, {"kind": "shipment", "percent": 100}],
        [{"kind": "deposit", "percent": 50}, {"kind": "deposit", "percent": 50}],
        [{"kind": "someday", "percent": 100}],
        [{"kind": "deposit", "percent": 99.5}, {"kind": "shipment", "percent": 1}],
        [{"kind": "deposit", "percent": True}, {"kind": "shipment", "percent": 99}],
        [{"kind": "deposit", "percent": -10}, {"kind": "shipment", "percent": 110}],
        [{"kind": "deposit"}],
        [{}],
    ],
)
def test_shares_that_cannot_be_get_a_sentence(shares: list[dict[str, object]]) -> None:
    with pytest.raises(DomainError):
        check_milestones(shares)


@given(some.integers(0, 10**12), some.integers(1, 99), some.sampled_from(list(WHEN)[1:]))
def test_amounts_add_up_to_the_total(total: int, percent: int, kind: str) -> None:
    rest = 100 - percent
    milestones = [{"kind": "deposit", "percent": percent}, {"kind": kind, "percent": rest}]
    parts = amounts_of(milestones, total)
    assert sum(minor for _, _, minor in parts) == total
    for _, share, minor in parts:
        assert abs(minor - total * share / 100) < 1


def test_a_proposal_is_saved_shown_and_kept(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    page = f"/portal/quotes/{quote.public_id}/"
    sent = {"incoterm": "DAP", "valid_until": "2030-01-01", "share_deposit": "30"}
    answer = milo.client.post(page, sent)
    assert answer.status_code == 422 and "Make them 100 %" in answer.content.decode()
    assert milo.client.post(page, {**sent, "share_shipment": "70"}).status_code == 302
    quote.refresh_from_db()
    assert quote.milestones == check_milestones(HALVES)
    draft = replace(prices(request), milestones=HALVES)
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    for shown in (
        milo.client.get(f"/portal/requests/{request.id}/"),
        bea.client.get(f"/rfqs/{request.id}/"),
        bea.client.get(f"/rfqs/{request.id}/compare/"),
    ):
        assert "30% at order, 70% at shipment" in shown.content.decode()
    seen = bea.client.get(f"/api/v1/rfqs/{request.id}/quotes/{quote.public_id}/").json()
    assert seen["milestones"] == check_milestones(HALVES)


def test_a_program_reads_why_shares_are_refused(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    url = f"/api/v1/quotes/{quote.public_id}/"
    for shares in ([{"kind": "deposit", "percent": 40}], [{"kind": "x", "percent": 100}]):
        answer = milo.client.put(url, {"milestones": shares}, content_type="application/json")
        assert answer.status_code == 422
    answer = milo.client.put(url, {"milestones": HALVES}, content_type="application/json")
    assert answer.json()["milestones"] == check_milestones(HALVES)
