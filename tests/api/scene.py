"""A program with a token, and the things it acts on, made by the real actions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions.tokens import create_api_token
from accounts.actor import Actor
from marketplace.core.models import Event
from marketplace.directory.models import Material, Process
from marketplace.files.actions import store_generated
from marketplace.files.models import StoredFile
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.states import AnalysisState
from orders.actions import acceptance, production, shipping
from orders.actions.placement import mark_order_funded
from orders.models import Order
from quotes.actions.award import accept_quote
from quotes.actions.publication import publish_rfq
from quotes.actions.quote import start_quote, submit_quote
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.actions.rfq import Draft, Header, LineDraft, create_rfq
from quotes.models import RFQ, Quote
from tests.personas import Persona
from tests.steps import step

SYSTEM = Actor.system("payments")
FACTS = {
    "format": "step",
    "units": "mm",
    "volume_mm3": 1200.5,
    "area_mm2": 900.0,
    "bbox_mm": [40.0, 20.0, 10.0],
    "solids": 1,
    "triangles": 120,
    "watertight": True,
    "warnings": [{"code": "thin", "message": "A wall is thin."}],
}
MAKING = ("confirm_order", "start_production", "finish_production", "pass_quality_check")


class Api:
    """Calls of one organization's token. Bodies are JSON unless `files` are given."""

    def __init__(self, persona: Persona | None, scopes: Sequence[str] | None = None) -> None:
        self.client = Client()
        self.headers = {}
        if persona is not None:
            self.token, secret = token_of(persona, scopes)
            self.headers = {"Authorization": f"Bearer {secret}"}

    def call(self, method: str, path: str, body: Any = None, **extra: Any) -> HttpResponse:
        data = {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(
            method,
            f"/api/v1{path}",
            **(data if body is not None else {}),
            headers={**self.headers, **extra.pop("headers", {})},
            **extra,
        )

    def get(self, path: str, **params: Any) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", params, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """`headers` are written with underscores: `Idempotency_Key="..."`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", path, body, headers=named)

    def put(self, path: str, body: Any) -> HttpResponse:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self.call("PATCH", path, body)

    def upload(self, path: str, **fields: Any) -> HttpResponse:
        return self.client.post(f"/api/v1{path}", fields, headers=self.headers)

    def opens(self, url: str) -> bool:
        """Whether the link of an answer gives this caller a file with something in it."""
        response = self.client.get("/" + url.split("/", 3)[3], headers=self.headers)
        if response.status_code != 200:
            return False
        return bool(b"".join(response.streaming_content))


@step
def token_of(persona: Persona, scopes: Sequence[str] | None) -> list[Any]:
    """A new token of the person's organization, and its secret."""
    return [*create_api_token(actor=persona.actor, name="ERP", scopes=scopes)]


def facts_since(last: int) -> list[str]:
    """The names of the facts recorded after event number `last`, in order."""
    rows = Event.objects.filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("type", flat=True))


def last_event() -> int:
    """The number of the newest event, 0 without one."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@step
def make_part(owner: Persona, number: str = "bracket") -> Part:
    """A part whose file has been read, without running the reader."""
    file = store_generated(
        organization=owner.organization,
        kind=StoredFile.Kind.MODEL,
        name=f"{number}.step",
        content=number.encode(),
    )
    part = Part.objects.create(
        organization=owner.organization, number=number, name=number.title(), created_by=owner.user
    )
    revision = PartRevision.objects.create(
        part=part, model_file=file, state=AnalysisState.READY, facts=FACTS
    )
    Part.objects.filter(pk=part.pk).update(current=revision)
    part.refresh_from_db()
    return part


def full_draft(rfq: RFQ, invited: Sequence[Persona], **header: Any) -> Draft:
    """Everything a request needs to be published."""
    return Draft(
        Header(
            title=rfq.title,
            currency="EUR",
            ship_to="Werkstr. 1, Aachen",
            deadline=timezone.now() + timedelta(days=7),
            **header,
        ),
        [
            LineDraft(
                line_id=line.public_id,
                process=Process.objects.get(code="cnc_milling"),
                material=Material.objects.get(code="al_6061"),
                quantities=(1, 10),
            )
            for line in rfq.lines.all()
        ],
        [shop.manufacturer.public_id for shop in invited],
    )


@step
def draft_rfq(buyer: Persona, *numbers: str) -> RFQ:
    """A draft over new parts of these numbers."""
    parts = [make_part(buyer, number) for number in numbers or ("bracket",)]
    return create_rfq(actor=buyer.actor, part_ids=[part.public_id for part in parts])


@step
def open_rfq(buyer: Persona, shops: Sequence[Persona], *numbers: str, **header: Any) -> RFQ:
    """A published request to these shops; `header` are values of its Header."""
    rfq = draft_rfq(buyer, *numbers)
    draft = full_draft(rfq, shops, **header)
    return publish_rfq(actor=buyer.actor, public_id=rfq.public_id, draft=draft)


def quote_draft(quote: Quote, price: str = "12.50") -> QuoteDraft:
    """Every line at 1 and 10 pieces."""
    return QuoteDraft(
        currency="EUR",
        lines=[
            QuoteLineDraft(
                line_id=line.rfq_line.public_id,
                prices=[PriceDraft(1, Decimal(price), 9), PriceDraft(10, Decimal(price) / 2, 12)],
                tooling_minor=5000,
            )
            for line in quote.lines.select_related("rfq_line")
        ],
        freight_minor=1500,
        valid_until=timezone.localdate() + timedelta(days=20),
    )


@step
def sent_quote(shop: Persona, rfq: RFQ, price: str = "12.50") -> Quote:
    """A submitted quote of this shop."""
    quote = start_quote(actor=shop.actor, rfq_id=rfq.public_id)
    draft = quote_draft(quote, price)
    return submit_quote(actor=shop.actor, public_id=quote.public_id, draft=draft)


@step
def new_order(buyer: Persona, shop: Persona, number: str = "bracket") -> Order:
    """An order of ten pieces that waits for its payment."""
    rfq = open_rfq(buyer, [shop], number)
    quote = sent_quote(shop, rfq)
    return accept_quote(
        actor=buyer.actor,
        rfq_id=rfq.public_id,
        quote_id=quote.public_id,
        chosen={line.public_id: 10 for line in rfq.lines.all()},
        seen=quote.seen,
    )


@step
def order_in(state: str, buyer: Persona, shop: Persona, number: str = "bracket") -> Order:
    """An order that travelled the road until `state`."""
    order = new_order(buyer, shop, number)
    key = {"public_id": order.public_id}
    moves = [lambda: mark_order_funded(actor=SYSTEM, amount_minor=order.total_minor, **key)]
    moves += [
        lambda verb=verb: production.advance_order(actor=shop.actor, verb=verb, **key)
        for verb in MAKING
    ]
    moves += [
        lambda: shipping.ship_order(
            actor=shop.actor, carrier="dhl", tracking_number="JD014600", **key
        ),
        lambda: shipping.confirm_delivery(actor=buyer.actor, **key),
        lambda: acceptance.accept_order(actor=buyer.actor, **key),
    ]
    for move in moves:
        order.refresh_from_db()
        if order.state == state:
            break
        move()
    order.refresh_from_db()
    assert order.state == state
    return order
