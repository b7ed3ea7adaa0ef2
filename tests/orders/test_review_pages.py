"""Pages of reviews: the parties', everybody's, and the staff's queue."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.actions.reviews import report_review
from tests.orders.actions.test_reviews import by, reviewed
from tests.orders.scene import SCORES, make_order, write_review
from tests.personas import Persona


def test_the_form_asks_what_the_side_knows(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "accepted")
    path = f"/orders/{order.public_id}/reviews/"
    page = bea.client.get(path).content.decode()
    assert 'name="quality"' in page and 'name="paid_on_time"' not in page
    assert "Write the review" in bea.client.get(f"/orders/{order.public_id}/").content.decode()
    answer = bea.client.post(
        f"/orders/{order.public_id}/review/", {"quality": 4, "text": "Typed with care"}
    )
    assert answer.status_code == 422
    assert "Typed with care" in answer.content.decode()
    sent = bea.client.post(f"/orders/{order.public_id}/review/", SCORES["buyer"])
    assert (sent.status_code, sent.url) == (302, path)
    again = bea.client.post(f"/orders/{order.public_id}/review/", SCORES["buyer"])
    assert again.status_code == 409 and "has reviewed this order already" in again.content.decode()
    shop = f"/portal/orders/{order.public_id}/reviews/"
    assert 'name="paid_on_time"' in milo.client.get(shop).content.decode()


def test_the_second_review_says_that_both_are_published(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "accepted")
    first = bea.client.post(
        f"/orders/{order.public_id}/review/", SCORES["buyer"], follow=True
    ).content.decode()
    assert "Both reviews appear when both sides have written" in first
    second = milo.client.post(
        f"/portal/orders/{order.public_id}/review/", SCORES["manufacturer"], follow=True
    ).content.decode()
    assert "both reviews are published" in second
    assert "appear when both sides" not in second


def test_reviews_open_with_the_goods(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "shipped")
    page = bea.client.get(f"/orders/{order.public_id}/reviews/").content.decode()
    assert "Reviews open when the goods are accepted" in page
    refused = bea.client.post(f"/orders/{order.public_id}/review/", SCORES["buyer"])
    assert refused.status_code == 409


def test_an_answer_that_is_empty_keeps_its_place(bea: Persona, milo: Persona) -> None:
    order = reviewed(bea, milo)
    base = f"/portal/orders/{order.public_id}/reviews/{by(order, 'buyer').public_id}"
    assert milo.client.post(f"{base}/answer/", {"text": ""}).status_code == 422
    assert milo.client.post(f"{base}/answer/", {"text": "x" * 1001}).status_code == 422
    assert milo.client.post(f"{base}/report/", {"reason": ""}).status_code == 422
    assert milo.client.post(f"{base}/answer/", {"text": "Gladly again."}).status_code == 302
    assert "Gladly again." in bea.client.get(f"/orders/{order.public_id}/").content.decode()


def test_everybody_reads_what_buyers_wrote_and_no_names(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    order = reviewed(bea, milo)
    waiting = make_order(bea, milo, "accepted")
    write_review(bea, waiting.public_id, 1, "Not published")
    path = f"/manufacturers/{milo.manufacturer.slug}/reviews/"
    for client in (Client(), stefan.client):
        page = client.get(path).content.decode()
        assert "Good" in page and "Quality" in page
        for secret in ("Clear", "Not published", bea.organization.name, order.reference):
            assert secret not in page, secret
    public = Client().get(f"/manufacturers/{milo.manufacturer.slug}/").content.decode()
    assert path in public
    listed = Client().get(f"/api/v1/manufacturers/{milo.manufacturer.public_id}/reviews/")
    assert listed.status_code in (200, 401)
    assert Client().get("/manufacturers/nobody/reviews/").status_code == 404


def test_six_queries_for_any_number_of_reviews(bea: Persona, milo: Persona) -> None:
    path = f"/manufacturers/{milo.manufacturer.slug}/reviews/"
    client = Client()

    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            assert client.get(path).status_code == 200
        return len(done)

    reviewed(bea, milo)
    first = count()
    for _ in range(3):
        reviewed(bea, milo)
    assert count() == first == 6


def test_staff_decide_in_the_queue(bea: Persona, milo: Persona, sam: Persona) -> None:
    order = reviewed(bea, milo)
    report = report_review(
        actor=milo.actor,
        public_id=order.public_id,
        review_id=by(order, "buyer").public_id,
        reason="Untrue.",
    )
    assert "Reviews reported" in sam.client.get("/admin/").content.decode()
    page = f"/admin/orders/reviewreport/{report.pk}/"
    shown = sam.client.get(f"{page}change/").content.decode()
    assert "Hide the review" in shown and "Keep the review" in shown and "Good" in shown
    assert sam.client.post(f"{page}decide/uphold_report/", {"reason": ""}).status_code == 422
    done = sam.client.post(f"{page}decide/uphold_report/", {"reason": "It is untrue."})
    assert done.status_code == 302
    review = by(order, "buyer")
    assert (review.state, review.staff_word) == ("hidden", "It is untrue.")
    restored = f"/admin/orders/review/{review.pk}/decide/restore_review/"
    assert sam.client.post(restored, {"reason": "It is true."}).status_code == 302
    assert by(order, "buyer").state == "published"
