"""Who may answer or report a review."""

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.models import Order, Review
from orders.queries import side_of
from orders.review_states import ReviewState


def visible_reviews(side: str, order: Order) -> list[Review]:
    """What a side reads: its own, and the other's once both are published.

    A review that staff hid is in it for who wrote it.
    """
    return [
        review
        for review in order.reviews.all()
        if side == Side.STAFF or review.side == side or review.state == ReviewState.PUBLISHED
    ]


def check_party(actor: Actor, order: Order) -> str:
    """The side of a member who may speak for it about an order. Raises NotFound, NotAllowed."""
    side = side_of(actor, order)
    if side not in (Side.BUYER, Side.MANUFACTURER):
        raise NotAllowed("Only the two parties of an order answer or report its reviews.")
    actor.check(_needed(side))
    return side


def check_can_answer(actor: Actor, order: Order, review: Review) -> str:
    """The side that answers: the one reviewed, once, while the review is published.

    Raises NotFound for a review it cannot read yet, NotAllowed, WrongState or Conflict.
    """
    side = check_party(actor, order)
    if review.side == side:
        raise NotAllowed("The side that was reviewed answers. This review is your own.")
    if review.state == ReviewState.WAITING:
        raise NotFound()
    if review.state == ReviewState.HIDDEN:
        raise WrongState("Our staff hid this review, so it takes no answer.")
    if review.answer:
        raise Conflict("Your organization has answered this review already.")
    return side


def can_answer(actor: Actor, side: str, review: Review) -> bool:
    """The same rule for the form."""
    return (
        side in (Side.BUYER, Side.MANUFACTURER)
        and review.side != side
        and review.state == ReviewState.PUBLISHED
        and not review.answer
        and actor.may(_needed(side))
    )


def check_can_report(actor: Actor, order: Order, review: Review) -> str:
    """Either party, about a review that is published; who wrote it, about the answer to it.

    Raises as `check_can_answer` does.
    """
    side = check_party(actor, order)
    if review.state == ReviewState.WAITING:
        if review.side != side:
            raise NotFound()
        raise WrongState("This review is not published yet, so there is nothing to report.")
    if review.state == ReviewState.HIDDEN:
        raise WrongState("Our staff hid this review already.")
    if review.side == side and not review.answer:
        raise NotAllowed(
            "This review is your own. You can report the answer to it, once there is one."
        )
    return side


def can_report(actor: Actor, side: str, review: Review) -> bool:
    """The same rule for the form; an open report of one's own is for the caller to know."""
    return (
        side in (Side.BUYER, Side.MANUFACTURER)
        and review.state == ReviewState.PUBLISHED
        and (review.side != side or bool(review.answer))
        and actor.may(_needed(side))
    )


def _needed(side: str) -> str:
    return Permission.RECEIVE if side == Side.BUYER else Permission.PRODUCE
