"""The demo's people, companies and profiles."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.actions.organization import create_organization
from accounts.actor import Actor
from accounts.models import Membership, User
from accounts.queries import actor_for
from accounts.roles import Role
from marketplace.directory.actions.manufacturer import save_profile, verify_manufacturer
from marketplace.directory.models import (
    Certificate,
    Certification,
    Manufacturer,
    Material,
    Process,
)
from marketplace.operations.demo import ADMIN, BUYER, MANUFACTURER, PASSWORD, RIVAL

METALS = ["al_6061", "al_7075", "st_1018", "st_4140", "ss_304", "ss_316", "br_c360"]
PRINTED = ["pl_pa12", "pl_pla", "pl_petg", "pl_tpu", "re_std", "am_alsi10"]


@dataclass(frozen=True)
class Shop:
    """A manufacturer's profile. `envelope` in millimeters."""

    email: str
    person: str
    company: str
    city: str
    country: str
    headline: str
    description: str
    processes: tuple[str, ...]
    materials: tuple[str, ...]
    envelope: tuple[int, int, int]
    lead_time_days: int
    employees: int
    certificates: tuple[str, ...] = ()
    verified: bool = True


SHOPS = (
    Shop(
        MANUFACTURER,
        "Mara Kessler",
        "Ridgeline Precision",
        "Ulm",
        "DE",
        "Five-axis milling and turning, prototypes to 5,000 pieces",
        "Twelve machining centers, in-house CMM, and a team that reads drawings before it quotes.",
        ("cnc_milling", "cnc_turning"),
        tuple(METALS),
        (800, 600, 500),
        12,
        34,
        ("iso_9001", "as9100"),
    ),
    Shop(
        RIVAL,
        "Rafael Sundin",
        "Sunfield Rapid Parts",
        "Malmö",
        "SE",
        "Milled, turned, bent and printed parts in days",
        "A job shop for short runs: one contact, one price list, parts on the truck in a week.",
        ("cnc_milling", "cnc_turning", "sheet_fab", "sheet_cutting", "mjf", "sls", "fdm"),
        (*METALS, *PRINTED),
        (500, 400, 300),
        8,
        19,
        ("iso_9001",),
    ),
    Shop(
        "sheet@demo.com",
        "Ines Varga",
        "Blechwerk Varga",
        "Linz",
        "AT",
        "Laser cutting, bending and welding of sheet metal",
        "Sheet from 0.5 to 20 mm, powder coating next door.",
        ("sheet_fab", "sheet_cutting", "tube_bending"),
        ("st_dc01", "ss_304", "al_5052"),
        (3000, 1500, 400),
        10,
        52,
        ("iso_9001", "iso_3834"),
    ),
    Shop(
        "print@demo.com",
        "Noor de Wit",
        "Laagbouw Additive",
        "Eindhoven",
        "NL",
        "MJF, SLS and metal printing with finishing",
        "Nylon and aluminum parts, dyed, smoothed or machined to tolerance.",
        ("mjf", "sls", "sla", "dmls", "fdm"),
        tuple(PRINTED),
        (380, 280, 280),
        6,
        14,
        ("iso_9001",),
    ),
    Shop(
        "mold@demo.com",
        "Pietro Lanza",
        "Lanza Stampi",
        "Brescia",
        "IT",
        "Injection molds and molded parts from 500 pieces",
        "Aluminum and steel tools, two-component molding, sampling within four weeks.",
        ("injection_molding", "urethane_casting"),
        ("pl_abs", "pl_pc", "pl_pp", "pl_pa66gf", "pl_pom"),
        (600, 500, 400),
        28,
        61,
        ("iso_9001", "iatf_16949"),
    ),
    Shop(
        "new@demo.com",
        "Agnes Brandt",
        "Brandt Zerspanung",
        "Chemnitz",
        "DE",
        "Turned parts up to 400 mm diameter",
        "A family shop that joined this week and waits for verification.",
        ("cnc_turning",),
        ("st_1018", "st_4140", "ss_304"),
        (400, 400, 900),
        15,
        9,
        verified=False,
    ),
)


def staff() -> Actor:
    """The demo's staff member."""
    return Actor.staff(User.objects.get(email=ADMIN), "demo data")


def actor(email: str) -> Actor:
    """A demo person acting for their organization."""
    return actor_for(User.objects.get(email=email))


def make_people() -> None:
    """Everybody, once: whoever exists already is left alone."""
    _person(ADMIN, "Sam Staff", is_staff=True, is_superuser=True)
    buyer = _person(BUYER, "Clara Voss")
    if not Membership.objects.filter(user=buyer).exists():
        create_organization(
            actor=actor_for(buyer),
            is_demo=True,
            name="Helix Robotics",
            is_buyer=True,
            is_manufacturer=False,
            country="DE",
            city="Aachen",
            address="Helix Robotics GmbH\nGoods in, gate 2\nRoermonder Str. 615\n52072 Aachen",
            currency="EUR",
        )
        engineer = _person("engineer@demo.com", "Emil Okafor")
        organization = actor_for(buyer).company
        Membership.objects.create(user=engineer, organization=organization, role=Role.ENGINEER)
    for shop in SHOPS:
        _shop(shop)


def _person(email: str, name: str, **fields: object) -> User:
    found = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(email, PASSWORD, name=name, is_demo=True, **fields)
        EmailAddress.objects.create(user=found, email=email, verified=True, primary=True)
    return found


def _shop(shop: Shop) -> None:
    user = _person(shop.email, shop.person)
    if Membership.objects.filter(user=user).exists():
        return
    create_organization(
        actor=actor_for(user),
        is_demo=True,
        name=shop.company,
        is_buyer=False,
        is_manufacturer=True,
        country=shop.country,
        city=shop.city,
        address="",
        currency="EUR",
    )
    profile = save_profile(
        actor=actor_for(user),
        headline=shop.headline,
        description=shop.description,
        processes=Process.objects.filter(code__in=shop.processes),
        materials=Material.objects.filter(code__in=shop.materials),
        envelope_x_mm=shop.envelope[0],
        envelope_y_mm=shop.envelope[1],
        envelope_z_mm=shop.envelope[2],
        lead_time_days=shop.lead_time_days,
        employees=shop.employees,
    )
    _certify(profile, shop)
    if shop.verified:
        verify_manufacturer(actor=staff(), public_id=profile.public_id)


def _certify(profile: Manufacturer, shop: Shop) -> None:
    for number, code in enumerate(shop.certificates, start=1):
        Certificate.objects.create(
            manufacturer=profile,
            certification=Certification.objects.get(code=code),
            number=f"DEMO-{profile.pk:03d}-{number}",
            body="Demo certification body",
            scope=shop.headline,
            expires_on=timezone.localdate() + timedelta(days=300 + 40 * number),
        )
