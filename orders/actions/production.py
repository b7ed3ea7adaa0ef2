"""The manufacturer makes the parts and says so."""

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import Fact, record
from marketplace.core.states import check_move, move
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.milestones import pass_milestones, reschedule
from orders.first_articles import check_first_article_approved
from orders.models import Milestone, Order, ProductionReport
from orders.queries import lock_order
from orders.rules import REPORT, check_can
from orders.states import ORDER

# Moves that need nothing but the click: verb -> the fact it records.
PLAIN_MOVES: dict[str, Fact] = {
    "confirm_order": events.ORDER_CONFIRMED,
    "start_production": events.PRODUCTION_STARTED,
    "finish_production": events.PRODUCTION_FINISHED,
    "fail_quality_check": events.QUALITY_CHECK_FAILED,
    "pass_quality_check": events.QUALITY_CHECK_PASSED,
}


@transaction.atomic
def advance_order(*, actor: Actor, public_id: str, verb: str) -> Order:
    """One of PLAIN_MOVES. Raises DomainError for any other verb, WrongState out of turn."""
    if verb not in PLAIN_MOVES:
        raise DomainError("This step needs a form of its own.")
    order = lock_order(public_id)
    side = check_can(verb, actor, order)
    check_move(order, ORDER, verb, by=side)
    if verb == "finish_production":
        check_first_article_approved(order)
    move(order, ORDER, verb, by=side)
    if verb == "confirm_order":
        reschedule(order)
        pass_milestones(actor=actor, order=order, kinds=[Milestone.Kind.DEPOSIT])
    record(PLAIN_MOVES[verb], order, actor=actor, visible_to=order.parties)
    return order


@transaction.atomic
def report_production(
    *, actor: Actor, public_id: str, note: str, photo: StoredFile | None = None
) -> ProductionReport:
    """Say how far the parts are, with a photo where there is one."""
    order = lock_order(public_id)
    REPORT.check(actor, order)
    if not note.strip():
        raise DomainError("Write a sentence on how it goes.", fields={"note": "Write a sentence."})
    report = ProductionReport.objects.create(
        order=order, note=note.strip(), photo=photo, author=actor.user
    )
    record(
        events.PRODUCTION_REPORTED,
        report,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        note=note.strip()[:200],
        photo=photo is not None,
    )
    return report
