"""Pages around a published request: no barriers, no complaints, no sideways scroll on a phone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from quotes.actions import amendment, guests, invitations, publication, questions, secrecy
from quotes.guest_links import derive
from quotes.models import RFQ, GuestLink
from tests.browser.conftest import Tab
from tests.personas import Persona
from tests.quotes.scene import draft_for, open_rfq, submitted


@pytest.fixture
def trust_pages(bea: Persona, milo: Persona, rita: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them."""
    request = open_rfq(bea, milo, rita)
    submitted(request, milo)
    asked = questions.ask_question(actor=milo.actor, rfq_id=request.id, text="Which thread is it?")
    thread = asked.thread.public_id
    questions.answer_question(
        actor=bea.actor, rfq_id=request.id, thread_id=thread, text="M6 x 1, as drawn."
    )
    questions.publish_answer(
        actor=bea.actor, rfq_id=request.id, question="Which thread?", answer="M6 x 1."
    )
    ended = request.rfq.invitations.get(manufacturer=rita.manufacturer)
    invitations.revoke_invitation(
        actor=bea.actor, public_id=request.id, invitation_id=ended.public_id, reason="Wrong shop."
    )
    guests.invite_guest(
        actor=bea.actor, public_id=request.id, email="gil@gears.example", company="Gil's Gears"
    )
    draft = draft_for(request.line, title="Strong brackets", deadline=request.fresh().deadline)
    draft = replace(draft, lines=[replace(draft.lines[0], quantities=(10, 200))])
    amendment.amend_rfq(actor=bea.actor, public_id=request.id, draft=draft, seen=1)
    secret = open_rfq(bea, milo)
    nda = secrecy.write_nda(actor=bea.actor, text="1. Tell nobody.\n\n2. Keep it safe.")
    RFQ.objects.filter(pk=secret.rfq.pk).update(nda=nda)
    sealed = open_rfq(bea, rita, is_sealed=True, countries=["DE", "AT"])
    submitted(sealed, rita)
    open_rfq(bea, visibility="open")
    over = open_rfq(bea, milo)
    publication.close_rfq(actor=bea.actor, public_id=over.id)
    return {
        "bea": [
            f"/rfqs/{request.id}/",
            f"/rfqs/{request.id}/questions/",
            f"/rfqs/{request.id}/questions/{thread}/",
            f"/rfqs/{request.id}/room/",
            f"/rfqs/{request.id}/amend/",
            f"/rfqs/{sealed.id}/",
            f"/rfqs/{secret.id}/room/",
            "/settings/nda/",
        ],
        "milo": [
            f"/portal/requests/{request.id}/",
            f"/portal/requests/{request.id}/questions/",
            f"/portal/requests/{secret.id}/",
            f"/portal/requests/{secret.id}/nda/",
            "/portal/requests/open/",
        ],
        "visitor": [f"/guest/{derive(GuestLink.objects.get())}/"],
    }


def test_no_barriers_and_no_sideways_scroll(
    trust_pages: dict[str, list[str]],
    bea: Persona,
    milo: Persona,
    open_tab: Callable[..., Tab],
) -> None:
    people = {"visitor": None, "bea": bea, "milo": milo}
    found: dict[str, list[str]] = {}
    for name, person in people.items():
        tab = open_tab(person, color_scheme="light")
        found |= {path: tab.faults(path) for path in trust_pages[name]}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_a_guest_quotes_without_script(
    trust_pages: dict[str, list[str]], open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(java_script_enabled=False)
    tab.go(trust_pages["visitor"][0])
    for label, value in (("Your name", "Gil"), ("Your company", "Gil's Gears"), ("Country", "AT")):
        tab.page.get_by_label(label).fill(value)
    tab.press("Open the request")
    tab.sees("You are here by a link")
    tab.press("Prepare a quote")
    tab.page.locator("input[name$=price_10]").fill("12.50")
    tab.page.locator("input[name$=lead_10]").fill("9")
    tab.press("Submit quote")
    tab.sees("Submitted.")
