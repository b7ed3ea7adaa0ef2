"""The demo's requests, quotes and orders: each told through the real actions up to a point."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import Side
from marketplace.directory.models import Finish, Manufacturer, Material, Process
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from marketplace.operations.demo import BUYER
from marketplace.operations.demo.catalog import Bid, Story
from marketplace.operations.demo.credit import put_on_account, settle_account
from marketplace.operations.demo.endings import BANK, ENDINGS, LOST_QUOTES, UNPAID
from marketplace.operations.demo.people import actor
from marketplace.operations.demo.progress import PROGRESS
from marketplace.operations.demo.troubles import TROUBLES
from marketplace.operations.demo.work import fund, work
from orders.actions.acceptance import accept_order
from orders.actions.placement import cancel_order
from orders.actions.production import advance_order, report_production
from orders.actions.reviews import review_order
from orders.actions.shipping import confirm_delivery, ship_order
from orders.models import Order
from orders.review_criteria import CRITERIA
from quotes.actions.award import accept_quote
from quotes.actions.publication import publish_rfq
from quotes.actions.quote import (
    decline_to_quote,
    save_quote,
    start_quote,
    submit_quote,
    withdraw_quote,
)
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.actions.rfq import Draft, Header, LineDraft, create_rfq, save_rfq
from quotes.models import RFQ
from quotes.queries import lines_of


def tell(story: Story, parts: dict[str, str]) -> None:
    """Tell one story, unless a request of its title exists already."""
    buyer = actor(BUYER)
    if RFQ.objects.filter(organization=buyer.organization, title=story.title).exists():
        return
    rfq, draft = _draft(story, buyer, parts)
    if story.rfq_end == "draft":
        return
    publish_rfq(actor=buyer, public_id=rfq.public_id)
    for bid in story.bids:
        _bid(bid, rfq)
    if story.rfq_end in ENDINGS:
        ENDINGS[story.rfq_end](buyer, rfq, draft)
    if story.winner:
        _order(story, rfq)
    work()


def _draft(story: Story, buyer: Actor, parts: dict[str, str]) -> tuple[RFQ, Draft]:
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
    return rfq, draft


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
        milestones=[{"kind": kind, "percent": percent} for kind, percent in bid.milestones],
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
    if bid.then in LOST_QUOTES:
        LOST_QUOTES[bid.then](actor(BUYER), quote)


def _order(story: Story, rfq: RFQ) -> None:
    buyer, shop = actor(story.awarded_by), actor(story.winner)
    quote = rfq.quotes.get(manufacturer__organization=shop.organization)
    order = accept_quote(
        actor=buyer,
        rfq_id=rfq.public_id,
        quote_id=quote.public_id,
        chosen={line.public_id: line.quantities[-1] for line in lines_of(rfq)},
        seen=quote.seen,
        po_number=story.po_number,
    )
    work()
    if story.unpaid:
        UNPAID[story.unpaid](buyer, order)
        work()
    if story.order in ("awaiting_approval", "awaiting_payment"):
        return
    if story.account:
        put_on_account(buyer, order)
    else:
        fund(buyer, order)
    for name, step in _road(story, buyer, shop, order):
        if name == "cancelled" and story.order != "cancelled":
            continue
        step()
        work()
        if name == story.order:
            break
    for _ in range(story.instalments - 1):
        fund(buyer, order)
    if story.account == "paid":
        settle_account(buyer, order)
    if story.trouble:
        {**TROUBLES, **PROGRESS, **BANK}[story.trouble](buyer, shop, order)
        work()


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
            actor=shop,
            note="First parts are off the machine and measured.",
            photo=_photo(shop),
            **key,
        )

    return (
        ("placed", lambda: None),
        (
            "cancelled",
            lambda: cancel_order(actor=shop, reason="Project stopped by the buyer.", **key),
        ),
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
                    actor=buyer,
                    scores=dict.fromkeys(CRITERIA[Side.BUYER], story.stars[0]),
                    text="Good parts, well packed.",
                    **key,
                ),
                review_order(
                    actor=shop,
                    scores=dict.fromkeys(CRITERIA[Side.MANUFACTURER], story.stars[1]),
                    text="Clear drawings, paid at once.",
                    **key,
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
