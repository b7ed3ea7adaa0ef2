"""Orders of the demo on their way: a tool that waits for its approval, one that is late, a first
article in review, a part of the pieces on the road."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.actor import Actor
from orders.actions.first_articles import (
    Report,
    save_first_article,
    start_first_article,
    submit_first_article,
)
from orders.actions.milestone_decisions import submit_milestone
from orders.actions.milestone_evidence import attach_milestone_evidence, keep_evidence
from orders.actions.milestones import reschedule
from orders.actions.shipping import ship_parts
from orders.characteristics import read_characteristics
from orders.models import Milestone, MilestoneEvidence, Order
from orders.queries import lock_order
from orders.shipping_terms import Box, Carriage, Piece

K, E = Milestone.Kind, MilestoneEvidence.Kind
# Paid in four parts, so that each kind of milestone is seen.
IN_PARTS = (("deposit", 20), ("tooling", 30), ("shipment", 10), ("acceptance", 40))
WITH_FIRST_ARTICLE = (("deposit", 20), ("first_article", 30), ("acceptance", 50))
LATE_DAYS = 6


def _tool(buyer: Actor, shop: Actor, order: Order) -> None:
    """The shop submitted the fixture with a photo and a report."""
    milestone = order.milestones.get(kind=K.TOOLING).public_id
    evidence = [
        keep_evidence(shop, E.PHOTO, _picture("JPEG", "fixture.jpg"), "The fixture on its plate"),
        keep_evidence(shop, E.REPORT, _picture("PDF", "trial-run.pdf"), "Trial run of five pieces"),
    ]
    key = {"public_id": order.public_id, "milestone": milestone}
    attach_milestone_evidence(actor=shop, evidence=evidence, **key)
    submit_milestone(actor=shop, note="Five pieces ran through without a correction.", **key)


def _late(buyer: Actor, shop: Actor, order: Order) -> None:
    """As if the order had been placed weeks ago: its tooling is overdue, and so is the shipment."""
    with transaction.atomic():
        order = lock_order(order.public_id)
        order.ship_by = timezone.localdate() - timedelta(days=LATE_DAYS)
        order.save(update_fields=["ship_by"])
        reschedule(order)


CHARACTERISTICS = [
    ("1", "Length", "84", "-0.2", "0.2", "84.06", "caliper"),
    ("2", "Bore", "8", "0", "0.015", "8.009", "plug gauge"),
    ("3", "Hole spacing", "60", "-0.05", "0.05", "60.071", "CMM"),
    ("4", "Burrs", "", "", "", "ok", "visual"),
]
COLUMNS = ("number", "requirement", "nominal", "lower", "upper", "measured", "tool")


def _first_article(buyer: Actor, shop: Actor, order: Order) -> None:
    """One characteristic is out of tolerance, and the buyer has to decide."""
    order_id = order.public_id
    line = order.lines.all()[0].public_id
    report = start_first_article(actor=shop, public_id=order_id, line=line).public_id
    rows = [
        (f"Row {at}", dict(zip(COLUMNS, row, strict=True)))
        for at, row in enumerate(CHARACTERISTICS, start=1)
    ]
    content = Report("SN-0001", characteristics=read_characteristics(rows))
    save_first_article(actor=shop, public_id=order_id, report=report, content=content)
    submit_first_article(actor=shop, public_id=order_id)


def _part_of_it(buyer: Actor, shop: Actor, order: Order) -> None:
    """A first part is on the road, the rest follows."""
    line = order.lines.all()[0]
    ship_parts(
        actor=shop,
        public_id=order.public_id,
        pieces=[Piece(line.public_id, max(1, line.quantity // 3), "L-1")],
        packages=[Box(1, Decimal("4.2"), 400, 300, 200)],
        carriage=Carriage("dhl", f"JD0147{order.pk:08d}"),
    )


def _picture(kind: str, name: str) -> ContentFile:
    """A plate with four clamps, drawn here: no real photo comes with the project."""
    image = Image.new("RGB", (1200, 800), (70, 76, 84))
    draw = ImageDraw.Draw(image)
    draw.rectangle((180, 160, 1020, 640), fill=(164, 170, 178), outline=(40, 44, 50), width=6)
    for x in (260, 860):
        for y in (230, 480):
            draw.rectangle((x, y, x + 80, y + 90), fill=(206, 150, 60))
            draw.ellipse((x + 20, y + 25, x + 60, y + 65), fill=(40, 44, 50))
    draw.rectangle((430, 300, 770, 500), fill=(212, 216, 222))
    buffer = BytesIO()
    image.save(buffer, kind)
    return ContentFile(buffer.getvalue(), name=name)


PROGRESS: Mapping[str, Callable[[Actor, Actor, Order], None]] = {
    "tool": _tool,
    "late": _late,
    "first_article": _first_article,
    "partly_shipped": _part_of_it,
}
