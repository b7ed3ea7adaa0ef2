"""What `?expand=` of the API can add to which thing (marketplace/core/api/expanding.py)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from accounts.actor import Actor
from marketplace.core.api.expanding import Expansion
from marketplace.directory.api.serializers import ManufacturerSerializer
from marketplace.directory.queries import listed_manufacturers
from marketplace.parts.api.serializers import RevisionSerializer
from marketplace.parts.queries import current_revisions_of
from orders.models import Order
from payments.api.serializers import PaymentSerializer
from payments.queries import payments_visible_to
from quotes.api.serializers import RequestRowSerializer, RFQRowSerializer
from quotes.lists import invitation_rows, rfq_rows
from quotes.models import Quote


def _by(things: Sequence[Any], key: str, rows: Iterable[Any], of: str) -> Mapping[Any, Any]:
    """Primary key of a thing -> the row whose `of` is the thing's `key`."""
    found = {attrgetter(of)(row): row for row in rows}
    read = attrgetter(key)
    return {thing.pk: found[read(thing)] for thing in things if read(thing) in found}


def _rfqs(actor: Actor, orders: Sequence[Order]) -> Mapping[Any, Any]:
    rows = rfq_rows(actor).filter(public_id__in=[order.rfq_id for order in orders])
    return _by(orders, "rfq_id", rows, "public_id")


def _requests(actor: Actor, orders: Sequence[Order]) -> Mapping[Any, Any]:
    rows = invitation_rows(actor).filter(rfq__public_id__in=[order.rfq_id for order in orders])
    return _by(orders, "rfq_id", rows, "rfq.public_id")


def _requests_of_quotes(actor: Actor, quotes: Sequence[Quote]) -> Mapping[Any, Any]:
    rows = invitation_rows(actor).filter(rfq__in=[quote.rfq_id for quote in quotes])
    return _by(quotes, "rfq_id", rows, "rfq_id")


def _makers(actor: Actor, orders: Sequence[Order]) -> Mapping[Any, Any]:
    rows = listed_manufacturers().filter(organization__in=[o.manufacturer_id for o in orders])
    return _by(orders, "manufacturer_id", rows, "organization_id")


def _quoting(actor: Actor, quotes: Sequence[Quote]) -> Mapping[Any, Any]:
    rows = listed_manufacturers().filter(pk__in=[quote.manufacturer_id for quote in quotes])
    return _by(quotes, "manufacturer_id", rows, "pk")


def _payments(actor: Actor, orders: Sequence[Order]) -> Mapping[Any, Any]:
    found: dict[Any, list[Any]] = defaultdict(list)
    rows = payments_visible_to(actor).filter(order__in=[order.pk for order in orders])
    for row in rows.order_by("seq"):
        found[row.order_id].append(row)
    return found


MANUFACTURER = "as the directory shows it; null where it does not"
EXPANSIONS: Mapping[str, Mapping[str, Expansion]] = {
    "order": {
        "rfq": Expansion("the buyer's own request; null for a sale", RFQRowSerializer, _rfqs),
        "request": Expansion(
            "what the manufacturer was asked; null for a purchase", RequestRowSerializer, _requests
        ),
        "manufacturer": Expansion(MANUFACTURER, ManufacturerSerializer, _makers),
        "payments": Expansion(
            "its instalments, in the order they fall due", PaymentSerializer, _payments, many=True
        ),
    },
    "quote": {
        "request": Expansion("what was asked", RequestRowSerializer, _requests_of_quotes),
    },
    "received quote": {
        "manufacturer": Expansion(MANUFACTURER, ManufacturerSerializer, _quoting),
    },
    "part": {
        "current_revision": Expansion(
            "what was read in its files, and links to them",
            RevisionSerializer,
            current_revisions_of,
        ),
    },
}
