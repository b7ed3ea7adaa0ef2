"""The bots' shops from the order on: they make, measure, ship and put right."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from marketplace.operations.twin.people import bot_shops
from marketplace.operations.twin.steps import step_each, story_of
from orders.actions.changes import accept_change
from orders.actions.first_articles import (
    Report,
    save_first_article,
    start_first_article,
    submit_first_article,
)
from orders.actions.milestone_decisions import submit_milestone
from orders.actions.milestone_evidence import attach_milestone_evidence, keep_evidence
from orders.actions.nonconformances import Offer, answer_nonconformance, report_remedy
from orders.actions.production import advance_order, report_production
from orders.actions.reviews import review_order
from orders.actions.settlements import accept_settlement
from orders.actions.shipping import ship_order
from orders.change_states import ChangeState
from orders.characteristics import read_characteristics
from orders.first_articles import missing_first_articles
from orders.milestones import BY_HAND, OPEN
from orders.models import ChangeOrder, MilestoneEvidence, Nonconformance, Order, Settlement
from orders.review_criteria import CRITERIA
from orders.rules import available_moves, can_review
from orders.states import NonconformanceState, OrderState, ProposalState

E = MilestoneEvidence.Kind
# The move that leads on, where nothing but the click is needed.
ROAD: dict[str, str] = {
    OrderState.PLACED: "confirm_order",
    OrderState.CONFIRMED: "start_production",
    OrderState.QUALITY_CHECK: "pass_quality_check",
}


def play_orders() -> int:
    """One step of every bot shop with each of its orders; how many were taken."""
    return sum(_play(shop) for shop in bot_shops())


def _play(shop: Actor) -> int:
    mine = Order.objects.filter(manufacturer=shop.organization)
    running = mine.exclude(state__in=[OrderState.CANCELLED, OrderState.CLOSED])
    closed = [order for order in mine.filter(state=OrderState.CLOSED) if can_review(shop, order)]
    return (
        step_each(running, lambda order: _go_on(shop, order))
        + step_each(closed, lambda order: _review(shop, order))
        + _answer_proposals(shop)
    )


def _go_on(shop: Actor, order: Order) -> None:
    number = order.public_id
    step_each(
        order.milestones.filter(kind__in=BY_HAND, state__in=OPEN),
        lambda row: _submit_milestone(shop, order, row.public_id),
    )
    if order.state in ROAD and ROAD[order.state] in available_moves(shop, order):
        advance_order(verb=ROAD[order.state], actor=shop, public_id=number)
        if order.state == OrderState.CONFIRMED:
            report_production(
                note="The first parts are off the machine.",
                photo=_photo(shop),
                actor=shop,
                public_id=number,
            )
    elif order.state == OrderState.IN_PRODUCTION:
        if missing_first_articles(order)[0]:
            _measure(shop, order)
        else:
            advance_order(verb="finish_production", actor=shop, public_id=number)
    elif order.state in (OrderState.READY_TO_SHIP, OrderState.PARTLY_SHIPPED):
        ship_order(
            carrier="dhl", tracking_number=f"TEST{order.pk:010d}", actor=shop, public_id=number
        )


def _submit_milestone(shop: Actor, order: Order, milestone: str) -> None:
    number = order.public_id
    evidence = [
        keep_evidence(shop, E.PHOTO, _picture("JPEG", "tool.jpg"), "The tool"),
        keep_evidence(shop, E.REPORT, _picture("PDF", "trial-run.pdf"), "Trial run"),
    ]
    attach_milestone_evidence(evidence=evidence, actor=shop, public_id=number, milestone=milestone)
    submit_milestone(
        note="The tool is ready, says the test bot.",
        actor=shop,
        public_id=number,
        milestone=milestone,
    )


def _measure(shop: Actor, order: Order) -> None:
    """One characteristic for each line, in tolerance; `[reject]` in the title: out of it the first
    time."""
    bad = "reject" in story_of(order.title) and not order.first_articles.exists()
    row = {
        "number": "1",
        "requirement": "Length",
        "nominal": "10",
        "lower": "-0.1",
        "upper": "0.1",
        "measured": "10.2" if bad else "10.02",
        "tool": "caliper",
    }
    for line in order.lines.filter(quantity__gt=0):
        report = start_first_article(
            actor=shop, public_id=order.public_id, line=line.public_id
        ).public_id
        content = Report("TEST-1", characteristics=read_characteristics([("Row 1", row)]))
        save_first_article(actor=shop, public_id=order.public_id, report=report, content=content)
    submit_first_article(actor=shop, public_id=order.public_id)


def _answer_proposals(shop: Actor) -> int:
    """Take every change and settlement the buyer proposes, and put right what was wrong."""
    of_shop = {"order__manufacturer": shop.organization}
    changes = ChangeOrder.objects.filter(
        state=ChangeState.OPEN, proposed_by=Side.BUYER, **of_shop
    ).select_related("order")
    settlements = Settlement.objects.filter(
        state=ProposalState.OPEN, proposed_by=Side.BUYER, **of_shop
    ).select_related("order")
    problems = Nonconformance.objects.filter(
        state__in=[NonconformanceState.OPEN, NonconformanceState.AGREED], **of_shop
    ).select_related("order")
    return (
        step_each(
            changes,
            lambda row: accept_change(
                actor=shop, public_id=row.order.public_id, change=row.public_id
            ),
        )
        + step_each(
            settlements,
            lambda row: accept_settlement(
                actor=shop, public_id=row.order.public_id, settlement=row.public_id
            ),
        )
        + step_each(problems, lambda row: _put_right(shop, row))
    )


def _put_right(shop: Actor, problem: Nonconformance) -> None:
    number, which = problem.order.public_id, problem.public_id
    if problem.state == NonconformanceState.AGREED:
        report_remedy(
            note="Made again and measured, says the test bot.",
            actor=shop,
            public_id=number,
            problem=which,
        )
        return
    offer = (
        Offer("use_as_is", "You get back what you ask for.", refund_minor=problem.claimed_minor)
        if problem.claimed_minor
        else Offer("rework", "We make them again.", remedy_days=5)
    )
    answer_nonconformance(offer=offer, actor=shop, public_id=number, problem=which)


def _review(shop: Actor, order: Order) -> None:
    review_order(
        actor=shop,
        public_id=order.public_id,
        scores=dict.fromkeys(CRITERIA[Side.MANUFACTURER], 5),
        text="Clear documents, paid at once.",
    )


def _photo(shop: Actor) -> StoredFile:
    return store_upload(
        actor=shop, upload=_picture("JPEG", "parts.jpg"), kind=StoredFile.Kind.PHOTO
    )


def _picture(kind: str, name: str) -> ContentFile:
    """A sheet that says what it is; drawn here."""
    image = Image.new("RGB", (1200, 800), (236, 238, 241))
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 1140, 740), outline=(54, 60, 68), width=6)
    draw.text((120, 320), "Test twin: nothing here is real", fill=(54, 60, 68), font_size=60)
    draw.text(
        (120, 430), timezone.now().strftime("%Y-%m-%d %H:%M UTC"), fill=(54, 60, 68), font_size=36
    )
    buffer = BytesIO()
    image.save(buffer, kind)
    return ContentFile(buffer.getvalue(), name=name)
