"""The builder and the submitted quote say what the shop receives; nobody else reads it."""

from django.conf import settings

from orders.commission import commission
from quotes.actions.quote import start_quote
from quotes.promises import promises_of
from quotes.queries import get_own_quote
from tests.personas import Persona
from tests.quotes.scene import open_rfq, submitted


def test_a_quote_promises_at_its_smallest_and_largest_quantities(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = get_own_quote(milo.actor, submitted(request, milo).public_id)
    small, large = promises_of(quote)
    assert (small.label, large.label) == ("Smallest quantities", "Largest quantities")
    assert small.promise.total_minor < large.promise.total_minor
    for row in (small, large):
        fee = commission(row.promise.total_minor, settings.COMMISSION_BPS)
        assert row.promise.commission_minor == fee
        assert row.promise.accepted_by == quote.valid_until


def test_pages_of_the_shop_show_it_and_the_buyer_does_not(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = start_quote(actor=milo.actor, rfq_id=request.id)
    page = f"/portal/quotes/{quote.public_id}/"
    assert promises_of(get_own_quote(milo.actor, quote.public_id)) == []
    assert b"after a commission of" not in milo.client.get(page).content
    submitted(request, milo)
    assert b"after a commission of" in milo.client.get(f"/portal/requests/{request.id}/").content
    assert b"commission of" not in bea.client.get(f"/rfqs/{request.id}/").content
