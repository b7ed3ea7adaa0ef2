"""Questions and answers for programs."""

import pytest

from tests.api.scene import Api
from tests.personas import Persona
from tests.quotes.scene import open_rfq


@pytest.mark.django_db
def test_a_question_goes_there_and_back(bea: Persona, milo: Persona, rita: Persona) -> None:
    request = open_rfq(bea, milo, rita)
    shop, buyer, rival = Api(milo), Api(bea), Api(rita)
    asked = shop.post(
        f"/requests/{request.id}/messages/",
        {"text": "Thread?", "line": request.line.public_id, "point_mm": [1, 2.5, -3]},
    )
    assert asked.status_code == 201 and asked.json()["from_manufacturer"] is True
    (thread,) = buyer.get(f"/rfqs/{request.id}/threads/").json()["results"]
    assert (thread["manufacturer"], thread["unread_count"]) == ("Milo Machining", 1)
    path = f"/rfqs/{request.id}/threads/{thread['id']}/messages/"
    assert buyer.post(path, {"text": "M6."}).status_code == 201
    texts = [m["text"] for m in shop.get(f"/requests/{request.id}/messages/").json()["results"]]
    assert texts == ["M6.", "Thread?"]
    answer = {"message": asked.json()["id"], "question": "Thread?", "answer": "M6."}
    assert buyer.post(f"/rfqs/{request.id}/answers/", answer).status_code == 201
    assert buyer.post(f"/rfqs/{request.id}/answers/", answer).status_code == 409
    assert rival.get(f"/requests/{request.id}/messages/").json()["results"] == []
    body = rival.get(f"/requests/{request.id}/answers/").content.decode()
    assert "M6." in body and "Milo" not in body and asked.json()["id"] not in body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": 7 * ["x"]},
        {"text": "?", "point_mm": [1, 2]},
        {"text": "?", "point_mm": ["a", 1, 2]},
    ],
)
def test_what_cannot_be_is_refused(bea: Persona, milo: Persona, body: dict[str, object]) -> None:
    request = open_rfq(bea, milo)
    assert Api(milo).post(f"/requests/{request.id}/messages/", body).status_code == 422
