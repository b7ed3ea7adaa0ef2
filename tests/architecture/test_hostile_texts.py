"""Whatever somebody writes into a text is shown to others as text: pages, mails, admin."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import site
from django.urls import reverse
from django.utils.html import escape

from accounts.actions.addresses import add_address
from accounts.actions.tokens import create_api_token
from accounts.actions.visits import start_staff_visit
from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.models import Event
from marketplace.directory.models import Manufacturer
from marketplace.parts.models import Part
from orders.actions import acceptance, production, reviews, shipping
from orders.actions.placement import mark_order_funded
from orders.models import Review, ReviewReport
from quotes.actions.award import accept_quote
from quotes.actions.publication import publish_rfq
from quotes.actions.quote import decline_to_quote, start_quote, submit_quote
from quotes.actions.rfq import create_rfq
from quotes.models import RFQ, Quote
from tests.api.scene import SYSTEM, full_draft, make_part, quote_draft
from tests.orders.scene import write_review
from tests.personas import Persona

HOSTILE = "<img src=x onerror=alert(1)>"
ADMIN_PAGES = (User, Organization, Manufacturer, Part, RFQ, Quote, Event, Review, ReviewReport)


def write_hostile(bea: Persona, milo: Persona, rita: Persona) -> dict[str, str]:
    """The whole line with the same hostile text in every field that people fill."""
    User.objects.update(name=HOSTILE)
    Organization.objects.update(name=HOSTILE, city=HOSTILE, address=HOSTILE, legal_name=HOSTILE)
    Manufacturer.objects.update(headline=HOSTILE, description=HOSTILE)
    for persona in (bea, milo, rita):
        persona.user.refresh_from_db()
    create_api_token(actor=bea.actor, name=HOSTILE)
    add_address(actor=bea.actor, label=HOSTILE, recipient=HOSTILE, lines=HOSTILE, country="DE")
    part = make_part(bea, "loose")
    Part.objects.update(number=HOSTILE, name=HOSTILE, notes=HOSTILE)
    rfq = create_rfq(actor=bea.actor, part_ids=[part.public_id])
    RFQ.objects.update(title=HOSTILE, notes=HOSTILE)
    rfq.refresh_from_db()
    publish_rfq(actor=bea.actor, public_id=rfq.public_id, draft=full_draft(rfq, [milo, rita]))
    decline_to_quote(actor=rita.actor, rfq_id=rfq.public_id, reason=HOSTILE)
    quote = start_quote(actor=milo.actor, rfq_id=rfq.public_id)
    submit_quote(actor=milo.actor, public_id=quote.public_id, draft=quote_draft(quote))
    Quote.objects.update(notes=HOSTILE, own_number=HOSTILE)
    quote.refresh_from_db()
    order = accept_quote(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        quote_id=quote.public_id,
        chosen={rfq.lines.get().public_id: 10},
        seen=quote.seen,
        po_number=HOSTILE,
    )
    key = {"public_id": order.public_id}
    mark_order_funded(actor=SYSTEM, amount_minor=order.total_minor, **key)
    for verb in ("confirm_order", "start_production"):
        production.advance_order(actor=milo.actor, verb=verb, **key)
    production.report_production(actor=milo.actor, note=HOSTILE, photo=None, **key)
    for verb in ("finish_production", "pass_quality_check"):
        production.advance_order(actor=milo.actor, verb=verb, **key)
    shipping.ship_order(actor=milo.actor, carrier="dhl", tracking_number=HOSTILE, **key)
    shipping.confirm_delivery(actor=bea.actor, **key)
    acceptance.accept_order(actor=bea.actor, **key)
    for person in (bea, milo):
        write_review(person, order.public_id, 1, HOSTILE)
    for person, side in ((bea, "manufacturer"), (milo, "buyer")):
        told = {"review_id": order.reviews.get(side=side).public_id, **key}
        reviews.answer_review(actor=person.actor, text=HOSTILE, **told)
        reviews.report_review(actor=person.actor, reason=HOSTILE, **told)
    return {"rfq": rfq.public_id, "order": order.public_id, "part": part.public_id}


def test_no_text_becomes_markup(
    bea: Persona,
    milo: Persona,
    rita: Persona,
    sam: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    ids = write_hostile(bea, milo, rita)
    start_staff_visit(
        actor=Actor.staff(sam.user),
        organization_id=bea.organization.public_id,
        reason=HOSTILE,
    )
    work()
    shown = 0
    buyer = (
        "/home/ /parts/ /parts/{part}/ /rfqs/ /rfqs/{rfq}/ /orders/ /orders/{order}/ /inbox/ "
        "/orders/{order}/reviews/ /settings/audit/ /settings/tokens/ /settings/addresses/ "
        "/settings/members/ /first-steps/ "
        "/manufacturers/ /manufacturers/{shop}/ /manufacturers/{shop}/reviews/ "
        "/orders/{order}/shipments/ /orders/{order}/quality/"
    )
    maker = (
        "/portal/ /portal/requests/ /portal/requests/{rfq}/ /portal/orders/ /inbox/ "
        "/portal/orders/{order}/ /portal/profile/ /settings/audit/ /settings/profile/ "
        "/portal/orders/{order}/reviews/"
    )
    rival = "/portal/requests/{rfq}/ /settings/organization/ /settings/security/"
    ids["shop"] = milo.manufacturer.slug
    pages = [(bea, buyer.split()), (milo, maker.split()), (rita, rival.split())]
    for persona, paths in pages:
        for path in paths:
            text = persona.client.get(path.format(**ids)).content.decode()
            assert HOSTILE not in text, path
            shown += text.count(escape(HOSTILE))
    for model in ADMIN_PAGES:
        assert model in site._registry
        row = model._default_manager.order_by("-pk").first()
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        text = sam.client.get(reverse(name, args=[row.pk])).content.decode()
        assert HOSTILE not in text, name
        shown += text.count(escape(HOSTILE))
    assert shown > 100
    assert len(mailoutbox) > 10
    for letter in mailoutbox:
        assert "\n" not in letter.subject
        assert HOSTILE not in letter.alternatives[0][0], letter.subject
