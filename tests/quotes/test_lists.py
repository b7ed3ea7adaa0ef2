"""Lists of requests: every filter in the address, any order in pages, nobody else's rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.saved_views import MOST, delete_view, save_view
from accounts.models import SavedView
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.models import Event
from quotes.actions.quote import withdraw_quote
from quotes.lists import SORTS, ListFilter, invitation_page, rfq_page
from quotes.models import RFQ, Quote
from quotes.states import InvitationState, RFQState
from tests.api.scene import Api
from tests.personas import Persona
from tests.quotes.scene import draft_rfq, open_rfq, submitted


def chosen(**given: str) -> ListFilter:
    found: ListFilter = ListFilter.read(given, RFQState)
    return found


def titles(bea: Persona, **given: str) -> list[str]:
    return [rfq.title for rfq in rfq_page(bea.actor, chosen(**given), "")]


def test_filters_narrow_and_strangers_see_their_own_only(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    asked = open_rfq(bea, milo)
    draft = draft_rfq(bea)
    RFQ.objects.filter(pk=draft.rfq.pk).update(title="Gears")
    assert titles(bea) == ["Gears", "Brackets"]
    assert titles(bea, state="open") == ["Brackets"]
    assert titles(bea, due="soon") == ["Brackets"]
    assert titles(bea, due="over") == []
    assert titles(bea, process="cnc_milling") == ["Brackets"]
    assert titles(bea, text=asked.line.part_revision.part.number.lower()) == ["Brackets"]
    assert titles(bea, text=asked.rfq.reference) == ["Brackets"]
    assert titles(bea, mine="1") == ["Gears", "Brackets"]
    assert titles(stefan) == []
    seen = ListFilter.read({"text": bea.organization.name}, InvitationState)
    assert len(invitation_page(milo.actor, seen, "")) == 1
    assert len(invitation_page(stefan.actor, ListFilter(), "")) == 0


def test_what_means_nothing_is_left_out() -> None:
    read = chosen(state="'; drop", due="never", sort="price", mine="yes", text=" a\x00  b ")
    assert read == ListFilter(text="a b")
    assert not ListFilter(sort="title").is_narrow


@pytest.mark.parametrize("sort", ["", *SORTS])
def test_every_order_pages_without_gap_or_repeat(
    bea: Persona, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.core.pages.PAGE_SIZE", 25)
    made = [draft_rfq(bea).rfq.pk for _ in range(28)]
    RFQ.objects.filter(pk__in=made[:20]).update(title="Same")
    found: list[int] = []
    after = ""
    for _ in range(5):
        page = rfq_page(bea.actor, chosen(sort=sort), after)
        found += [rfq.pk for rfq in page]
        after = page.next_after
        if not after:
            break
    assert sorted(found) == sorted(made)
    assert len(found) == 28
    # A cursor nobody made shows the first page.
    assert len(rfq_page(bea.actor, chosen(sort=sort), "x~y")) == 25
    assert len(rfq_page(bea.actor, chosen(sort=sort), "5~no date")) <= 25


def test_a_page_costs_the_same_with_many_rows(bea: Persona) -> None:
    actor = bea.actor

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            list(rfq_page(actor, chosen(text="b", sort="deadline"), ""))
        return len(caught)

    draft_rfq(bea)
    one = queries()
    for _ in range(4):
        draft_rfq(bea)
    assert queries() == one == 1


def test_a_view_is_saved_replaced_and_deleted_by_its_owner(bea: Persona, stefan: Persona) -> None:
    save_view(actor=bea.actor, page="rfqs", name=" Mine ", query="mine=1")
    view = save_view(actor=bea.actor, page="rfqs", name="Mine", query="mine=1&state=open")
    assert SavedView.objects.get().query == "mine=1&state=open"
    with pytest.raises(NotFound):
        delete_view(actor=stefan.actor, public_id=view.public_id)
    with pytest.raises(DomainError):
        save_view(actor=bea.actor, page="rfqs", name="  ", query="")
    delete_view(actor=bea.actor, public_id=view.public_id)
    assert not SavedView.objects.exists()
    kinds = Event.objects.filter(subject=view.public_id).order_by("pk")
    assert list(kinds.values_list("type", flat=True)) == ["view_saved"] * 2 + ["view_deleted"]
    for number in range(MOST):
        save_view(actor=bea.actor, page="rfqs", name=f"View {number}", query="")
    with pytest.raises(DomainError, match="Delete one first"):
        save_view(actor=bea.actor, page="rfqs", name="One more", query="")


def test_the_list_page_offers_what_was_saved(bea: Persona) -> None:
    draft_rfq(bea)
    sent = {"page": "rfqs", "name": "Due", "query": "due=soon&after=7"}
    assert bea.client.post("/views/", sent)["Location"] == "/rfqs/?due=soon"
    page = bea.client.get("/rfqs/?due=soon").content.decode()
    assert "/rfqs/?due=soon" in page
    assert "No request like this" in page
    assert bea.client.post("/views/", {**sent, "page": "admin:index"}).status_code == 404


def test_only_quotes_that_stand_are_counted(bea: Persona, milo: Persona, rita: Persona) -> None:
    request = open_rfq(bea, milo, rita)
    gone, kept = submitted(request, milo), submitted(request, rita)

    def counts() -> tuple[int, int]:
        page = bea.client.get("/rfqs/").content.decode()
        told = Api(bea).get("/rfqs/").json()["results"][0]["quote_count"]
        return int(page.split('data-label="Quotes">')[1].split("<")[0]), told

    assert counts() == (2, 2)
    withdraw_quote(actor=milo.actor, public_id=gone.public_id)
    assert counts() == (1, 1)
    RFQ.objects.update(state="closed")
    assert "Compare 1 quote<" in bea.client.get("/home/").content.decode()
    Quote.objects.filter(pk=kept.pk).update(state="expired")
    assert counts() == (0, 0)
    assert "Compare 1 quote<" not in bea.client.get("/home/").content.decode()
