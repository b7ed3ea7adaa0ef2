"""The builder and the submitted quote say what the shop receives; nobody else reads it."""

from django.conf import settings

from orders.commission import CommissionTerms, commission
from quotes.actions.quote import save_quote, start_quote
from quotes.promises import promises_of
from quotes.queries import get_own_quote
from tests.personas import Persona
from tests.quotes.scene import open_rfq, prices, submitted


def test_a_quote_promises_at_its_smallest_and_largest_quantities(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = get_own_quote(milo.actor, submitted(request, milo).public_id)
    small, large = promises_of(quote)
    assert (small.label, large.label) == ("Smallest quantities", "Largest quantities")
    assert small.promise.total_minor < large.promise.total_minor
    for row in (small, large):
        fee = commission(row.promise.total_minor, CommissionTerms(settings.COMMISSION_BPS))
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


def test_days_count_from_the_first_article_when_the_quote_says_so(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = start_quote(actor=milo.actor, rfq_id=request.id)
    shares = [{"kind": "deposit", "percent": 30}, {"kind": "shipment", "percent": 70}]
    draft = prices(request, lead_time_from="first_article", milestones=shares)
    save_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    small, _ = promises_of(get_own_quote(milo.actor, quote.public_id))
    assert small.from_first_article
    assert small.promise.days_to_ship == 7
    assert small.promise.days_to_release == 7 + 5 + settings.ACCEPTANCE_WINDOW_DAYS
    assert sum(minor for _, _, minor in small.shares) == small.promise.total_minor
    text = milo.client.get(f"/portal/quotes/{quote.public_id}/").content.decode()
    assert "of the approved first article, you receive" in text
    assert "and shipped by" not in text
    assert "(30%) at order" in text and "Each part is released when it falls due" in text
