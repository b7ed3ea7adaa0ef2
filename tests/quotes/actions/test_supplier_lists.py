"""A request goes to a whole supplier list: ticked in the builder, invited once published."""

import pytest

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.directory.actions.verification import suspend_manufacturer
from marketplace.directory.models import Process
from orders.queries import orders_in_hand
from quotes.actions import publication
from quotes.actions.invitations import invite_list, revoke_invitation
from quotes.actions.rfq import add_invitations
from quotes.queries import lines_of
from quotes.queries.matching import matches_for
from tests.api.scene import Api
from tests.directory.test_supplier_lists import start
from tests.orders.scene import make_order
from tests.personas import Persona, make_buyer, make_member, make_shop, make_staff_actor
from tests.quotes.scene import Request, draft_rfq, open_rfq


def suspend(shop: Persona) -> None:
    suspend_manufacturer(
        actor=make_staff_actor(), public_id=shop.manufacturer.public_id, reason="Papers."
    )


def invited(request: Request) -> set[str]:
    rows = request.rfq.invitations.select_related("manufacturer__organization")
    return {row.manufacturer.organization.name for row in rows}


def ask(who: Persona, request: Request, chosen: str) -> list:
    return invite_list(actor=who.actor, public_id=request.id, list_id=chosen)


def test_everybody_who_can_be_asked_is_asked_once(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    sven, nora = make_shop("Sven", "Spare Parts"), make_shop("Nora", "Nora Works")
    request = open_rfq(bea, milo, rita)
    ended = request.rfq.invitations.get(manufacturer=rita.manufacturer)
    revoke_invitation(
        actor=bea.actor, public_id=request.id, invitation_id=ended.public_id, reason="No."
    )
    chosen = start(bea, milo, rita, sven, nora).public_id
    suspend(nora)
    told = Event.objects.filter(type="manufacturer_invited").count()
    assert [i.manufacturer for i in ask(bea, request, chosen)] == [sven.manufacturer]
    assert ask(bea, request, chosen) == []
    assert Event.objects.filter(type="manufacturer_invited").count() == told + 1
    assert invited(request) == {"Milo Machining", "Rita Rapid Parts", "Spare Parts"}
    ended.refresh_from_db()
    assert ended.state == "revoked"


def test_who_may_not_ask_changes_nothing(bea: Persona, milo: Persona, rita: Persona) -> None:
    request, chosen = open_rfq(bea, milo), start(bea, rita).public_id
    stefan = make_buyer("Stefan", "Stranger Systems")
    foreign = start(stefan, rita).public_id
    vera = make_member(bea, "Vera", "viewer")
    for who, row, error in (
        (stefan, foreign, NotFound),
        (rita, chosen, NotFound),
        (bea, foreign, NotFound),
        (bea, "sup_none", NotFound),
        (vera, chosen, NotAllowed),
    ):
        with pytest.raises(error):
            ask(who, request, row)
    publication.close_rfq(actor=bea.actor, public_id=request.id)
    with pytest.raises(DomainError, match="not open"):
        ask(bea, request, chosen)
    assert invited(request) == {"Milo Machining"}


def test_a_list_without_anybody_to_ask_is_said(bea: Persona, milo: Persona, rita: Persona) -> None:
    request, made = open_rfq(bea, milo), start(bea, rita)
    suspend(rita)
    page = bea.client.post(f"/rfqs/{request.id}/invite-list/", {"list": made.public_id})
    assert page.status_code == 422
    assert "Nobody on the list Turned parts can be asked now." in page.content.decode()


def test_on_the_requests_page_and_over_the_api(bea: Persona, milo: Persona, rita: Persona) -> None:
    request, made = open_rfq(bea, milo), start(bea, milo, rita)
    path, page = f"/rfqs/{request.id}/invite-list/", f"/rfqs/{request.id}/"
    assert "Ask a whole list" in bea.client.get(page).content.decode()
    for sentence in ("1 manufacturer invited.", "who can be asked was asked before."):
        shown = bea.client.post(path, {"list": made.public_id}, follow=True).content.decode()
        assert sentence in shown
    assert bea.client.post(path, {"list": "\x00"}).status_code == 404
    api = Api(bea)
    answer = api.post(f"/rfqs/{request.id}/invite-list/", {"list": made.public_id})
    assert answer.status_code == 200 and len(answer.json()["invitations"]) == 2
    assert api.post(f"/rfqs/{request.id}/invite-list/", {}).status_code == 422


class TestTheBuilder:
    FORM = {"title": "Parts", "currency": "EUR"}

    def tick(self, bea: Persona, request: Request, chosen: str, *ticked: Persona) -> str:
        line = request.line.public_id
        form = {
            **self.FORM,
            f"{line}-process": "die_casting",
            f"{line}-tolerance": request.line.tolerance,
            f"{line}-quantities": "10",
            "action": "list",
            "list": chosen,
            "invited": [shop.manufacturer.public_id for shop in ticked],
        }
        answer = bea.client.post(f"/rfqs/{request.id}/edit/", form, follow=True)
        return answer.content.decode()

    def test_a_list_is_ticked_also_when_it_does_not_match(
        self, bea: Persona, milo: Persona, rita: Persona
    ) -> None:
        request, nora = draft_rfq(bea), make_shop("Nora", "Nora Works")
        assert "Tick everybody" not in bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
        made = start(bea, milo, rita, nora)
        suspend(nora)
        page = self.tick(bea, request, made.public_id, milo)
        assert "1 of the list Turned parts ticked in addition." in page
        assert "Cannot be asked now: Nora Works." in page
        assert invited(request) == {"Milo Machining", "Rita Rapid Parts"}
        assert page.count("1 of 1 processes are not in the profile") == 2
        for shop in (milo, rita):
            assert f'value="{shop.manufacturer.public_id}" checked' in page
        reasons = request.rfq.invitations.get(manufacturer=rita.manufacturer).reasons
        # The shop reads these as "Why you": the gap is the buyer's to know.
        assert reasons and "1 of 1 processes are not in the profile" not in reasons
        assert not Event.objects.filter(type="manufacturer_invited").exists()

    def test_a_foreign_list_is_none(self, bea: Persona, milo: Persona) -> None:
        request = draft_rfq(bea)
        made = start(make_buyer("Stefan", "Stranger Systems"), milo)
        for chosen in (made.public_id, "sup_none", "\x00"):
            path = f"/rfqs/{request.id}/edit/"
            form = {**self.FORM, "action": "list", "list": chosen}
            assert bea.client.post(path, form).status_code == 404
        assert invited(request) == set()


def test_matches_know_what_a_shop_has_in_hand(bea: Persona, milo: Persona, rita: Persona) -> None:
    request, stefan = draft_rfq(bea), make_buyer("Stefan", "Stranger Systems")
    for state in ("placed", "in_production", "shipped", "closed", ""):
        make_order(stefan, milo, state)
    assert orders_in_hand() == {milo.manufacturer.pk: 2}
    request.line.process = Process.objects.get(code="cnc_milling")
    request.line.save(update_fields=["process"])
    first, second = matches_for(request.rfq, lines_of(request.rfq))
    assert first.manufacturer == rita.manufacturer and "2 orders in hand" in second.reasons
    # A shop reads why it was asked, not how busy the buyer was told it is.
    add_invitations(request.rfq, [milo.manufacturer.public_id])
    assert not any("in hand" in reason for reason in request.rfq.invitations.get().reasons)
