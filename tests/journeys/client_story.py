"""From a file to a paid order with the generated client, as its user would write it; type-checked.

Imported once the client is made and on the path (tests/journeys/test_generated_client.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from partlane_client import AuthenticatedClient
from partlane_client.api.manufacturer import get_own_manufacturer
from partlane_client.api.orders import get_order, list_orders, pay_order
from partlane_client.api.parts import get_part, upload_part
from partlane_client.api.payment_attempts import get_payment_attempt
from partlane_client.api.quotes import get_quote, replace_quote, submit_quote
from partlane_client.api.requests import start_quote
from partlane_client.api.rfqs import (
    accept_quote,
    change_rfq,
    compare_quotes,
    create_rfq,
    publish_rfq,
)
from partlane_client.models import (
    AcceptRequest,
    AcceptRequestQuantities,
    CreateRFQRequest,
    Currency,
    MoneyInputRequest,
    Order,
    OrderState,
    PatchedRFQPatchRequest,
    PriceInputRequest,
    Problem,
    QuoteInputRequest,
    QuoteLineInputRequest,
    RFQLineInputRequest,
    RFQState,
    UploadRequest,
)
from partlane_client.types import File

Answer = TypeVar("Answer")


class Refused(Exception):
    """The API answered with a problem; the text is its sentence."""


def good(answer: Answer | Problem | None) -> Answer:
    """The answer, without the other two things a call of the client may return.

    Raises Refused with the sentence of a problem.
    """
    if isinstance(answer, Problem) or answer is None:
        raise Refused(answer.detail if answer else "an answer the document does not know")
    return answer


@dataclass
class Story:
    """A buyer's program and a shop's, each with a token, and how time passes between calls."""

    buyer: AuthenticatedClient
    shop: AuthenticatedClient
    wait: Callable[[], None]
    pay: Callable[[str], None]

    def tell(self, file: Path) -> Order:
        """The order of 100 pieces of this part, paid."""
        rfq, line = self.ask(self.upload(file))
        self.quote(rfq, line)
        compared = good(compare_quotes.sync(rfq, client=self.buyer)).quotes[0]
        chosen = AcceptRequestQuantities()
        chosen[line] = 100
        order = good(
            accept_quote.sync(
                rfq,
                compared.quote,
                client=self.buyer,
                body=AcceptRequest(quantities=chosen, seen=compared.fingerprint),
                idempotency_key=f"award-{rfq}",
            )
        )
        self.wait()
        attempt = good(pay_order.sync(order.id, client=self.buyer))
        self.wait()
        self.pay(good(get_payment_attempt.sync(attempt.id, client=self.buyer)).url)
        assert order.state is OrderState.AWAITING_PAYMENT
        return good(get_order.sync(order.id, client=self.buyer))

    def upload(self, file: Path) -> str:
        """The id of the part made of this file, once it is read."""
        with file.open("rb") as content:
            body = UploadRequest(file=File(payload=content, file_name=file.name))
            part = good(upload_part.sync(client=self.buyer, body=body))
        self.wait()
        part = good(get_part.sync(part.id, client=self.buyer))
        assert part.current is not None and part.current.figures.bbox_mm
        return part.id

    def ask(self, part: str) -> tuple[str, str]:
        """The ids of a published request to the shop and of its line."""
        draft = good(create_rfq.sync(client=self.buyer, body=CreateRFQRequest(part_ids=[part])))
        line = draft.lines[0].id
        asked = PatchedRFQPatchRequest(
            title="Brackets",
            ship_to="Werkstr. 1, 52062 Aachen",
            deadline=datetime.now(UTC) + timedelta(days=3),
            lines=[
                RFQLineInputRequest(
                    id=line, process="cnc_milling", material="al_6061", quantities=[10, 100]
                )
            ],
            invited=[good(get_own_manufacturer.sync(client=self.shop)).id],
        )
        assert good(change_rfq.sync(draft.id, client=self.buyer, body=asked)).missing == []
        published = good(publish_rfq.sync(draft.id, client=self.buyer))
        assert published.state is RFQState.OPEN
        self.wait()
        return draft.id, line

    def quote(self, rfq: str, line: str) -> None:
        """The shop prices the line and submits."""
        quote = good(start_quote.sync(rfq, client=self.shop))
        prices = [
            PriceInputRequest(quantity=pieces, unit_price="12.50", lead_time_days=7)
            for pieces in (10, 100)
        ]
        body = QuoteInputRequest(
            currency=Currency.EUR,
            valid_until=date.today() + timedelta(days=30),
            freight=MoneyInputRequest(amount_minor=1500, currency=Currency.EUR),
            lines=[QuoteLineInputRequest(rfq_line=line, prices=prices)],
        )
        good(replace_quote.sync(quote.id, client=self.shop, body=body))
        good(submit_quote.sync(quote.id, client=self.shop))
        self.wait()

    def refusal(self, quote: str) -> str:
        """What the buyer is told who asks for the shop's own view of a quote."""
        try:
            good(get_quote.sync(quote, client=self.buyer))
        except Refused as problem:
            return str(problem)
        return ""

    def orders(self) -> Iterator[Order]:
        """The buyer's orders, read one by one from the list."""
        for row in good(list_orders.sync(client=self.buyer)).results:
            yield good(get_order.sync(row.id, client=self.buyer))
