"""The manufacturer's board: open orders in columns by state, and the steps that lead on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Prefetch

from accounts.actor import Actor
from accounts.roles import Permission, Side
from orders.due_dates import days_in_words
from orders.first_articles import missing_first_articles
from orders.models import FirstArticle, Order
from orders.queries import sales_of
from orders.states import ORDER, OrderState

O = OrderState  # noqa: E741 - the table below reads better with one letter
STANDS_STILL = "stands_still"
COLUMNS: Mapping[str, tuple[OrderState, ...]] = {
    **{
        state.value: (state,)
        for state in (
            O.PLACED,
            O.CONFIRMED,
            O.IN_PRODUCTION,
            O.FIRST_ARTICLE_REVIEW,
            O.QUALITY_CHECK,
            O.READY_TO_SHIP,
            O.PARTLY_SHIPPED,
            O.SHIPPED,
            O.DELIVERED,
        )
    },
    STANDS_STILL: (O.ON_HOLD, O.DISPUTED),
}
COLUMN_OF = {state: column for column, states in COLUMNS.items() for state in states}
LABELS = {O.FIRST_ARTICLE_REVIEW.value: "First article", STANDS_STILL: "Stands still"}
# Not yet with the buyer, so that a passed day to ship is late.
TO_SHIP = (*list(COLUMN_OF)[:7], O.ON_HOLD)
# Verb -> what the button says; those in `FORMS` need a page of their own.
STEPS: Mapping[str, str] = {
    "confirm_order": "Confirm the order",
    "start_production": "Start production",
    "submit_first_article": "Submit the first article",
    "finish_production": "All parts are made",
    "pass_quality_check": "Parts are good",  # nosec B105 - words
    "fail_quality_check": "Back to production",
    "ship_part": "Ship some of it",
    "ship_order": "Ship everything left",
    "hold_order": "Put on hold",
    "resume_order": "Let it go on",
}
FORMS: Mapping[str, str] = {
    "submit_first_article": "portal_order_quality",
    "ship_part": "ship_parts",
    "ship_order": "ship_parts",
    "hold_order": "portal_order_problems",
    "resume_order": "portal_order_problems",
}
# Steps that do not lead on; they stand in the menu.
ASIDE = ("fail_quality_check", "hold_order")
# More open orders than anybody overlooks; the list has every one.
MOST_CARDS = 400


@dataclass(frozen=True)
class Step:
    """One arrow of the table of moves from where a card is: the act, and the column it leads to.

    `page` is the URL name of the form it needs, "" when the click is enough.
    """

    verb: str
    label: str
    column: str
    page: str


@dataclass(frozen=True)
class Card:
    """An order on the board."""

    order: Order
    steps: Sequence[Step]
    pieces: int
    due: str
    is_late: bool
    waits_for_buyer: bool

    @property
    def next(self) -> Step | None:
        """The step that leads on; None where only steps aside are left."""
        return next((step for step in self.steps if step.verb not in ASIDE), None)

    @property
    def others(self) -> list[Step]:
        """The steps of the card's menu."""
        return [step for step in self.steps if step != self.next]


@dataclass
class Column:
    """One column: its cards, the one that has to ship first on top."""

    name: str
    label: str
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    """What the filters left. `is_cut` when there are more than MOST_CARDS."""

    columns: list[Column]
    buyers: list[tuple[str, str]]
    is_cut: bool
    late: int

    @property
    def total(self) -> int:
        """Cards shown."""
        return sum(len(column.cards) for column in self.columns)


def label_of(column: str) -> str:
    """A column's name for people."""
    return LABELS.get(column) or ORDER.label(column)


def steps_from(order: Order) -> list[Step]:
    """What the manufacturer may do with the order next, by the table of moves. Lines, milestones
    and first articles are prefetched."""
    steps: dict[str, Step] = {}
    article_missing = missing_first_articles(order)[0]
    for arrow in ORDER.moves:
        if order.state not in arrow.sources or Side.MANUFACTURER not in arrow.by:
            continue
        verb = arrow.verb
        if verb not in STEPS or verb in steps:
            continue
        if verb == "resume_order" and (
            order.held_by != Side.MANUFACTURER or arrow.target != order.left_state
        ):
            continue
        needs_article = verb in ("finish_production", "ship_part", "ship_order")
        if article_missing and needs_article:
            continue
        if verb == "submit_first_article" and not article_missing:
            continue
        column = COLUMN_OF[OrderState(arrow.target)]
        steps[verb] = Step(verb, STEPS[verb], column, FORMS.get(verb, ""))
    return [steps[verb] for verb in STEPS if verb in steps]


def board_of(actor: Actor, today: date, *, buyer: str = "", late: bool = False) -> Board:
    """The acting shop's open orders, of one `buyer` (public id), or only the `late` ones. Five
    queries for any number of orders."""
    rows = sales_of(actor).filter(state__in=list(COLUMN_OF)).order_by()
    buyers = sorted(set(rows.values_list("buyer__public_id", "buyer__name")), key=_by_name)
    if buyer:
        rows = rows.filter(buyer__public_id=buyer)
    if late:
        rows = rows.filter(state__in=TO_SHIP, ship_by__lt=today)
    articles = FirstArticle.objects.only("order_id", "line_id", "state")
    found = list(
        rows.prefetch_related("lines", "milestones", Prefetch("first_articles", articles)).order_by(
            F("ship_by").asc(nulls_last=True), "pk"
        )[: MOST_CARDS + 1]
    )
    columns = {name: Column(name, label_of(name)) for name in COLUMNS}
    may_act = actor.may(Permission.PRODUCE)
    for order in found[:MOST_CARDS]:
        card = _card(order, today, may_act=may_act)
        columns[COLUMN_OF[OrderState(order.state)]].cards.append(card)
    late_ones = sum(card.is_late for column in columns.values() for card in column.cards)
    return Board(list(columns.values()), buyers, len(found) > MOST_CARDS, late_ones)


def _by_name(row: tuple[str, str]) -> str:
    return row[1].casefold()


def _card(order: Order, today: date, *, may_act: bool) -> Card:
    to_ship = order.state in TO_SHIP and order.ship_by is not None
    return Card(
        order=order,
        steps=steps_from(order) if may_act else [],
        pieces=sum(line.quantity for line in order.lines.all()),
        due=days_in_words(order.ship_by, today) if to_ship and order.ship_by else "",
        is_late=to_ship and order.ship_by is not None and order.ship_by < today,
        waits_for_buyer=ORDER.turn[order.state] == Side.BUYER,
    )


def as_context(actor: Actor, today: date, given: Mapping[str, Any]) -> dict[str, Any]:
    """The board as its page shows it, filtered by what the address says."""
    buyer, late = str(given.get("buyer", ""))[:40], given.get("late") == "1"
    board = board_of(actor, today, buyer=buyer, late=late)
    return {"board": board, "buyer": buyer, "late": late}
