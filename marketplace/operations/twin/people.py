"""The twin's bots: shops, a buyer, and staff who vouch for whoever comes."""

from dataclasses import replace

from accounts.actions.organization import create_organization
from accounts.actor import Actor
from accounts.callers import actor_for
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from marketplace.directory.actions.manufacturer import save_profile
from marketplace.directory.actions.verification import apply_manufacturer, verify_manufacturer
from marketplace.directory.models import Manufacturer, Material, Process
from marketplace.directory.states import ManufacturerState
from marketplace.operations.demo.people import SHOPS, Shop, make_shop
from marketplace.operations.twin import DOMAIN
from marketplace.operations.twin.steps import step_each

STAFF = f"staff@{DOMAIN}"
BUYER = f"buyer@{DOMAIN}"


def _bot_shop(shop: Shop) -> Shop:
    """One of the demo's shops under a name that says what it is."""
    name = shop.email.partition("@")[0]
    return replace(
        shop,
        email=f"{name}@{DOMAIN}",
        company=f"{shop.company} (test bot)",
        person=f"{shop.person} (bot)",
    )


BOT_SHOPS = tuple(_bot_shop(shop) for shop in SHOPS if shop.verified)


def bot_staff() -> Actor:
    """The bot that does what staff do."""
    return Actor.staff(_bot(STAFF, "Test bot", is_staff=True), "test bot")


def bot_buyer() -> Actor:
    """The bot that asks manufacturers for quotes."""
    return actor_for(User.objects.get(email=BUYER))


def bot_shops() -> list[Actor]:
    """Every shop that is played by a bot."""
    emails = [shop.email for shop in BOT_SHOPS]
    return [actor_for(user) for user in User.objects.filter(email__in=emails).order_by("pk")]


def make_bots() -> None:
    """Every bot, once. None of them can sign in."""
    staff = bot_staff()
    buyer = _bot(BUYER, "Bea Bot")
    if not Membership.objects.filter(user=buyer).exists():
        create_organization(
            actor=actor_for(buyer),
            is_demo=True,
            name="Testbed Industries (test bot)",
            is_buyer=True,
            is_manufacturer=False,
            country="DE",
            city="Aachen",
            address="Testbed Industries\nGoods in\nTestweg 1\n52062 Aachen",
            currency="EUR",
        )
    for shop in BOT_SHOPS:
        make_shop(shop, password=None, by=staff)


def vouch_for_shops() -> int:
    """Give every shop of somebody who came a profile that takes any work, and verify it; how many.

    An integrator wants to quote, not to apply; what the shop says of itself it can change. A shop
    that lacks something only it can know, such as its VAT id, reads in the portal what that is.
    """
    shops = Organization.objects.filter(is_manufacturer=True, is_guest=False, is_demo=False)
    described = Manufacturer.objects.exclude(description="").values("organization")
    applied = Manufacturer.objects.filter(
        state=ManufacturerState.APPLIED, organization__is_demo=False
    )
    return step_each(shops.exclude(pk__in=described), _introduce) + step_each(
        applied, lambda row: verify_manufacturer(actor=bot_staff(), public_id=row.public_id)
    )


def _introduce(organization: Organization) -> None:
    staff = bot_staff()
    owner = Actor(
        user=staff.user, organization=organization, role=Role.OWNER, via="task", name="Test bot"
    )
    save_profile(
        actor=owner,
        headline="A shop of the test twin",
        description="Made for trying out. Nothing here is real.",
        processes=Process.objects.all(),
        materials=Material.objects.all(),
        envelope_x_mm=1000,
        envelope_y_mm=1000,
        envelope_z_mm=1000,
        lead_time_days=10,
        employees=10,
    )
    apply_manufacturer(actor=owner)


def _bot(email: str, name: str, **fields: object) -> User:
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, None, name=name, is_demo=True, **fields)
