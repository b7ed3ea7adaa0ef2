"""VAT over the whole way, with signed webhooks: found once, by the right country, gone along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from accounts.actions.company import state_company_facts
from marketplace.files.models import StoredFile
from orders.states import OrderState
from payments.actions.tax import end_mandate, give_mandate
from payments.models import ExemptionCertificate, LedgerEntry, OrderTax, PaymentRequest, TaxRate
from payments.sandbox import driver
from payments.states import ExemptionState, PaymentState
from payments.tax_queries import today
from payments.tax_rules import Treatment
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import DRILL, assert_books_agree, transferred
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    ledger,
    new_order,
    open_page,
    pump,
)
from tests.payments.tax.world import settle_in
from tests.payments.test_supplements import agree

pytestmark = DRILL


def taxed(scene: Scene, country: str = "DE", vat_id: bool = True) -> Scene:
    """A further order between the two; the shop in Germany charges VAT, the buyer is of
    `country`."""
    give_mandate(actor=scene.milo.actor)
    settle_in(scene.bea, country)
    if not vat_id:
        state_company_facts(
            actor=scene.bea.actor,
            legal_name="Bea Ltd",
            registration_number="1",
            vat_id="",
            website="",
        )
    return Scene(scene.bea, scene.milo, new_order(scene.bea, scene.milo))


def pay(scene: Scene, sandbox: Sandbox, payment: str = "") -> None:
    driver.pay(open_page(scene, payment).url)
    hear(sandbox)


def hear(sandbox: Sandbox) -> None:
    """Webhooks arrive twice, and all work is done."""
    sandbox.settle()
    sandbox.command("resend", times=1)
    sandbox.settle()
    pump()


def certificate(scene: Scene, valid_until: object, state: str = "accepted") -> None:
    file = StoredFile.objects.create(
        organization=scene.bea.organization,
        kind=StoredFile.Kind.CERTIFICATE,
        name="exempt.pdf",
        content_type="application/pdf",
        size=1,
        sha256="1" * 64,
        content="aa/exempt",
    )
    ExemptionCertificate.objects.create(
        organization=scene.bea.organization,
        country="DE",
        number="A 1",
        file=file,
        state=state,
        valid_until=valid_until,
    )


@pytest.fixture
def new_law(wired: Scene) -> Iterator[TaxRate]:
    """A rate of 25 % in Germany that holds from today; rates outlive a test."""
    made = TaxRate(country="DE", rate_bps=2500, holds_from=today(), source="a new law")
    yield made
    OrderTax.objects.all().delete()
    TaxRate.objects.filter(source=made.source).delete()


def test_what_was_found_about_an_order_stays(
    wired: Scene, sandbox: Sandbox, new_law: TaxRate
) -> None:
    """Kills: the rate of the day of a later payment, a mandate that ended since."""
    scene = taxed(wired)
    connect_maker(scene)
    pay(scene, sandbox)
    assert ledger()["order:tax"] == 9_500
    new_law.save()
    end_mandate(actor=scene.milo.actor)
    settle_in(scene.bea, "FR")
    agree(scene, 44)
    more = PaymentRequest.objects.get(order=scene.order, kind="supplement")
    assert (more.amount_minor, more.tax_minor) == (5_000, 950)
    pay(scene, sandbox, more.public_id)
    assert ledger()["order:tax"] == 10_450
    assert OrderTax.objects.get(order=scene.order).rate_bps == 1900
    assert_books_agree()


@pytest.mark.parametrize(
    ("country", "vat_id", "treatment", "minor"),
    [
        ("DE", True, Treatment.DOMESTIC, 9_500),
        ("FR", False, Treatment.DOMESTIC, 9_500),
        ("FR", True, Treatment.REVERSE_CHARGE, 0),
        ("US", False, Treatment.EXPORT, 0),
    ],
)
def test_the_country_and_the_id_decide(
    wired: Scene, sandbox: Sandbox, country: str, vat_id: bool, treatment: str, minor: int
) -> None:
    """Kills: the rate of the buyer's country, VAT on what is reverse charged, none without an
    id."""
    scene = taxed(wired, country, vat_id)
    tax = OrderTax.objects.get(order=scene.order)
    assert (tax.treatment, scene.payment.tax_minor) == (treatment, minor)
    pay(scene, sandbox)
    assert scene.payment.state == PaymentState.FUNDED
    assert ledger().get("order:tax", 0) == minor
    assert_books_agree()


@pytest.mark.parametrize(
    ("days", "state", "treatment"),
    [
        (0, ExemptionState.ACCEPTED, Treatment.EXEMPT),
        (-1, ExemptionState.ACCEPTED, Treatment.DOMESTIC),
        (30, ExemptionState.REFUSED, Treatment.DOMESTIC),
    ],
)
def test_a_certificate_frees_while_it_counts(
    wired: Scene, sandbox: Sandbox, days: int, state: str, treatment: str
) -> None:
    """Kills: a certificate that expired or was refused and still counts."""
    certificate(wired, today() + timedelta(days=days), state)
    scene = taxed(wired)
    assert OrderTax.objects.get(order=scene.order).treatment == treatment
    pay(scene, sandbox)
    assert scene.payment.state == PaymentState.FUNDED
    assert_books_agree()


def test_vat_goes_where_its_money_goes(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: VAT that stays with us when the net is released."""
    scene = taxed(wired)
    connect_maker(scene)
    pay(scene, sandbox)
    accept_goods(scene)
    hear(sandbox)
    assert transferred(sandbox) == [46_000 + 9_500]
    assert scene.fresh_order().state == OrderState.CLOSED
    assert LedgerEntry.objects.filter(kind="tax_payable").count() == 1
    assert_books_agree()
