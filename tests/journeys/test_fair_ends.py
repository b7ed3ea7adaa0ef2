"""How an order ends, by HTTP: reworked, accepted in part, decided by staff, or settled early."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from orders.models import FirstArticle, MoneyDecision, Nonconformance, Order, Settlement
from payments.models import ConnectedAccount, PaymentRequest
from payments.sandbox import driver
from tests.journeys.conftest import Visitor
from tests.orders.actions.test_first_articles import HOLD
from tests.orders.scene import make_order
from tests.orders.views.test_first_articles import ROW
from tests.payments.conftest import Sandbox
from tests.personas import Persona

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


def photo(name: str = "dent.jpg") -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (300, 200), (150, 60, 60)).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue())


@dataclass
class Story:
    """Both sides at their browsers, and an order of forty brackets for 505.00 that is paid."""

    buyer: Visitor
    shop: Visitor
    sandbox: Sandbox
    work: Callable[[], None]
    bea: Persona
    milo: Persona
    order: Order

    def ask(self, path: str, data: Any = None, status: int = 200) -> str:
        """The buyer sends a form of the order; the page that follows."""
        page = self.buyer.post(f"/orders/{self.order.public_id}/{path}", data, status)
        return self._after(page)

    def do(self, path: str, data: Any = None, status: int = 200) -> str:
        """The shop does."""
        page = self.shop.post(f"/portal/orders/{self.order.public_id}/{path}", data, status)
        return self._after(page)

    def _after(self, page: Any) -> str:
        self.work()
        self.order.refresh_from_db()
        return str(page.content.decode())

    def make(self, *verbs: str) -> None:
        """The shop advances the order."""
        for verb in verbs:
            self.do(f"advance/{verb}/")

    def deliver(self) -> None:
        """Made, shipped, arrived."""
        self.make("confirm_order", "start_production", "finish_production", "pass_quality_check")
        self.do("ship/", {"carrier": "dhl", "tracking_number": "JD 014", "note": ""})
        self.ask("delivery/")

    def ended(self, state: str, *, to_shop: int, back: int) -> None:
        """The order is over, the money went where it was decided, the papers are there."""
        self.work()
        self.sandbox.settle()
        self.work()
        self.order.refresh_from_db()
        assert self.order.state == state
        decided = MoneyDecision.objects.filter(order=self.order)
        sums = dict.fromkeys(MoneyDecision.Kind.values, 0)
        for row in decided:
            sums[row.kind] += row.amount_minor
        assert sums == {"release": to_shop, "refund": back}
        assert bool(self.sandbox.calls("POST", "/v1/refunds")) == bool(back)
        assert bool(self.sandbox.calls("POST", "/v1/transfers")) == bool(to_shop)
        call_command("check_ledger")
        for visitor, base in ((self.buyer, "/orders"), (self.shop, "/portal/orders")):
            page = f"{base}/{self.order.public_id}/documents/"
            text = visitor.get(page).content.decode()
            papers = set(re.findall(rf'href="({page}doc_[^"]+)"', text))
            assert papers
            for paper in papers:
                got = visitor.client.get(paper, follow=True)
                assert got.status_code == 200
                content = b"".join(got.streaming_content)  # type: ignore[attr-defined]
                assert content[:4] in (b"%PDF", b"PK\x03\x04")


@pytest.fixture
def begin(
    site: str,
    sandbox: Sandbox,
    visitor: Callable[[], Visitor],
    bea: Persona,
    milo: Persona,
    work: Callable[[], None],
) -> Callable[..., Story]:
    """Pay an order on the hosted page; `line` are values of its LineSnapshot."""

    def paid(**line: Any) -> Story:
        buyer, shop = visitor(), visitor()
        for person, at in ((bea, buyer), (milo, shop)):
            at.client.force_login(person.user, backend=LOGIN)
        order = make_order(bea, milo, **line)
        work()
        shop.post("/portal/payouts/set-up/")
        work()
        driver.onboard(ConnectedAccount.objects.get().link_url)
        buyer.post(f"/payments/orders/{order.public_id}/pay/")
        work()
        driver.pay(PaymentRequest.objects.get(order=order).attempts.get().url)
        sandbox.settle()
        work()
        order.refresh_from_db()
        assert order.state == "placed"
        return Story(buyer, shop, sandbox, work, bea, milo, order)

    return paid


def test_a_first_article_is_rejected_then_approved(begin: Callable[..., Story]) -> None:
    story = begin(**HOLD)
    story.make("confirm_order", "start_production")
    assert "first article" in story.do("advance/finish_production/", status=409)
    line = story.order.lines.get().public_id
    for measured, verdict in (("10.2", "reject"), ("10.01", "approve")):
        story.do("quality/first-articles/start/", {"line": line})
        report = FirstArticle.objects.order_by("-revision")[0].public_id
        sheet = f"quality/first-articles/{report}/"
        story.do(f"{sheet}save/", ROW | {"c0_measured": measured, "serial": "SN-1"})
        story.do("quality/first-articles/submit/")
        assert story.order.state == "first_article_review"
        reasons = {"reason": "The width is out.", "report": report}
        story.ask(f"quality/first-articles/{verdict}/", reasons if verdict == "reject" else None)
        assert story.order.state == "in_production"
    story.make("finish_production", "pass_quality_check")
    story.do("ship/", {"carrier": "dhl", "tracking_number": "JD 014", "note": ""})
    story.ask("delivery/")
    story.ask("accept/")
    story.ended("closed", to_shop=50500, back=0)


def test_most_is_good_and_the_rest_is_refunded_in_part(begin: Callable[..., Story]) -> None:
    story = begin()
    story.deliver()
    line = story.order.lines.get().public_id
    claim = {line: 2, "kind": "nonconforming", "description": "Bore 8.2 instead of 8.0 H7."}
    story.ask("inspect/", {**claim, "evidence": [photo()]})
    problem = Nonconformance.objects.get()
    page = f"problems/{problem.public_id}/"
    offer = {"disposition": "refund", "refund": "20.00", "note": "We pay for them."}
    assert "25.25" in story.do(f"{page}answer/", offer | {"refund": "30.00"}, status=422)
    story.do(f"{page}answer/", offer)
    story.ask(f"{page}agree/")
    story.ask("documents/evidence/", {"problem": problem.public_id})
    story.ended("closed", to_shop=48500, back=2000)


def test_a_replacement_travels_and_a_return_comes_back(begin: Callable[..., Story]) -> None:
    story = begin()
    story.deliver()
    line = story.order.lines.get().public_id
    claim = {line: 2, "kind": "damaged", "description": "A dent in two of them."}
    story.ask("inspect/", {**claim, "evidence": [photo()]})
    page = f"problems/{Nonconformance.objects.get().public_id}/"
    story.do(
        f"{page}answer/", {"disposition": "replace", "note": "Two new ones.", "remedy_days": 5}
    )
    story.ask(f"{page}agree/")
    parcel = {"carrier": "dhl", "tracking_number": "JD 015", line: 2}
    assert "All 2 pieces" in story.do(f"{page}ship/", parcel | {line: 1}, status=422)
    story.do(f"{page}ship/", parcel)
    story.ask(f"{page}reopen/", {"reason": "Dented again."})
    offer = {"disposition": "return", "refund": "25.25", "note": "Back.", "remedy_days": 9}
    story.do(f"{page}answer/", offer)
    assert "RMA-" in story.ask(f"{page}agree/")
    story.ask(f"{page}return/", {"carrier": "ups", "tracking_number": "1Z9"})
    story.do(f"{page}remedy/", {"note": "Two pieces, dented."})
    story.ended("closed", to_shop=47975, back=2525)


def test_staff_decide_a_dispute_in_the_admin(begin: Callable[..., Story], sam: Persona) -> None:
    story = begin()
    story.deliver()
    line = story.order.lines.get().public_id
    story.ask("inspect/", {line: 4, "kind": "nonconforming", "description": "Four are too thin."})
    problem = Nonconformance.objects.get()
    page = f"problems/{problem.public_id}/"
    story.do(f"{page}escalate/", {"reason": "They are as drawn."})
    assert story.order.state == "disputed"
    desk = f"/admin/orders/nonconformance/{problem.pk}"
    staff = Visitor()
    staff.client.force_login(sam.user, backend=LOGIN)
    assert "Decide" in staff.get(f"{desk}/change/").content.decode()
    form = f"{desk}/decide/resolve_nonconformance/"
    staff.post(form, {"refund": "60.00", "decision": "Too much."}, status=422)
    staff.post(form, {"refund": "25.00", "decision": "Half of it: the drawing is unclear."})
    story.work()
    text = story.buyer.get(f"/orders/{story.order.public_id}/{page}").content.decode()
    assert "the drawing is unclear" in text
    story.ended("closed", to_shop=48000, back=2500)


def test_an_order_ends_early_with_a_settlement(begin: Callable[..., Story]) -> None:
    story = begin()
    story.make("confirm_order", "start_production")
    story.ask("settlements/", {"owed": "50.00", "reason": "Our machine was sold."})
    first = Settlement.objects.get()
    story.do(f"settlements/{first.public_id}/decline/", {"reason": "The material cost more."})
    story.do("settlements/", {"owed": "105.00", "reason": "Material and two days of work."})
    second = Settlement.objects.exclude(pk=first.pk).get()
    story.ask(f"settlements/{second.public_id}/accept/")
    story.ended("cancelled", to_shop=10500, back=40000)
