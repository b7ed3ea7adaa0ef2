"""Orders wander through all their moves at random, and the world around them misbehaves.

A rule takes one step with one order or with the world: a person acts, a card is charged or
declined, a bank claims or decides, an account comes and goes, Stripe answers 500, workers work,
events arrive late and twice. A step that the product refuses with a sentence is a step too. After
each the books must hold; in the end everything comes to rest and the books are Stripe's.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from orders.actions import (
    acceptance,
    changes,
    nonconformances,
    production,
    settlements,
    shipping,
    staff_decisions,
)
from orders.actions.placement import cancel_order
from orders.actions.problem_steps import Claim
from orders.change_terms import LineChange, Proposal
from orders.models import Order
from orders.progress import progress_of
from orders.shipping_terms import Carriage, Piece
from payments import tasks
from payments.actions import attempts
from payments.actions.reconciliation import compare_books
from payments.actions.tax import give_mandate
from payments.invariants import check_books
from payments.models import DisputeCase, InboundEvent, PaymentAttempt
from payments.sandbox import driver
from payments.states import DisputeState
from tests.payments.conftest import KEY, start_sandbox, stop_sandbox
from tests.payments.drills.stage import rounds
from tests.payments.scene import connect_maker, hurry, new_order, pump, set_scene
from tests.personas import give_second_factor, make_person

CARDS = (driver.GOOD_CARD, "4000000000000077", "4000000000000002", "4000000000000259")
FAULTS = ("500", "429", "lost_response", "cut")
# What may happen next; the straight way and the workers' work more often than the rest.
STEPS = (
    *["go_on"] * 9,
    *["hear", "work"] * 2,
    "argue",
    "break_something",
    "cancel",
    "change",
    "claim_at_the_bank",
    "decide_at_the_bank",
    "look_at_pages",
    "pay",
    "produce",
    "reject_some",
    "settle",
    "ship_some",
    "stop_or_go_on",
    "switch_the_account",
)
# In a long round at least 2,000 in 400 markets; in a short one fewer, each of which gets further.
FEWEST_ORDERS = rounds(4, 5)
CLAIM = Claim("other", "It does not fit.")
ANSWER = nonconformances.Offer("use_as_is", "We give a part back.", refund_minor=700)
# How many steps of each kind were taken, over all walks: a walk that stands still proves nothing.
taken: Counter[str] = Counter()
reached: set[str] = set()


class Walk(RuleBasedStateMachine):
    """One market with its people, its orders and a Stripe of its own, in one transaction."""

    orders = Bundle("orders")

    @initialize(
        target=orders,
        sums=st.lists(st.integers(100, 99_999), min_size=FEWEST_ORDERS, max_size=6),
        charges_vat=st.booleans(),
    )
    def open_the_market(self, sums: list[int], charges_vat: bool) -> Any:
        """People, a manufacturer who can be paid, and some orders of that many cents a piece, with
        VAT on top or without."""
        self.folder = tempfile.TemporaryDirectory(prefix="walk-")
        self.sandbox = start_sandbox(Path(self.folder.name))
        self.settings = override_settings(
            STRIPE_API_HOST=self.sandbox.base, STRIPE_TEST_SECRET_KEY=KEY, STRIPE_LIVE_MODE=False
        )
        self.settings.enable()
        self.block = transaction.atomic()
        # As of the transaction around a test: the gateway refuses to talk inside any other.
        self.block._from_testcase = True  # type: ignore[attr-defined]
        self.block.__enter__()
        self.scene = set_scene()
        self.account = connect_maker(self.scene).account
        if charges_vat:
            give_mandate(actor=self.scene.milo.actor)
        person = make_person("Sam", is_staff=True, is_superuser=True)
        self.staff = Actor.staff(give_second_factor(person), "walk")
        return multiple(*(self.place(7, cents) for cents in sums))

    def teardown(self) -> None:
        if not hasattr(self, "block"):
            return
        try:
            self.come_to_rest()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            self.settings.disable()
            stop_sandbox(self.sandbox)
            self.folder.cleanup()

    def come_to_rest(self) -> None:
        """Nothing disturbs any more, the workers do all that is owed; then the books agree."""
        self.sandbox.command("clear_faults")
        self.sandbox.command("account", account=self.account, enabled="true")
        for _ in range(10):
            pump()
            if not tasks.backfill_events():
                break
        differing = [each.findings for each in compare_books() if each.difference]
        assert differing == []

    @invariant()
    def the_books_hold(self) -> None:
        if hasattr(self, "scene"):
            reached.update(Order.objects.values_list("state", flat=True))
            wrong = [each.findings for each in check_books() if each.difference]
            assert wrong == []

    def attempt(self, name: str, step: Callable[[], Any]) -> Any:
        """Take a step, or be told by a sentence that it cannot be taken now."""
        try:
            with transaction.atomic():
                found = step()
        except DomainError:
            return None
        taken[name] += 1
        return found

    @rule(order=orders, what=st.sampled_from(STEPS), size=st.integers(0, 99))
    def step(self, order: str, what: str, size: int) -> None:
        """One rule for all: of several, Hypothesis would leave most out of most walks."""
        getattr(self, what)(order, size)

    # --- people ----------------------------------------------------------------------------

    def place(self, quantity: int, cents: int) -> str:
        made = new_order(
            self.scene.bea, self.scene.milo, price=f"{cents / 100:.4f}", quantity=quantity
        )
        taken["place"] += 1
        return made.public_id

    def pay(self, order: str, size: int) -> None:
        card, twice = CARDS[size % len(CARDS)], size % 3 == 0
        actor = self.scene.bea.actor
        made = self.attempt("ask", lambda: attempts.pay_order(actor=actor, public_id=order))
        if made is None:
            return
        hurry()
        attempts.open_attempt(made.pk)
        made.refresh_from_db()
        for _ in range(1 + twice):
            try:
                driver.pay(made.url, card) if made.url else None
                taken[f"pay {card}"] += 1
            except driver.SandboxRefused:
                taken["refused card"] += 1

    def produce(self, order: str, size: int) -> None:
        verb = sorted(production.PLAIN_MOVES)[size % len(production.PLAIN_MOVES)]
        key = {"actor": self.scene.milo.actor, "public_id": order}
        self.attempt(verb, lambda: production.advance_order(**key, verb=verb))

    def go_on(self, order: str, size: int) -> None:
        """The next step of the straight way, whatever it is: without it few orders get far. Some
        go in parts."""
        milo, bea = self.scene.milo.actor, self.scene.bea.actor
        maker, buyer = {"actor": milo, "public_id": order}, {"actor": bea, "public_id": order}
        state = Order.objects.get(public_id=order).state
        if state == "awaiting_payment":
            self.pay(order, 4)
            self.hear(order, size)
        if state == "ready_to_ship" and size % 4 == 0:
            self.ship_some(order, size)
            return
        ways: dict[str, Callable[[], Any]] = {
            "placed": lambda: production.advance_order(**maker, verb="confirm_order"),
            "confirmed": lambda: production.advance_order(**maker, verb="start_production"),
            "in_production": lambda: production.advance_order(**maker, verb="finish_production"),
            "quality_check": lambda: production.advance_order(**maker, verb="pass_quality_check"),
            "ready_to_ship": lambda: shipping.ship_order(
                **maker, carrier="dhl", tracking_number="JD1"
            ),
            "partly_shipped": lambda: shipping.ship_order(
                **maker, carrier="dhl", tracking_number="JD2"
            ),
            "shipped": lambda: shipping.confirm_delivery(**buyer),
            "delivered": lambda: acceptance.accept_order(**buyer),
        }
        if state in ways:
            self.attempt(f"go on from {state}", ways[state])

    def cancel(self, order: str, size: int) -> None:
        who = self.scene.milo if size % 2 else self.scene.bea
        key = {"actor": who.actor, "public_id": order}
        self.attempt("cancel", lambda: cancel_order(**key, reason="No need."))

    def ship_some(self, order: str, size: int) -> None:
        key = {"actor": self.scene.milo.actor, "public_id": order}
        [line] = progress_of(Order.objects.get(public_id=order))
        pieces = [Piece(line.line.public_id, max(1, line.to_ship * size // 99))]
        carriage = Carriage("dhl", "JD3")
        self.attempt(
            "ship some", lambda: shipping.ship_parts(**key, pieces=pieces, carriage=carriage)
        )

    def reject_some(self, order: str, size: int) -> None:
        found = Order.objects.get(public_id=order)
        [line] = progress_of(found)
        rejected = {line.line.public_id: line.line.quantity * size // 99}
        self.attempt(
            "reject some",
            lambda: acceptance.judge_goods(
                actor=self.scene.bea.actor, public_id=order, rejected=rejected, claim=CLAIM
            ),
        )

    def argue(self, order: str, size: int) -> None:
        """Somebody complains; or what is open is answered, agreed, escalated, decided."""
        bea, milo = self.scene.bea.actor, self.scene.milo.actor
        found = Order.objects.get(public_id=order)
        problem = found.nonconformances.exclude(state__in=["resolved", "withdrawn", "ended"])
        mine = problem.order_by("pk").first()
        if mine is None:
            self.attempt(
                "complain",
                lambda: nonconformances.ask_platform(actor=bea, public_id=order, claim=CLAIM),
            )
            return
        key: dict[str, Any] = {"public_id": order, "problem": mine.public_id}
        steps: list[tuple[str, Callable[[], Any]]] = [
            (
                "answer",
                lambda: nonconformances.answer_nonconformance(actor=milo, **key, offer=ANSWER),
            ),
            ("agree", lambda: nonconformances.agree_nonconformance(actor=bea, **key)),
            ("take back", lambda: nonconformances.withdraw_nonconformance(actor=bea, **key)),
            (
                "decide",
                lambda: nonconformances.decide_nonconformance(
                    actor=self.staff, **key, refund_minor=300, decision="Read it all."
                ),
            ),
        ]
        self.attempt(*steps[size % len(steps)])

    def settle(self, order: str, size: int) -> None:
        """End an order for what is owed: agreed by both, or decided by staff."""
        found = Order.objects.get(public_id=order)
        owed = found.funded_minor * size // 99
        key = {"public_id": order}
        proposal = self.attempt(
            "propose to end",
            lambda: settlements.propose_settlement(
                actor=self.scene.milo.actor, **key, owed_minor=owed, reason="It stopped."
            ),
        )
        if proposal is not None:
            self.attempt(
                "end by agreement",
                lambda: settlements.accept_settlement(
                    actor=self.scene.bea.actor, **key, settlement=proposal.public_id
                ),
            )
        else:
            self.attempt(
                "end by staff",
                lambda: staff_decisions.end_disputed_order(
                    actor=self.staff, **key, owed_minor=owed, decision="Read it all."
                ),
            )

    def stop_or_go_on(self, order: str, size: int) -> None:
        key = {"actor": self.scene.bea.actor, "public_id": order}
        if Order.objects.get(public_id=order).state == "on_hold":
            self.attempt("resume", lambda: settlements.resume_order(**key))
        else:
            self.attempt("hold", lambda: settlements.hold_order(**key, reason="Wait."))

    def change(self, order: str, size: int) -> None:
        line = Order.objects.get(public_id=order).lines.get().public_id
        wanted = Proposal({line: LineChange(quantity=1 + size % 20)})
        made = self.attempt(
            "propose a change",
            lambda: changes.propose_change(
                actor=self.scene.milo.actor, public_id=order, wanted=wanted, reason="As said."
            ),
        )
        if made is not None:
            key = {"actor": self.scene.bea.actor, "public_id": order}
            self.attempt(
                "agree to a change", lambda: changes.accept_change(**key, change=made.public_id)
            )

    # --- the world -------------------------------------------------------------------------

    def claim_at_the_bank(self, order: str, size: int) -> None:
        request = Order.objects.get(public_id=order).payments.exclude(charge="").first()
        if request is not None:
            self.disturb("claim at the bank", "open_dispute", charge=request.charge)

    def decide_at_the_bank(self, order: str, size: int) -> None:
        case = DisputeCase.objects.filter(state=DisputeState.OPEN).first()
        if case is not None:
            status = "won" if size % 2 else "lost"
            self.disturb(
                f"bank says {status}", "close_dispute", dispute=case.dispute, status=status
            )

    def switch_the_account(self, order: str, size: int) -> None:
        enabled = bool(size % 2)
        self.disturb(
            "switch the account", "account", account=self.account, enabled=str(enabled).lower()
        )

    def break_something(self, order: str, size: int) -> None:
        kind = FAULTS[size % len(FAULTS)]
        self.disturb(f"fault {kind}", "fault", kind=kind, path="/v1/(transfers|refunds)", times=1)

    def disturb(self, name: str, command: str, **form: Any) -> None:
        try:
            self.sandbox.command(command, **form)
            taken[name] += 1
        except driver.SandboxRefused:
            taken[f"{name}: refused"] += 1

    def work(self, order: str, size: int) -> None:
        pump(1)

    def hear(self, order: str, size: int) -> None:
        """What Stripe has to say arrives; one of the events twice."""
        tasks.backfill_events()
        pump(2)
        last = InboundEvent.objects.order_by("pk").last()
        if last is not None:
            InboundEvent.objects.filter(pk=last.pk).update(state="new", applied_at=None)

    def look_at_pages(self, order: str, size: int) -> None:
        for pk in PaymentAttempt.objects.exclude(session="").values_list("pk", flat=True)[:3]:
            attempts.sync_attempt(pk)
