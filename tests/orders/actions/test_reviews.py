"""Both sides review by criteria; neither reads the other's first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions.review_moderation import (
    dismiss_report,
    hide_review,
    restore_review,
    uphold_report,
)
from orders.actions.reviews import (
    answer_review,
    publish_lonely_reviews,
    report_review,
    review_order,
)
from orders.models import Order, Review
from orders.review_criteria import overall
from orders.views.shared import order_context
from tests.orders.scene import SCORES, make_order, write_review
from tests.personas import Persona, make_member


def reviewed(bea: Persona, milo: Persona, stars: int = 4) -> Order:
    order = make_order(bea, milo, "accepted")
    write_review(bea, order.public_id, stars, "Good")
    write_review(milo, order.public_id, 5, "Clear")
    return order


def by(order: Order, side: str) -> Review:
    return order.reviews.get(side=side)


def rating_of(milo: Persona) -> tuple[int, int]:
    shop = type(milo.manufacturer).objects.get(pk=milo.manufacturer.pk)
    return shop.rating_sum, shop.rating_count


def facts_after(pk: int) -> list[str]:
    return list(Event.objects.filter(pk__gt=pk).order_by("pk").values_list("type", flat=True))


def last_fact() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True)[0]


def test_the_second_review_publishes_both_and_counts_the_manufacturers(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "accepted")
    write_review(bea, order.public_id, 4, "Good")
    assert not Review.objects.filter(published_at__isnull=False).exists()
    assert order_context(milo.actor, order)["reviews"] == []
    write_review(milo, order.public_id, 5)
    assert Review.objects.filter(published_at__isnull=False, state="published").count() == 2
    assert rating_of(milo) == (4, 1)
    assert Event.objects.filter(type="reviews_published").count() == 1
    card = milo.manufacturer.scorecard
    assert (card.criteria_count, card.quality_sum, card.communication_sum) == (1, 4, 4)


def test_one_review_a_side(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "closed")
    write_review(bea, order.public_id, 4)
    with pytest.raises(Conflict):
        write_review(bea, order.public_id, 1)
    assert Review.objects.get().rating == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quality": 0}, "quality"),
        ({"on_time": 6}, "on_time"),
        ({"communication": None}, "communication"),
        ({"paid_on_time": 5}, "paid_on_time"),
        ({"rating": 5}, "rating"),
    ],
)
def test_each_criterion_of_the_own_side_from_one_to_five(
    bea: Persona, milo: Persona, change: dict[str, Any], field: str
) -> None:
    order = make_order(bea, milo, "accepted")
    scores = {**SCORES["buyer"], **change}
    with pytest.raises(DomainError, match="quality, on time, communication") as caught:
        review_order(actor=bea.actor, public_id=order.public_id, scores=scores)
    assert list(caught.value.fields) == [field]
    assert not Review.objects.exists()


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_the_overall_is_the_mean_rounded_half_up(stars: list[int]) -> None:
    found = overall(dict(enumerate(stars)))  # type: ignore[arg-type]
    mean = sum(stars) / len(stars)
    assert min(stars) <= found <= max(stars)
    assert mean - 0.5 < found <= mean + 0.5


def test_not_before_acceptance_and_not_by_strangers(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    order = make_order(bea, milo, "delivered")
    with pytest.raises(DomainError, match="when the goods are accepted"):
        write_review(bea, order.public_id, 5)
    with pytest.raises(NotFound):
        write_review(stefan, order.public_id, 5)


def test_a_lonely_review_appears_when_the_window_closed(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "closed")
    review = write_review(bea, order.public_id, 3)
    assert publish_lonely_reviews() == 0
    Review.objects.update(created_at=timezone.now() - timedelta(days=15))
    assert publish_lonely_reviews() == 1
    assert publish_lonely_reviews() == 0
    review.refresh_from_db()
    assert review.published_at is not None
    assert rating_of(milo) == (3, 1)


def test_the_side_reviewed_answers_once(
    bea: Persona, milo: Persona, stefan: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    order = reviewed(bea, milo)
    work()
    mailoutbox.clear()
    key = {"public_id": order.public_id, "review_id": by(order, "buyer").public_id}
    with pytest.raises(NotFound):
        answer_review(actor=stefan.actor, text="Hm", **key)
    with pytest.raises(NotAllowed, match="your own"):
        answer_review(actor=bea.actor, text="Hm", **key)
    viewer = make_member(milo, "Vic", "viewer")
    with pytest.raises(NotAllowed):
        answer_review(actor=viewer.actor, text="Hm", **key)
    with pytest.raises(DomainError, match="Write the answer"):
        answer_review(actor=milo.actor, text="  ", **key)
    before = last_fact()
    answer_review(actor=milo.actor, text="Thank you.", **key)
    assert facts_after(before) == ["review_answered"]
    with pytest.raises(Conflict):
        answer_review(actor=milo.actor, text="Again.", **key)
    assert by(order, "buyer").answer == "Thank you."
    work()
    assert [letter.to for letter in mailoutbox] == [[bea.user.email]]
    assert "answered your review" in mailoutbox[0].subject


def test_no_answer_before_publication(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "accepted")
    review = write_review(bea, order.public_id, 2)
    key = {"public_id": order.public_id, "review_id": review.public_id}
    with pytest.raises(NotFound):
        answer_review(actor=milo.actor, text="How so?", **key)
    with pytest.raises(NotFound):
        report_review(actor=milo.actor, reason="How so?", **key)
    with pytest.raises(WrongState):
        report_review(actor=bea.actor, reason="Mine.", **key)


def test_a_report_is_seen_by_its_side_and_staff_alone(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    order = reviewed(bea, milo)
    key = {"public_id": order.public_id, "review_id": by(order, "buyer").public_id}
    with pytest.raises(NotFound):
        report_review(actor=stefan.actor, reason="Untrue.", **key)
    with pytest.raises(DomainError, match="what is wrong"):
        report_review(actor=milo.actor, reason=" ", **key)
    before = last_fact()
    report_review(actor=milo.actor, reason="It names our\nemployee.", **key)
    assert facts_after(before) == ["review_reported"]
    with pytest.raises(Conflict):
        report_review(actor=milo.actor, reason="Again.", **key)
    with pytest.raises(NotAllowed, match="your own"):
        report_review(actor=bea.actor, reason="Mine.", **key)
    answer_review(actor=milo.actor, text="You cannot measure.", **key)
    report_review(actor=bea.actor, reason="The answer insults.", **key)
    event = Event.objects.get(type="review_reported", data__reason="It names our employee.")
    assert [s.organization for s in event.sightings.all()] == [milo.organization.public_id]
    page = milo.client.get(f"/portal/orders/{order.public_id}/reviews/").content.decode()
    assert "You reported this review" in page
    assert "names our" not in bea.client.get(f"/orders/{order.public_id}/").content.decode()


def test_hiding_takes_it_off_every_page_and_out_of_the_rating(
    bea: Persona,
    milo: Persona,
    sam: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    order = reviewed(bea, milo, stars=1)
    second = make_order(bea, milo, "accepted")
    write_review(bea, second.public_id, 4, "Fine")
    write_review(milo, second.public_id, 4)
    assert rating_of(milo) == (5, 2)
    review = by(order, "buyer")
    report = report_review(
        actor=milo.actor,
        public_id=order.public_id,
        review_id=review.public_id,
        reason="It is about another company.",
    )
    work()
    mailoutbox.clear()
    staff = Actor.staff(sam.user, "review")
    for act in (hide_review, uphold_report):
        with pytest.raises(NotAllowed):
            act(actor=bea.actor, public_id=review.public_id, reason="I want so")
    with pytest.raises(DomainError, match="Say why"):
        hide_review(actor=staff, public_id=review.public_id, reason=" ")
    with pytest.raises(NotFound):
        uphold_report(actor=staff, public_id="rrp_none", reason="Right")
    uphold_report(actor=staff, public_id=report.public_id, reason="It is about another company.")
    report.refresh_from_db()
    assert (report.state, rating_of(milo)) == ("upheld", (4, 1))
    with pytest.raises(WrongState):
        hide_review(actor=staff, public_id=review.public_id, reason="Twice")
    with pytest.raises(WrongState):
        answer_review(
            actor=milo.actor,
            public_id=order.public_id,
            review_id=review.public_id,
            text="So there.",
        )
    work()
    assert sorted(letter.to[0] for letter in mailoutbox) == [bea.user.email, milo.user.email]
    assert (
        "Good" not in milo.client.get(f"/portal/orders/{order.public_id}/reviews/").content.decode()
    )
    own = bea.client.get(f"/orders/{order.public_id}/reviews/").content.decode()
    assert "hidden by our staff" in own and "about another company" in own
    restore_review(actor=staff, public_id=review.public_id, reason="It was about the right one.")
    assert rating_of(milo) == (5, 2)
    assert Event.objects.filter(type__in=["review_hidden", "review_restored"]).count() == 2


def test_a_dismissed_report_tells_who_reported(
    bea: Persona,
    milo: Persona,
    sam: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    order = reviewed(bea, milo)
    report = report_review(
        actor=bea.actor,
        public_id=order.public_id,
        review_id=by(order, "manufacturer").public_id,
        reason="Not nice.",
    )
    work()
    mailoutbox.clear()
    staff = Actor.staff(sam.user, "review")
    dismiss_report(actor=staff, public_id=report.public_id, reason="An opinion, and polite.")
    with pytest.raises(WrongState):
        dismiss_report(actor=staff, public_id=report.public_id, reason="Again.")
    work()
    assert [letter.to for letter in mailoutbox] == [[bea.user.email]]
    assert by(order, "manufacturer").state == "published"
