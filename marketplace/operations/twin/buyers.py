"""The bot that buys: it asks every shop of somebody who came, awards, pays and accepts."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.directory.models import Manufacturer, Material
from marketplace.directory.states import ManufacturerState
from marketplace.operations.demo.parts import demo_parts, upload_parts
from marketplace.operations.twin.people import bot_buyer
from marketplace.operations.twin.steps import step_each
from orders.actions.acceptance import accept_order
from orders.actions.changes import accept_change
from orders.actions.first_articles import approve_first_article
from orders.actions.milestone_decisions import approve_milestone
from orders.actions.reviews import review_order
from orders.actions.settlements import accept_settlement
from orders.actions.shipping import confirm_delivery
from orders.change_states import ChangeState
from orders.milestones import BY_HAND
from orders.models import ChangeOrder, Order, Settlement
from orders.review_criteria import CRITERIA
from orders.rules import can_review
from orders.states import MilestoneState, OrderState, ProposalState
from payments.actions.attempts import pay_order
from payments.states import PaymentState
from quotes.actions.award import accept_quote
from quotes.actions.counter_offers import accept_counter
from quotes.actions.publication import publish_rfq
from quotes.actions.rfq import Draft, Header, LineDraft, create_rfq, save_rfq
from quotes.models import RFQ, CounterOffer, Quote
from quotes.queries import lines_of
from quotes.states import CounterOfferState, QuoteState, RFQState

# Process -> the demo's part that is made by it, and of what. Others are asked for the first.
PARTS = {
    "cnc_milling": ("DP-1001", "al_6061"),
    "cnc_turning": ("DP-1004", "st_1018"),
    "sls": ("DP-1010", "pl_pa12"),
}
QUANTITIES = [10, 50]
ALIVE = (RFQState.DRAFT, RFQState.OPEN, RFQState.CLOSED)


def play_buyer() -> int:
    """One step of the bot buyer with every shop, quote and order; how many were taken."""
    buyer = bot_buyer()
    shops = Manufacturer.objects.filter(
        state=ManufacturerState.VERIFIED, organization__is_demo=False
    )
    orders = Order.objects.filter(buyer=buyer.organization)
    quotes = Quote.objects.filter(
        rfq__organization=buyer.organization,
        rfq__state__in=[RFQState.OPEN, RFQState.CLOSED],
        state=QuoteState.SUBMITTED,
    ).select_related("rfq")
    counters = CounterOffer.objects.filter(
        quote__rfq__organization=buyer.organization,
        state=CounterOfferState.OPEN,
        by_side=Side.MANUFACTURER,
    ).select_related("quote")
    return (
        step_each(shops, lambda shop: _ask(buyer, shop))
        + step_each(counters, lambda row: _agree(buyer, row))
        + step_each(quotes, lambda quote: _award(buyer, quote))
        + step_each(orders, lambda order: _go_on(buyer, order))
        + _answer_proposals(buyer)
    )


def _ask(buyer: Actor, shop: Manufacturer) -> None:
    """One request at a time for a shop; the next one when the last order has ended."""
    last = RFQ.objects.filter(
        organization=buyer.organization, invitations__manufacturer=shop
    ).first()
    if last is not None and last.state != RFQState.DRAFT:
        order = Order.objects.filter(rfq_id=last.public_id).first()
        ended = order is not None and order.state in (OrderState.CLOSED, OrderState.CANCELLED)
        if last.state in ALIVE or not ended:
            return
        last = None
    request = last or _draft(buyer, shop)
    publish_rfq(actor=buyer, public_id=request.public_id)


def _draft(buyer: Actor, shop: Manufacturer) -> RFQ:
    process = shop.processes.filter(code__in=PARTS).first() or shop.processes.all()[0]
    number, material = PARTS.get(process.code, PARTS["cnc_milling"])
    made = buyer.company.parts.filter(number=number).first()
    part = made.public_id if made else _upload(buyer, number)
    request = create_rfq(actor=buyer, part_ids=[part])
    lines = [
        LineDraft(
            line_id=line.public_id,
            process=process,
            material=Material.objects.get(code=material),
            finish=None,
            quantities=QUANTITIES,
            notes="",
        )
        for line in lines_of(request)
    ]
    header = Header(
        title=f"Test parts for {shop.organization.name}"[:140],
        currency="EUR",
        ship_to=buyer.company.address,
        need_by=timezone.localdate() + timedelta(days=60),
        deadline=timezone.now() + timedelta(days=14),
        notes="Asked by the test bot. It takes the first quote, pays and accepts.",
    )
    draft = Draft(header, lines, [shop.public_id])
    return save_rfq(actor=buyer, public_id=request.public_id, draft=draft)


def _upload(buyer: Actor, number: str) -> str:
    files = [part for part in demo_parts(settings.VAR_DIR / "demo-parts") if part.number == number]
    return upload_parts(buyer, files)[number]


def _agree(buyer: Actor, offer: CounterOffer) -> None:
    accept_counter(
        actor=buyer,
        side=Side.BUYER,
        quote_id=offer.quote.public_id,
        public_id=offer.public_id,
    )


def _award(buyer: Actor, quote: Quote) -> None:
    """Everything that was priced, in the largest quantity that was."""
    chosen = {
        line.rfq_line.public_id: max(price.quantity for price in line.prices.all())
        for line in quote.lines.filter(option=0).prefetch_related("prices")
        if line.prices.all()
    }
    accept_quote(
        actor=buyer,
        rfq_id=quote.rfq.public_id,
        quote_id=quote.public_id,
        chosen=chosen,
        seen=quote.seen,
        po_number=f"TEST-{quote.pk}",
    )


def _go_on(buyer: Actor, order: Order) -> None:
    number = order.public_id
    submitted = order.milestones.filter(kind__in=BY_HAND, state=MilestoneState.SUBMITTED)
    step_each(
        submitted,
        lambda row: approve_milestone(milestone=row.public_id, actor=buyer, public_id=number),
    )
    if order.state == OrderState.AWAITING_PAYMENT or _owes(order):
        pay_order(actor=buyer, public_id=number)
    if order.state == OrderState.FIRST_ARTICLE_REVIEW:
        approve_first_article(actor=buyer, public_id=number)
    elif order.state == OrderState.SHIPPED:
        confirm_delivery(actor=buyer, public_id=number)
    elif order.state == OrderState.DELIVERED:
        accept_order(actor=buyer, public_id=number)
    elif can_review(buyer, order):
        review_order(
            scores=dict.fromkeys(CRITERIA[Side.BUYER], 5),
            text="As ordered.",
            actor=buyer,
            public_id=number,
        )


def _owes(order: Order) -> bool:
    """Whether an instalment has fallen due."""
    due = order.payments.filter(state=PaymentState.DUE, due_at__isnull=False)
    return due.exists()


def _answer_proposals(buyer: Actor) -> int:
    of_buyer = {"order__buyer": buyer.organization}
    changes = ChangeOrder.objects.filter(
        state=ChangeState.OPEN, proposed_by=Side.MANUFACTURER, **of_buyer
    ).select_related("order")
    settlements = Settlement.objects.filter(
        state=ProposalState.OPEN, proposed_by=Side.MANUFACTURER, **of_buyer
    ).select_related("order")
    return step_each(
        changes,
        lambda row: accept_change(actor=buyer, public_id=row.order.public_id, change=row.public_id),
    ) + step_each(
        settlements,
        lambda row: accept_settlement(
            actor=buyer, public_id=row.order.public_id, settlement=row.public_id
        ),
    )
