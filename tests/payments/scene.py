"""An order ready to be paid, its people, and what workers do, one call at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.models import Delivery, Event
from marketplace.files.models import StoredFile
from marketplace.parts.models import Part, PartRevision
from orders.actions import acceptance, production, shipping
from orders.actions.placement import LineSnapshot, Terms, place_order
from orders.models import Order
from payments import tasks
from payments.actions import attempts, payouts
from payments.models import (
    ConnectedAccount,
    InboundEvent,
    Instruction,
    LedgerEntry,
    PaymentAttempt,
    PaymentRequest,
)
from payments.sandbox import driver
from tests.personas import Persona, make_buyer, make_shop
from tests.replay import kept
from tests.steps import step


@dataclass
class Scene:
    """Bea buys from Milo, and an order waits for her payment."""

    bea: Persona
    milo: Persona
    order: Order

    @property
    def payment(self) -> PaymentRequest:
        return PaymentRequest.objects.get(order=self.order)

    def fresh_order(self) -> Order:
        self.order.refresh_from_db()
        return self.order


def set_scene(*, currency: str = "EUR", agreed: Mapping[str, Any] | None = None) -> Scene:
    """Persons and a placed order of 500.00, by the real actions; `agreed` are its terms."""
    return scene_by(place_first_order, currency, agreed)


def scene_by(make: Callable[..., Sequence[Any]], *arguments: Any) -> Scene:
    """The two people and the order that `make` makes, which is kept (tests/replay.py)."""
    # Where something happened before, the workers have more to do than what was kept.
    act = make.__wrapped__ if Event.objects.exists() else make  # type: ignore[attr-defined]
    bea, milo, order = act(*arguments)
    return Scene(Persona(bea), Persona(milo), order)


@kept
def place_first_order(currency: str, agreed: Mapping[str, Any] | None) -> list[Any]:
    """What `set_scene` does, by the real actions: the two people and the order."""
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = new_order(bea, milo, currency=currency, agreed=agreed)
    return [bea.user, milo.user, Order.objects.get(pk=order.pk)]


@step
def new_order(
    bea: Persona,
    milo: Persona,
    *,
    price: str = "12.5000",
    quantity: int = 40,
    currency: str = "EUR",
    agreed: Mapping[str, Any] | None = None,
) -> Order:
    """One more order between the two; the payment is asked for at once."""
    count = Part.objects.count()
    part = Part.objects.create(organization=bea.organization, number=f"B-{count}", name="Bracket")
    file = StoredFile.objects.create(
        organization=bea.organization,
        kind=StoredFile.Kind.MODEL,
        name="bracket.step",
        content_type="model/step",
        size=1,
        sha256="0" * 64,
        content="aa/bracket",
    )
    line = LineSnapshot(
        part_revision=PartRevision.objects.create(part=part, model_file=file),
        process="CNC milling",
        material="EN AW-6082",
        finish="",
        tolerance="ISO 2768-m",
        quantity=quantity,
        unit_price=Decimal(price),
        lead_time_days=10,
    )
    terms = Terms(
        title="Brackets",
        currency=currency,
        incoterm="DAP",
        ship_to="Aachen",
        quote_id=f"quo_{count}",
        agreed=agreed or {},
    )
    order = place_order(
        actor=bea.actor,
        buyer=bea.organization,
        manufacturer=milo.organization,
        lines=[line],
        terms=terms,
    )
    pump()
    return order


def hurry() -> None:
    """Make whatever waits for a later try due now."""
    now = timezone.now()
    Delivery.objects.filter(status=Delivery.State.PENDING).update(due_at=now)
    InboundEvent.objects.filter(state__in=["new", "failed"]).update(due_at=now)
    Instruction.objects.filter(state="pending").update(due_at=now)
    PaymentAttempt.objects.filter(state="preparing").update(due_at=now)
    ConnectedAccount.objects.filter(link_asked_at__isnull=False).update(due_at=now)


@step
def pump(rounds: int = 12) -> None:
    """Do the workers' work until nothing is left to do (or the rounds are over)."""
    for _ in range(rounds):
        hurry()
        if not outbox.sweep() + tasks.sweep_payments():
            return


@step
def accept_goods(scene: Scene) -> None:
    """The order is made, shipped, delivered and accepted, by the real actions."""
    deliver_goods(scene)
    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)


@step
def deliver_goods(scene: Scene) -> None:
    """The order is made, shipped and delivered, by the real actions."""
    public_id, milo, bea = scene.order.public_id, scene.milo.actor, scene.bea.actor
    for verb in ("confirm_order", "start_production", "finish_production", "pass_quality_check"):
        production.advance_order(actor=milo, public_id=public_id, verb=verb)
    shipping.ship_order(actor=milo, public_id=public_id, carrier="dhl", tracking_number="JD1")
    shipping.confirm_delivery(actor=bea, public_id=public_id)


@step
def open_page(scene: Scene, payment: str = "") -> PaymentAttempt:
    """Bea asks for a payment page and the worker opens it."""
    attempt = attempts.pay_order(
        actor=scene.bea.actor, public_id=scene.order.public_id, payment=payment
    )
    pump()
    attempt.refresh_from_db()
    return attempt


@step
def pay(url: str, **fields: str) -> str:
    """The hosted page at `url` is paid; where the payer is sent to."""
    return driver.pay(url, **fields)


@step
def pay_next(scene: Scene, payment: str = "") -> PaymentRequest:
    """Bea pays what is to be paid next; what the worker does because of it is done."""
    attempt = open_page(scene, payment)
    pay(attempt.url)
    tasks.sync_attempt(attempt.pk)
    pump()
    attempt.request.refresh_from_db()
    return attempt.request


@step
def connect_maker(scene: Scene) -> ConnectedAccount:
    """Onboard the manufacturer through the hosted page."""
    payouts.set_up_payouts(actor=scene.milo.actor)
    pump()
    driver.onboard(payouts.take_link(actor=scene.milo.actor))
    account = ConnectedAccount.objects.get(organization=scene.milo.organization)
    tasks.sync_payout_account(account.pk)
    pump()
    account.refresh_from_db()
    return account


def ledger() -> dict[str, int]:
    """Every account's credits minus debits in minor units, by a short name, without zeros."""
    found: dict[str, int] = {}
    for entry in LedgerEntry.objects.select_related("debit", "credit"):
        for account, sign in ((entry.debit, -1), (entry.credit, 1)):
            parts = account.name.split(":")
            name = ":".join([parts[0], parts[-1]]) if len(parts) == 3 else account.name
            name = "suspense" if name.startswith("suspense") else name
            found[name] = found.get(name, 0) + sign * entry.amount_minor
    return {name: amount for name, amount in found.items() if amount}
