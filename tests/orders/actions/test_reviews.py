"""Both sides review; neither reads the other's first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.models import Event
from orders.actions.reviews import publish_lonely_reviews, review_order
from orders.models import Review
from orders.views.shared import order_context
from tests.orders.scene import make_order
from tests.personas import Persona


def test_the_second_review_publishes_both_and_counts_the_manufacturers(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "accepted")
    review_order(actor=bea.actor, public_id=order.public_id, rating=4, text="Good")
    assert not Review.objects.filter(published_at__isnull=False).exists()
    assert order_context(milo.actor, order)["reviews"] == []
    review_order(actor=milo.actor, public_id=order.public_id, rating=5)
    assert Review.objects.filter(published_at__isnull=False).count() == 2
    milo.manufacturer.refresh_from_db()
    assert milo.organization.manufacturer.rating == 4.0
    assert Event.objects.filter(type="reviews_published").count() == 1


def test_one_review_a_side(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "closed")
    review_order(actor=bea.actor, public_id=order.public_id, rating=4)
    with pytest.raises(Conflict):
        review_order(actor=bea.actor, public_id=order.public_id, rating=1)
    assert Review.objects.get().rating == 4


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_one_to_five_stars(bea: Persona, milo: Persona, rating: int) -> None:
    order = make_order(bea, milo, "accepted")
    with pytest.raises(DomainError, match="one to five"):
        review_order(actor=bea.actor, public_id=order.public_id, rating=rating)
    assert not Review.objects.exists()


def test_not_before_acceptance_and_not_by_strangers(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    order = make_order(bea, milo, "delivered")
    with pytest.raises(DomainError, match="when the goods are accepted"):
        review_order(actor=bea.actor, public_id=order.public_id, rating=5)
    with pytest.raises(NotFound):
        review_order(actor=stefan.actor, public_id=order.public_id, rating=5)


def test_a_lonely_review_appears_when_the_window_closed(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "closed")
    review = review_order(actor=bea.actor, public_id=order.public_id, rating=3)
    assert publish_lonely_reviews() == 0
    Review.objects.update(created_at=timezone.now() - timedelta(days=15))
    assert publish_lonely_reviews() == 1
    review.refresh_from_db()
    assert review.published_at is not None
