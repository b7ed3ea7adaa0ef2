"""The demo's people, companies and profiles."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.actions.addresses import add_address
from accounts.actions.approval_rules import add_approval_rule
from accounts.actions.company import state_vat_id
from accounts.actions.invitations import invite_member
from accounts.actions.organization import create_organization
from accounts.actor import Actor
from accounts.callers import actor_for
from accounts.models import Membership, User
from accounts.roles import Role
from marketplace.directory.actions.manufacturer import save_company, save_profile
from marketplace.directory.actions.verification import (
    apply_manufacturer,
    ask_manufacturer,
    verify_manufacturer,
)
from marketplace.directory.models import Material, Process
from marketplace.operations.demo import (
    ADMIN,
    APPROVER,
    BUYER,
    MANUFACTURER,
    PASSWORD,
    PURCHASER,
    RIVAL,
)
from marketplace.operations.demo.papers import add_paper, check_paper
from marketplace.operations.demo.rates import add_rate_card
from payments.actions.tax import give_mandate

METALS = ["al_6061", "al_7075", "st_1018", "st_4140", "ss_304", "ss_316", "br_c360"]
PRINTED = ["pl_pa12", "pl_pla", "pl_petg", "pl_tpu", "re_std", "am_alsi10"]


@dataclass(frozen=True)
class Shop:
    """A manufacturer's profile. `envelope` in millimeters; `question` is what staff asked, so that
    the application is the shop's turn. The VAT ids are well-formed and belong to nobody."""

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
    vat_id: str
    founded_year: int
    certificates: tuple[str, ...] = ()
    verified: bool = True
    question: str = ""


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
        "DE999000009",
        1987,
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
        "SE990000000201",
        2014,
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
        "ATU99000008",
        1961,
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
        "NL999000001B01",
        2018,
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
        "IT99900000011",
        1979,
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
        "DE999000017",
        1996,
        ("iso_9001",),
        verified=False,
    ),
    Shop(
        "asked@demo.com",
        "Tomas Havel",
        "Havel Presswork",
        "Brno",
        "CZ",
        "Stamped and bent parts from coil",
        "Progressive dies in house, 80 to 400 t presses.",
        ("sheet_fab", "sheet_cutting"),
        ("st_dc01", "ss_304"),
        (600, 400, 200),
        20,
        38,
        "CZ80000002",
        2003,
        verified=False,
        question="Your register number belongs to a company in Ostrava. Are you its branch?",
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
        # Well-formed and of nobody, as those of the shops.
        state_vat_id(actor=actor_for(buyer), vat_id="DE999000025")
        _colleagues(actor_for(buyer))
    for shop in SHOPS:
        make_shop(shop, password=PASSWORD, by=staff())


def _colleagues(boss: Actor) -> None:
    """The buyer's team, two addresses, and rules that let small orders through."""
    team: tuple[tuple[str, str, str, int | None], ...] = (
        ("engineer@demo.com", "Emil Okafor", Role.ENGINEER, None),
        (PURCHASER, "Pia Lund", Role.BUYER, 2_000_00),
        (APPROVER, "Ada Marsh", Role.APPROVER, None),
    )
    for email, name, role, limit in team:
        Membership.objects.create(
            user=_person(email, name),
            organization=boss.company,
            role=role,
            spend_limit_minor=limit,
        )
    add_approval_rule(actor=boss, over_minor=50_000_00)
    for label, lines in (
        ("Goods in, Aachen", "Goods in, gate 2\nRoermonder Str. 615\n52072 Aachen"),
        ("Test lab, Cologne", "Lab building C\nVenloer Str. 1025\n50829 Cologne"),
    ):
        add_address(
            actor=boss, label=label, recipient="Helix Robotics GmbH", lines=lines, country="DE"
        )
    invite_member(actor=boss, email="finance@demo.com", role=Role.FINANCE)


def _person(email: str, name: str, password: str | None = PASSWORD, **fields: object) -> User:
    found = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(email, password, name=name, is_demo=True, **fields)
        EmailAddress.objects.create(user=found, email=email, verified=True, primary=True)
    return found


def make_shop(shop: Shop, *, password: str | None, by: Actor) -> None:
    """A shop with its person and profile, checked and verified by staff, once; None: a person who
    cannot sign in."""
    user = _person(shop.email, shop.person, password)
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
        address=f"Works gate 1, {shop.company.split()[0]} Street 12",
        currency="EUR",
    )
    owner = actor_for(user)
    save_company(
        actor=owner,
        legal_name=f"{shop.company} (demo)",
        registration_number=f"DEMO {shop.founded_year}",
        vat_id=shop.vat_id,
        website="",
        founded_year=shop.founded_year,
    )
    profile = save_profile(
        actor=owner,
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
    _certify(owner, shop, by)
    if shop.email == MANUFACTURER:
        add_rate_card(owner)
    apply_manufacturer(actor=owner)
    if shop.verified:
        verify_manufacturer(actor=by, public_id=profile.public_id)
        # So that the demo shows VAT within Germany and reverse charge from elsewhere in the EU.
        give_mandate(actor=owner)
    elif shop.question:
        ask_manufacturer(actor=by, public_id=profile.public_id, question=shop.question)


def _certify(owner: Actor, shop: Shop, by: Actor) -> None:
    """Verified shops have checked certificates; the one that waits has one to look at."""
    today = timezone.localdate()
    for number, code in enumerate(shop.certificates, start=1):
        paper = add_paper(
            owner,
            code,
            number=f"DEMO-{shop.founded_year}-{number}",
            scope=shop.headline,
            issued_on=today - timedelta(days=700),
            # The second one of a shop ends soon enough for a reminder.
            expires_on=today + timedelta(days=300 if number == 1 else 52),
        )
        if shop.verified:
            check_paper(by, paper)
