"""A comparison by link: frozen, without names, over when it ends, and only the buyer's to give."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.tokens import digest_of
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from quotes.actions.shares import (
    MOST_LIVE,
    OVER,
    Look,
    open_share,
    revoke_share,
    share_comparison,
)
from quotes.models import ComparisonShare, Quote
from quotes.share_links import address_of, derive_secret
from quotes.share_snapshot import KEPT_BACK, letters
from tests.api.scene import Api, facts_since, last_event
from tests.personas import Persona, make_member
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def priced(bea: Persona, milo: Persona, rita: Persona) -> Request:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    submitted(request, rita, "10")
    Quote.objects.filter(pk=quote.pk).update(exceptions="Milo Machining does not deburr")
    return request


def shared(bea: Persona, request: Request, **fields: object) -> ComparisonShare:
    values = {"look": Look({request.line.pk: 10}), "days": 7, **fields}
    return share_comparison(actor=bea.actor, public_id=request.id, **values)  # type: ignore[arg-type]


def test_a_link_shows_the_comparison_without_an_account_and_without_names(
    bea: Persona, priced: Request
) -> None:
    last = last_event()
    share = shared(bea, priced, note=" For   the board ")
    assert facts_since(last) == ["comparison_shared"]
    assert share.note == "For the board"
    secret = derive_secret(share)
    assert share.token_hash == digest_of(secret)
    assert secret not in json.dumps(share.snapshot)
    answer = Client().get(f"/shared/{secret}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Cache-Control"] == "no-store"
    for shown in ("Shop A", "Shop B", "€115.00", "Bea Robotics", priced.rfq.reference, KEPT_BACK):
        assert shown in page
    for hidden in ("Milo", "Rita", "deburr", "For the board", ">Q-", " Q-", "quo_", "mfr_"):
        assert hidden not in page


def test_names_are_shown_when_the_buyer_says_so(bea: Persona, priced: Request) -> None:
    share = shared(bea, priced, with_names=True)
    page = Client().get(f"/shared/{derive_secret(share)}/").content.decode()
    for shown in ("Milo Machining", "Rita Rapid Parts", "does not deburr"):
        assert shown in page


def test_it_is_frozen(bea: Persona, rita: Persona, priced: Request) -> None:
    share = shared(bea, priced)
    Quote.objects.filter(manufacturer=rita.manufacturer).update(freight_minor=99_999)
    path = f"/shared/{derive_secret(share)}/"
    assert "€115.00" in Client().get(path).content.decode()


def test_openings_from_outside_are_counted_and_the_buyers_are_not(
    bea: Persona, priced: Request
) -> None:
    share = shared(bea, priced)
    path = f"/shared/{derive_secret(share)}/"
    assert bea.client.get(path).status_code == 200
    Client().head(path)
    share.refresh_from_db()
    assert (share.opened_count, share.opened_at) == (0, None)
    Client().get(path)
    Client().get(path)
    share.refresh_from_db()
    assert share.opened_count == 2
    assert share.opened_at is not None
    page = bea.client.get(f"/rfqs/{priced.id}/compare/shares/").content.decode()
    assert "2 times" in page
    assert address_of(share) in page


def test_forged_expired_and_revoked_links_are_alike(bea: Persona, priced: Request) -> None:
    expired, revoked = shared(bea, priced), shared(bea, priced)
    ComparisonShare.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    revoke_share(actor=bea.actor, public_id=priced.id, share_id=revoked.public_id)
    pages = []
    for secret in ("forged", derive_secret(expired), derive_secret(revoked), "x" * 300, "²"):
        answer = Client().get(f"/shared/{secret}/")
        assert answer.status_code == 404
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert OVER in answer.content.decode()
        pages.append(answer.content.decode().count("<"))
    assert len(set(pages)) == 1
    with pytest.raises(NotFound):
        open_share(actor=bea.actor, secret=derive_secret(expired))


def test_ending_twice_is_once(bea: Persona, priced: Request) -> None:
    share = shared(bea, priced)
    last = last_event()
    for _ in range(2):
        revoke_share(actor=bea.actor, public_id=priced.id, share_id=share.public_id)
    assert facts_since(last) == ["share_revoked"]
    page = bea.client.get(f"/rfqs/{priced.id}/compare/shares/").content.decode()
    assert "opens nothing any more" in page
    assert derive_secret(share) not in page


def test_only_members_who_award_share_and_end(
    bea: Persona, milo: Persona, stefan: Persona, priced: Request
) -> None:
    share = shared(bea, priced)
    viewer = make_member(bea, "Vera", "viewer")
    last = last_event()
    for person, refusal in ((milo, NotFound), (stefan, NotFound), (viewer, NotAllowed)):
        with pytest.raises(refusal):
            shared(person, priced)
        with pytest.raises(refusal):
            revoke_share(actor=person.actor, public_id=priced.id, share_id=share.public_id)
    with pytest.raises(NotFound):
        revoke_share(actor=bea.actor, public_id=priced.id, share_id="shr_none")
    assert facts_since(last) == []
    assert ComparisonShare.objects.count() == 1
    page = viewer.client.get(f"/rfqs/{priced.id}/compare/shares/").content.decode()
    assert derive_secret(share) not in page


def test_nothing_sealed_and_nothing_empty_is_shared(bea: Persona, milo: Persona) -> None:
    sealed = open_rfq(bea, milo, is_sealed=True)
    submitted(sealed, milo)
    for request in (sealed, open_rfq(bea, milo)):
        with pytest.raises(DomainError, match="no quote to share"):
            shared(bea, request)
        page = bea.client.get(f"/rfqs/{request.id}/compare/shares/").content.decode()
        assert "no quote to share" in page


@pytest.mark.parametrize("days", [0, 31, -1, 10**12])
def test_one_to_thirty_days(bea: Persona, priced: Request, days: int) -> None:
    with pytest.raises(DomainError, match="1 to 30"):
        shared(bea, priced, days=days)
    data = {"days": days, "note": "kept typed"}
    answer = bea.client.post(f"/rfqs/{priced.id}/compare/shares/", data)
    assert answer.status_code == 422
    assert b"kept typed" in answer.content
    assert Api(bea).post(f"/rfqs/{priced.id}/shares/", {"days": days}).status_code == 422


def test_there_is_a_most_of_live_links(bea: Persona, priced: Request) -> None:
    first = shared(bea, priced)
    for number in range(MOST_LIVE - 1):
        first.pk, first.public_id, first.token_hash = None, f"shr_{number}", f"{number}"
        first.save(force_insert=True)
    with pytest.raises(DomainError, match="At most"):
        shared(bea, priced)
    ComparisonShare.objects.filter(public_id="shr_1").update(
        expires_at=timezone.now() - timedelta(days=1)
    )
    assert shared(bea, priced).is_live


def test_the_form_shares_what_the_address_looks_at(
    bea: Persona, milo: Persona, priced: Request
) -> None:
    own = Quote.objects.get(manufacturer=milo.manufacturer).public_id
    line = priced.line.public_id
    query = f"?strategy=manual&q_{line}=100&p_{line}={own}:0:100"
    page = bea.client.get(f"/rfqs/{priced.id}/compare/{query}").content.decode()
    assert f'formaction="/rfqs/{priced.id}/compare/shares/"' in page
    assert f'name="p_{line}" value="{own}:0:100" checked' in " ".join(page.split())
    assert f'name="was_{line}" value="100"' in " ".join(page.split())
    answer = bea.client.post(f"/rfqs/{priced.id}/compare/shares/{query}", {"days": 3})
    assert answer.status_code == 302
    share = ComparisonShare.objects.get()
    plan = next(plan for plan in share.snapshot["plans"] if plan["is_current"])
    assert (plan["label"], plan["total"], plan["shops"]) == (
        "Your own choice",
        "€640.00",
        ["Shop A"],
    )


def test_programs_share_list_and_end(bea: Persona, stefan: Persona, priced: Request) -> None:
    api, line = Api(bea), priced.line.public_id
    body = {"days": 2, "strategy": "single", "quantities": [f"{line}:100"]}
    made = api.post(f"/rfqs/{priced.id}/shares/", body)
    assert made.status_code == 201
    share = ComparisonShare.objects.get()
    assert made.json()["url"] == address_of(share)
    assert "€515.00" in Client().get(f"/shared/{derive_secret(share)}/").content.decode()
    [row] = api.get(f"/rfqs/{priced.id}/shares/").json()["results"]
    assert (row["id"], row["is_live"], row["opened_count"]) == (share.public_id, True, 1)
    ended = api.post(f"/rfqs/{priced.id}/shares/{share.public_id}/revoke/").json()
    assert (ended["is_live"], ended["url"]) == (False, "")
    assert Api(stefan).get(f"/rfqs/{priced.id}/shares/").status_code == 404
    for wrong in ({"quantities": ["x"]}, {"picks": ["x"]}, {"strategy": "x"}, {"days": "x"}):
        assert api.post(f"/rfqs/{priced.id}/shares/", wrong).status_code == 422


def test_a_key_that_went_leaves_no_address(bea: Persona, priced: Request, settings: object) -> None:
    share = shared(bea, priced)
    old = settings.SECRET_KEY  # type: ignore[attr-defined]
    address = address_of(share)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 40, [old]  # type: ignore[attr-defined]
    assert address_of(share) == address
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert address_of(share) == ""


def test_letters_go_on_after_z() -> None:
    assert [letters(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]
