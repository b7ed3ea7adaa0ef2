"""An order ready to be paid, its people, and what workers do, one call at a time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from marketplace.core import outbox
from marketplace.core.models import Delivery
from marketplace.directory.models import Manufacturer
from marketplace.parts.models import Part, PartRevision
from orders.actions.placement import LineSnapshot, Terms, place_order
from orders.models import Order
from payments import tasks
from payments.actions.payouts import set_up_payouts, take_link
from payments.models import ConnectedAccount, InboundEvent, Instruction, PaymentAttempt
from payments.sandbox import driver


@dataclass
class Scene:
    """Buyer and manufacturer with one person each, and an order between them."""

    buyer: Organization
    maker: Organization
    bea: User
    milo: User
    order: Order

    @property
    def buying(self) -> Actor:
        return Actor(user=self.bea, organization=self.buyer, role=Role.OWNER)

    @property
    def making(self) -> Actor:
        return Actor(user=self.milo, organization=self.maker, role=Role.OWNER)


def person(name: str, organization: Organization) -> User:
    """An owner of an organization, with the password "secret"."""
    user = User.objects.create_user(email=f"{name.lower()}@example.com", password="secret", name=name)
    Membership.objects.create(user=user, organization=organization, role=Role.OWNER)
    return user


def set_scene(*, price: str = "12.5000", quantity: int = 40, currency: str = "EUR") -> Scene:
    """Rows of a placed order, by the real action."""
    buyer = Organization.objects.create(name="Bea's Robots", is_buyer=True, country="DE")
    maker = Organization.objects.create(name="Milo's Mill", is_manufacturer=True, country="DE")
    bea, milo = person("Bea", buyer), person("Milo", maker)
    Manufacturer.objects.create(organization=maker, slug="milo", headline="Mills")
    return Scene(buyer, maker, bea, milo, new_order(bea, buyer, maker, price, quantity, currency))


def new_order(
    bea: User,
    buyer: Organization,
    maker: Organization,
    price: str = "12.5000",
    quantity: int = 40,
    currency: str = "EUR",
) -> Order:
    """One more order between the two; the payment is asked for when the facts are delivered."""
    part = Part.objects.create(organization=buyer, number=f"B-{Part.objects.count()}", name="Bracket")
    revision = PartRevision.objects.create(part=part, label="A")
    actor = Actor(user=bea, organization=buyer, role=Role.OWNER)
    line = LineSnapshot(
        part_revision=revision,
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
        ship_to="Berlin",
        quote_id=f"quo_{Part.objects.count()}",
    )
    order = place_order(actor=actor, buyer=buyer, manufacturer=maker, lines=[line], terms=terms)
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


def pump(rounds: int = 12) -> None:
    """Do the workers' work until nothing is left to do (or the rounds are over)."""
    for _ in range(rounds):
        hurry()
        if not outbox.sweep() + tasks.sweep_payments():
            return


def connect_maker(scene: Scene) -> ConnectedAccount:
    """Onboard the manufacturer through the hosted page."""
    set_up_payouts(actor=scene.making)
    pump()
    driver.onboard(take_link(actor=scene.making))
    account = ConnectedAccount.objects.get(organization=scene.maker)
    tasks.sync_payout_account(account.pk)
    pump()
    account.refresh_from_db()
    return account
