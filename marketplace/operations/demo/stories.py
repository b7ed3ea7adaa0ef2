"""The demo's requests, quotes and orders: each told through the real actions up to a point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter

from accounts.actor import Actor
from accounts.models import User
from marketplace.directory.models import Finish, Manufacturer, Material, Process
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from marketplace.operations.demo import BUYER, MANUFACTURER, RIVAL
from marketplace.operations.demo.people import actor
from marketplace.operations.demo.work import fund, work
from orders.actions.placement import cancel_order
from orders.actions.production import advance_order, report_production
from orders.actions.reviews import review_order
from orders.actions.shipping import accept_order, confirm_delivery, ship_order
from orders.models import Order
from quotes.actions.award import accept_quote
from quotes.actions.quote import (
    PriceDraft,
    QuoteDraft,
    QuoteLineDraft,
    decline_to_quote,
    save_quote,
    start_quote,
    submit_quote,
    withdraw_quote,
)
from quotes.actions.rfq import (
    Draft,
    Header,
    LineDraft,
    cancel_rfq,
    close_rfq,
    create_rfq,
    publish_rfq,
    save_rfq,
)
from quotes.models import RFQ
from quotes.queries import lines_of


@dataclass(frozen=True)
class Line:
    """A part of the demo library and how it is asked for."""

    number: str
    process: str
    material: str
    quantities: tuple[int, ...]
    finish: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Bid:
    """A shop's quote: unit price at the smallest quantity (each further break 12 % less),
    tooling and freight in major units. `then` is submit, draft, withdraw or decline."""

    email: str
    unit: str
    days: int
    tooling: int = 0
    freight: int = 0
    then: str = "submit"
    reason: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Story:
    """One request and how far it goes. `order` names the last step of the order's road."""

    title: str
    lines: tuple[Line, ...]
    bids: tuple[Bid, ...] = ()
    invited: tuple[str, ...] = ()
    rfq_end: str = "open"
    winner: str = ""
    order: str = ""
    po_number: str = ""
    stars: tuple[int, int] = field(default=(5, 5))


BRACKET = Line("DP-1001", "cnc_milling", "al_6061", (10, 50, 200), "anodize_ii", "Clear anodized.")
HOUSING = Line("DP-1002", "cnc_milling", "al_6061", (5, 25), "bead_blast")
LID = Line("DP-1003", "cnc_milling", "al_6061", (5, 25), "bead_blast")
SHAFT = Line("DP-1004", "cnc_turning", "st_1018", (20, 100), notes="Bearing seats per drawing.")
FLANGE = Line("DP-1005", "cnc_turning", "ss_316", (4, 12))
SENSOR = Line("DP-1006", "sheet_fab", "st_dc01", (50, 250), "powder_coat", "RAL 7016.")
GEAR = Line("DP-1007", "cnc_milling", "st_4140", (2, 10), "black_oxide")
MANIFOLD = Line("DP-1008", "cnc_milling", "al_7075", (1, 5), "anodize_iii")
PULLEY = Line("DP-1010", "sls", "pl_pa12", (8, 40), "dyed_black")
STANDOFF = Line("DP-1011", "cnc_turning", "br_c360", (100, 1000))
CLEVIS = Line("DP-1012", "mjf", "pl_pa12", (6, 30))

STORIES = (
    Story("Gripper brackets, series 4", (BRACKET,), rfq_end="draft", invited=(MANUFACTURER,)),
    Story(
        "Sensor head: housing and lid",
        (HOUSING, LID),
        (
            Bid(MANUFACTURER, "148.50", 14, 320, 45, notes="Housing and lid are made in one setup."),
            Bid(RIVAL, "163.20", 8, 180, 38),
        ),
        rfq_end="open",
    ),
    Story(
        "Drive shafts for conveyor retrofit",
        (SHAFT, STANDOFF),
        (Bid(MANUFACTURER, "36.40", 12, 0, 60), Bid(RIVAL, "39.90", 9, then="draft")),
        rfq_end="open",
    ),
    Story(
        "Powder-coated sensor brackets",
        (SENSOR,),
        (
            Bid("sheet@demo.com", "11.80", 12, 150, 55),
            Bid(RIVAL, "13.10", 7, 90, 40),
        ),
        rfq_end="closed",
    ),
    Story(
        "Manifold prototypes",
        (MANIFOLD,),
        (
            Bid(MANUFACTURER, "612.00", 15, 0, 25),
            Bid(RIVAL, "0", 0, then="decline", reason="Our deepest drill ends at 120 mm."),
        ),
        rfq_end="open",
    ),
    Story(
        "Spare gears, old gearbox",
        (GEAR,),
        (Bid(RIVAL, "84.00", 10, then="withdraw"),),
        rfq_end="cancelled",
    ),
    Story(
        "Hub flanges, lot 1",
        (FLANGE,),
        (Bid(MANUFACTURER, "118.75", 10, 0, 42), Bid(RIVAL, "131.00", 8, 0, 30)),
        winner=MANUFACTURER,
        order="awaiting_payment",
        po_number="PO-26-0417",
    ),
    Story(
        "Gear set for test rig",
        (GEAR,),
        (Bid(MANUFACTURER, "96.00", 12, 60, 20), Bid(RIVAL, "104.00", 9, 0, 20)),
        winner=MANUFACTURER,
        order="placed",
        po_number="PO-26-0418",
    ),
    Story(
        "Camera mount brackets",
        (BRACKET,),
        (Bid(MANUFACTURER, "27.30", 12, 0, 28), Bid(RIVAL, "25.90", 16, 0, 28)),
        winner=MANUFACTURER,
        order="confirmed",
    ),
    Story(
        "Valve block, revision B",
        (MANIFOLD,),
        (Bid(MANUFACTURER, "590.00", 15, 120, 25),),
        winner=MANUFACTURER,
        order="in_production",
        po_number="PO-26-0402",
    ),
    Story(
        "Brass standoffs, yearly lot",
        (STANDOFF,),
        (Bid(RIVAL, "1.1250", 10, 0, 18), Bid(MANUFACTURER, "1.3400", 12, 0, 18)),
        winner=RIVAL,
        order="quality_check",
    ),
    Story(
        "Drive shafts, first lot",
        (SHAFT,),
        (Bid(MANUFACTURER, "38.00", 12, 0, 60),),
        winner=MANUFACTURER,
        order="ready_to_ship",
    ),
    Story(
        "Printed pulleys",
        (PULLEY,),
        (Bid("print@demo.com", "14.60", 6, 0, 12), Bid(RIVAL, "15.90", 5, 0, 12)),
        winner=RIVAL,
        order="shipped",
    ),
    Story(
        "Robot wrist clevises",
        (CLEVIS,),
        (Bid(RIVAL, "9.80", 5, 0, 12),),
        winner=RIVAL,
        order="delivered",
        po_number="PO-26-0388",
    ),
    Story(
        "Housing prototypes",
        (HOUSING,),
        (Bid(MANUFACTURER, "171.00", 9, 0, 25), Bid(RIVAL, "158.00", 11, 0, 25)),
        winner=MANUFACTURER,
        order="closed",
        po_number="PO-26-0361",
    ),
    Story(
        "Bracket samples",
        (BRACKET,),
        (Bid(RIVAL, "31.00", 6, 0, 15),),
        winner=RIVAL,
        order="reviewed",
        stars=(4, 5),
    ),
    Story(
        "Flanges for a stopped project",
        (FLANGE,),
        (Bid(MANUFACTURER, "121.00", 10, 0, 42),),
        winner=MANUFACTURER,
        order="cancelled",
    ),
)


def tell(story: Story, parts: dict[str, str]) -> None:
    """Tell one story, unless a request of its title exists already."""
    buyer = actor(BUYER)
    if RFQ.objects.filter(organization=buyer.organization, title=story.title).exists():
        return
    rfq = _draft(story, buyer, parts)
    if story.rfq_end == "draft":
        return
    publish_rfq(actor=buyer, public_id=rfq.public_id)
    for bid in story.bids:
        _bid(bid, rfq)
    if story.rfq_end == "closed":
        close_rfq(actor=buyer, public_id=rfq.public_id)
    if story.rfq_end == "cancelled":
        cancel_rfq(actor=buyer, public_id=rfq.public_id, reason="The gearbox is replaced as a whole.")
    if story.winner:
        _order(story, buyer, rfq)
    work()


def _draft(story: Story, buyer: Actor, parts: dict[str, str]) -> RFQ:
    rfq = create_rfq(actor=buyer, part_ids=[parts[line.number] for line in story.lines])
    drafts = [
        LineDraft(
            line_id=row.public_id,
            process=Process.objects.get(code=wanted.process),
            material=Material.objects.get(code=wanted.material),
            finish=Finish.objects.filter(code=wanted.finish).first(),
            quantities=wanted.quantities,
            notes=wanted.notes,
        )
        for row, wanted in zip(lines_of(rfq), story.lines, strict=True)
    ]
    emails = {*story.invited, *(bid.email for bid in story.bids)}
    shops = Manufacturer.objects.filter(
        organization__memberships__user__in=User.objects.filter(email__in=emails)
    )
    assert buyer.organization is not None
    draft = Draft(
        Header(
            title=story.title,
            currency="EUR",
            ship_to=buyer.organization.address,
            need_by=timezone.localdate() + timedelta(days=45),
            deadline=timezone.now() + timedelta(days=9),
            notes="Prices without VAT, please. Ask if anything on the model is unclear.",
        ),
        drafts,
        [shop.public_id for shop in shops],
    )
    save_rfq(actor=buyer, public_id=rfq.public_id, draft=draft)
    return rfq


def _bid(bid: Bid, rfq: RFQ) -> None:
    shop = actor(bid.email)
    if bid.then == "decline":
        decline_to_quote(actor=shop, rfq_id=rfq.public_id, reason=bid.reason)
        return
    quote = start_quote(actor=shop, rfq_id=rfq.public_id)
    draft = QuoteDraft(
        currency="EUR",
        lines=[
            QuoteLineDraft(
                line.public_id,
                [
                    PriceDraft(
                        quantity,
                        (Decimal(bid.unit) * Decimal("0.88") ** step).quantize(Decimal("0.0001")),
                        bid.days + 3 * step,
                    )
                    for step, quantity in enumerate(line.quantities)
                ],
                tooling_minor=bid.tooling * 100,
            )
            for line in lines_of(rfq)
        ],
        freight_minor=bid.freight * 100,
        valid_until=timezone.localdate() + timedelta(days=30),
        own_number=f"A-{quote.pk:05d}",
        notes=bid.notes,
    )
    if bid.then == "draft":
        save_quote(actor=shop, public_id=quote.public_id, draft=draft)
        return
    submit_quote(actor=shop, public_id=quote.public_id, draft=draft)
    if bid.then == "withdraw":
        withdraw_quote(actor=shop, public_id=quote.public_id)


def _order(story: Story, buyer: Actor, rfq: RFQ) -> None:
    shop = actor(story.winner)
    quote = rfq.quotes.get(manufacturer__organization=shop.organization)
    order = accept_quote(
        actor=buyer,
        rfq_id=rfq.public_id,
        quote_id=quote.public_id,
        chosen={line.public_id: line.quantities[-1] for line in lines_of(rfq)},
        seen=quote.fingerprint,
        po_number=story.po_number,
    )
    work()
    if story.order == "awaiting_payment":
        return
    fund(buyer, order)
    for name, step in _road(story, buyer, shop, order):
        if name == "cancelled" and story.order != "cancelled":
            continue
        step()
        work()
        if name == story.order:
            return


def _road(
    story: Story, buyer: Actor, shop: Actor, order: Order
) -> Sequence[tuple[str, Callable[[], object]]]:
    """The steps after payment, in order, named by the state each leads to."""
    key = {"public_id": order.public_id}

    def advance(verb: str) -> Callable[[], object]:
        return lambda: advance_order(actor=shop, verb=verb, **key)

    def start() -> None:
        advance_order(actor=shop, verb="start_production", **key)
        report_production(
            actor=shop, note="First parts are off the machine and measured.", photo=_photo(shop), **key
        )

    return (
        ("placed", lambda: None),
        ("cancelled", lambda: cancel_order(actor=shop, reason="Project stopped by the buyer.", **key)),
        ("confirmed", advance("confirm_order")),
        ("in_production", start),
        ("quality_check", advance("finish_production")),
        ("ready_to_ship", advance("pass_quality_check")),
        (
            "shipped",
            lambda: ship_order(
                actor=shop, carrier="dhl", tracking_number=f"JD0146{order.pk:08d}", **key
            ),
        ),
        ("delivered", lambda: confirm_delivery(actor=buyer, **key)),
        ("closed", lambda: accept_order(actor=buyer, **key)),
        (
            "reviewed",
            lambda: [
                review_order(
                    actor=buyer, rating=story.stars[0], text="Good parts, well packed.", **key
                ),
                review_order(
                    actor=shop, rating=story.stars[1], text="Clear drawings, paid at once.", **key
                ),
            ],
        ),
    )


def _photo(shop: Actor) -> StoredFile:
    """A picture of turned blanks on a tray, drawn here: no real photo comes with the project."""
    image = Image.new("RGB", (1200, 800), (54, 60, 68))
    draw = ImageDraw.Draw(image)
    for row in range(3):
        for column in range(5):
            x, y = 130 + column * 220, 150 + row * 230
            draw.ellipse((x - 70, y - 55, x + 90, y + 105), fill=(36, 40, 46))
            draw.ellipse((x - 80, y - 80, x + 80, y + 80), fill=(176, 182, 190))
            draw.ellipse((x - 72, y - 74, x + 66, y + 64), fill=(205, 210, 216))
            draw.ellipse((x - 30, y - 30, x + 30, y + 30), fill=(70, 76, 84))
    buffer = BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(buffer, "JPEG", quality=88)
    upload = ContentFile(buffer.getvalue(), name="first-parts.jpg")
    return store_upload(actor=shop, upload=upload, kind=StoredFile.Kind.PHOTO)

