"""A price is negotiated and agreed between two browsers, one without script; no barriers."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from quotes.actions.best_and_final import ask_best_and_final
from quotes.models import Quote
from tests.browser.conftest import PHONE, Tab
from tests.personas import Persona
from tests.quotes.scene import open_rfq, submitted


def test_a_price_is_agreed_between_two_browsers(
    bea: Persona, milo: Persona, rita: Persona, open_tab: Callable[..., Tab]
) -> None:
    request = open_rfq(bea, milo, rita)
    quote, hers = submitted(request, milo), submitted(request, rita, "11")
    buyer = open_tab(bea)
    buyer.go(f"/rfqs/{request.id}/")
    buyer.press("Negotiate")
    buyer.page.get_by_label("Price each").first.fill("11.00")
    buyer.page.get_by_label("Message to the other side").fill("Eleven and it is yours.")
    buyer.press("Send the counter-offer")
    buyer.sees("Your counter-offer waits for an answer")

    shop = open_tab(milo, java_script_enabled=False)
    shop.go(f"/portal/requests/{request.id}/")
    shop.press("Read and answer it")
    shop.sees("Eleven and it is yours.")
    shop.press("Accept the offer")
    shop.sees("Agreed. Your quote has these values now.")

    buyer.go(f"/rfqs/{request.id}/quotes/{quote.public_id}/negotiate/")
    buyer.press("Award what was agreed")
    buyer.sees("€125.00")
    ask_best_and_final(
        actor=bea.actor,
        rfq_id=request.id,
        quote_ids=[hers.public_id],
        due_at=timezone.now() + timedelta(days=1),
    )
    rival = open_tab(rita)
    pages = (
        (buyer, f"/rfqs/{request.id}/quotes/{quote.public_id}/negotiate/"),
        (buyer, f"/rfqs/{request.id}/best-and-final/"),
        (rival, f"/portal/quotes/{hers.public_id}/negotiate/"),
    )
    for tab, path in pages:
        tab.page.set_viewport_size({"width": 1280, "height": 900})
        tab.page.emulate_media(color_scheme="light")
        tab.go(path)
        assert tab.barriers() == [], path
        tab.page.emulate_media(color_scheme="dark")
        tab.settle()
        assert tab.barriers("color-contrast") == [], path
        tab.page.set_viewport_size({"width": PHONE, "height": 900})
        assert tab.sideways() <= 0, path
    rival.press("My quote is final")
    rival.sees("The buyer is told that your quote is final")
    assert Quote.objects.get(pk=hers.pk).state == "submitted"
