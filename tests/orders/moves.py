"""Every lifecycle of orders with the acts that make its moves: what the matrix of moves runs.

An act is `prepare(scene) -> run()`: `prepare` writes down what has to be there before, such as the
proposal that is answered, and `run` is the real action as `scene.actor`. A pair of verb and side
without an act has no door at all; the matrix demands one for every move of the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import ApprovalRule
from marketplace.core.states import Lifecycle
from orders import blanket_states, change_states, review_states, states
from orders.actions import (
    acceptance,
    approvals,
    blanket_orders,
    blanket_timers,
    changes,
    first_articles,
    milestone_decisions,
    milestone_timers,
    nonconformances,
    placement,
    problem_timers,
    production,
    review_moderation,
    reviews,
    settlements,
    shipping,
    staff_decisions,
)
from orders.actions.milestone_evidence import keep_evidence
from orders.actions.problem_steps import Claim
from orders.change_terms import LineChange, Proposal
from orders.models import (
    ChangeOrder,
    FirstArticle,
    Milestone,
    MilestoneEvidence,
    Nonconformance,
    Order,
    Review,
    ReviewReport,
    Settlement,
)
from orders.shipping_terms import Carriage, Piece
from tests.orders.actions.test_change_limits import newer
from tests.orders.actions.test_first_articles import measured
from tests.orders.actions.test_milestones import picture
from tests.orders.scene import SCORES, blanket_from
from tests.personas import Persona

BUYER, MAKER, STAFF, SYSTEM = "buyer", "manufacturer", "staff", "system"
SIDES = (BUYER, MAKER, STAFF, SYSTEM)
BOTH = (BUYER, MAKER)


@dataclass
class Scene:
    """The thing that moves, its order, and who acts. `other` is the other party."""

    order: Order
    thing: Any
    actors: Mapping[str, Actor]
    side: str = BUYER

    @property
    def actor(self) -> Actor:
        return self.actors[self.side]

    @property
    def key(self) -> dict[str, Any]:
        """What every action on an order takes."""
        return {"actor": self.actor, "public_id": self.order.public_id}

    @property
    def on_thing(self) -> dict[str, Any]:
        """What every action on the thing itself takes."""
        return {"actor": self.actor, "public_id": self.thing.public_id}


Act = Callable[[Scene], Callable[[], Any]]


@dataclass(frozen=True)
class Table:
    """A lifecycle, how a thing of it is made, and (verb, side) -> act."""

    lifecycle: Lifecycle
    make: Callable[[Order, Mapping[str, Actor]], Any]
    acts: Mapping[tuple[str, str], Act]
    # What else is put in place for a state: (scene, state).
    place: Callable[[Scene, str], None] = lambda scene, state: None
    # Verbs that follow from what happens to another thing: in another state that may still happen,
    # and this thing stays where it is.
    follows: frozenset[str] = frozenset()
    # Columns that go with a state.
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Where a verb with several targets leads as it is tried here.
    leads: Mapping[str, str] = field(default_factory=dict)
    # Verbs with one door: where the first is not in the table, the second may be.
    doors: Mapping[str, str] = field(default_factory=dict)


def by(sides: tuple[str, ...], **verbs: Act) -> dict[tuple[str, str], Act]:
    """The same act for several sides."""
    return {(verb, side): act for verb, act in verbs.items() for side in sides}


def plain(action: Callable[..., Any], **given: Any) -> Act:
    """An action on the order that needs nothing before."""
    return lambda scene: lambda: action(**scene.key, **given)


def on_thing(action: Callable[..., Any], **given: Any) -> Act:
    """An action on the thing that needs nothing before."""
    return lambda scene: lambda: action(**scene.on_thing, **given)


# --- the order -----------------------------------------------------------------------------------


def _problem(scene: Scene, state: str, **values: Any) -> Nonconformance:
    return Nonconformance.objects.create(
        order=scene.order, state=state, raised_by=BUYER, kind="other", description="D.", **values
    )


def _advance(verb: str) -> Act:
    return lambda scene: lambda: production.advance_order(**scene.key, verb=verb)


def _report(scene: Scene, state: str) -> None:
    line = scene.order.lines.get()
    content = measured()
    FirstArticle.objects.create(
        order=scene.order,
        line=line,
        revision=1,
        state=state,
        characteristics=[row.plain() for row in content.characteristics],
    )


def _submit_report(scene: Scene) -> Callable[[], Any]:
    _report(scene, "draft")
    return lambda: first_articles.submit_first_article(**scene.key)


def _answer_report(action: Callable[..., Any], **given: Any) -> Act:
    def prepare(scene: Scene) -> Callable[[], Any]:
        _report(scene, "submitted")
        return lambda: action(**scene.key, **given)

    return prepare


def _ship_part(scene: Scene) -> Callable[[], Any]:
    pieces = [Piece(scene.order.lines.get().public_id, 3)]
    return lambda: shipping.ship_parts(**scene.key, pieces=pieces, carriage=Carriage("dhl", "JD2"))


def _hold_by(scene: Scene) -> Callable[[], Any]:
    Order.objects.filter(pk=scene.order.pk).update(held_by=scene.side)
    return lambda: settlements.resume_order(**scene.key)


def _time_out(scene: Scene, state: str) -> Callable[[], Any]:
    _problem(scene, state, respond_by=timezone.now() - timedelta(seconds=1))
    return problem_timers.run_problem_timers


def _end_dispute(scene: Scene) -> Callable[[], Any]:
    problem = _problem(scene, "escalated").public_id
    if scene.side == STAFF:
        return lambda: nonconformances.decide_nonconformance(
            **scene.key, problem=problem, refund_minor=0, decision="D."
        )
    return lambda: nonconformances.withdraw_nonconformance(**scene.key, problem=problem)


def _decide_all(owed: int) -> Act:
    return lambda scene: (
        lambda: staff_decisions.end_disputed_order(
            **scene.key, owed_minor=owed, decision="Read it all."
        )
    )


def _all_shipped_by_change(scene: Scene) -> Callable[[], Any]:
    """Three pieces are on their way, and the other side agrees that these are all."""
    carriage = Carriage("dhl", "JD4")
    shipping.write_shipment(scene.order, [(scene.order.lines.get(), "", 3)], [], carriage)
    change = make_change(scene.order, scene.actors, LineChange(quantity=3))
    return lambda: changes.accept_change(
        actor=scene.actors[MAKER], public_id=scene.order.public_id, change=change.public_id
    )


def _settle(scene: Scene) -> Callable[[], Any]:
    proposal = _proposal(scene.order, MAKER if scene.side == BUYER else BUYER)
    return lambda: settlements.accept_settlement(**scene.key, settlement=proposal.public_id)


ORDER = Table(
    states.ORDER,
    lambda order, actors: order,
    {
        **by(BOTH, **{verb: _advance(verb) for verb in production.PLAIN_MOVES}),
        **by(
            BOTH,
            approve_award=plain(approvals.approve_award),
            reject_award=plain(approvals.reject_award, reason="R."),
            submit_first_article=_submit_report,
            approve_first_article=_answer_report(first_articles.approve_first_article),
            reject_first_article=_answer_report(first_articles.reject_first_article, reason="R."),
            ship_part=_ship_part,
            ship_order=plain(shipping.ship_order, carrier="dhl", tracking_number="JD1"),
            dispute_order=plain(nonconformances.ask_platform, claim=Claim("other", "D.")),
            settle_order=_settle,
        ),
        **by(
            (*BOTH, SYSTEM),
            confirm_delivery=plain(shipping.confirm_delivery),
            accept_order=plain(acceptance.accept_order),
        ),
        **by(
            (*BOTH, STAFF),
            hold_order=plain(settlements.hold_order, reason="R."),
            resume_order=_hold_by,
            settle_dispute=_decide_all(50500),
            refund_dispute=_decide_all(100),
        ),
        **by((BUYER, STAFF), end_dispute=_end_dispute),
        **by(SIDES, cancel_order=plain(placement.cancel_order, reason="R.")),
        ("fund_order", SYSTEM): plain(placement.mark_order_funded, amount_minor=50500),
        ("close_order", SYSTEM): plain(placement.close_order),
        ("dispute_order", SYSTEM): lambda scene: _time_out(scene, "open"),
        ("end_dispute", SYSTEM): lambda scene: _time_out(scene, "remedied"),
        ("end_shipping", SYSTEM): _all_shipped_by_change,
    },
    follows=frozenset({"dispute_order", "end_dispute"}),
)


# --- problems, proposals, reports ----------------------------------------------------------------


def _make_problem(order: Order, actors: Mapping[str, Actor]) -> Nonconformance:
    return Nonconformance.objects.create(
        order=order,
        raised_by=BUYER,
        kind="other",
        description="D.",
        held_minor=100,
        offer_disposition="rework",
        remedy_days=3,
    )


def _in_problem(verb: str, disposition: str = "rework", **given: Any) -> Act:
    def prepare(scene: Scene) -> Callable[[], Any]:
        Nonconformance.objects.filter(pk=scene.thing.pk).update(offer_disposition=disposition)
        action = getattr(nonconformances, verb)
        return lambda: action(**scene.key, problem=scene.thing.public_id, **given)

    return prepare


def _resolve(scene: Scene) -> Callable[[], Any]:
    if scene.side == STAFF:
        return _in_problem("decide_nonconformance", refund_minor=50, decision="D.")(scene)
    if scene.thing.state == "answered":
        return _in_problem("agree_nonconformance", "use_as_is")(scene)
    return _in_problem("resolve_nonconformance")(scene)


def _silence(scene: Scene) -> Callable[[], Any]:
    late = timezone.now() - timedelta(seconds=1)
    Nonconformance.objects.filter(pk=scene.thing.pk).update(respond_by=late)
    if scene.thing.state == "remedied":
        shipment = shipping.write_shipment(
            scene.order,
            [],
            [],
            Carriage("dhl", "JD3"),
            purpose="replacement",
            problem=scene.thing,
        )
        assert shipment.delivered_at is None
    return problem_timers.run_problem_timers


def _silent_yes(scene: Scene) -> Callable[[], Any]:
    late = timezone.now() - timedelta(seconds=1)
    Nonconformance.objects.filter(pk=scene.thing.pk).update(respond_by=late)
    return problem_timers.run_problem_timers


def _end_order(scene: Scene) -> Callable[[], Any]:
    """The order ends: the platform decides a disputed one, the other side agrees to a proposal."""
    scene.order.refresh_from_db()
    if scene.order.state == "disputed":
        return lambda: staff_decisions.end_disputed_order(
            actor=scene.actors[STAFF],
            public_id=scene.order.public_id,
            owed_minor=100,
            decision="Read it all.",
        )
    proposal = _proposal(scene.order, BUYER)
    return lambda: settlements.accept_settlement(
        actor=scene.actors[MAKER],
        public_id=scene.order.public_id,
        settlement=proposal.public_id,
    )


OFFER = nonconformances.Offer("rework", "We sand it.", remedy_days=3)
NONCONFORMANCE = Table(
    states.NONCONFORMANCE,
    _make_problem,
    {
        **by(
            (*BOTH, STAFF),
            answer_nonconformance=_in_problem("answer_nonconformance", offer=OFFER),
            reopen_nonconformance=_in_problem("reopen_nonconformance", reason="R."),
            agree_nonconformance=_in_problem("agree_nonconformance"),
            report_remedy=_in_problem("report_remedy", note="N."),
            resolve_nonconformance=_resolve,
            escalate_nonconformance=_in_problem("escalate_nonconformance", reason="R."),
            withdraw_nonconformance=_in_problem("withdraw_nonconformance"),
        ),
        ("escalate_nonconformance", SYSTEM): _silence,
        ("end_nonconformance", SYSTEM): _end_order,
        ("resolve_nonconformance", SYSTEM): _silent_yes,
    },
    place=lambda scene, state: Order.objects.filter(pk=scene.order.pk).update(  # type: ignore[arg-type,return-value]
        state="disputed" if state == "escalated" else "in_production",
        left_state="in_production" if state == "escalated" else "",
    ),
    follows=frozenset({"end_nonconformance"}),
)


def _proposal(order: Order, proposed_by: str) -> Settlement:
    return Settlement.objects.create(
        order=order, proposed_by=proposed_by, owed_minor=100, reason="R.", answer_by=timezone.now()
    )


def _answer_proposal(verb: str, *, own: bool, **given: Any) -> Act:
    def prepare(scene: Scene) -> Callable[[], Any]:
        other = MAKER if scene.side == BUYER else BUYER
        Settlement.objects.filter(pk=scene.thing.pk).update(
            proposed_by=scene.side if own else other
        )
        action = getattr(settlements, verb)
        return lambda: action(**scene.key, settlement=scene.thing.public_id, **given)

    return prepare


PROPOSAL = Table(
    states.PROPOSAL,
    lambda order, actors: _proposal(order, BUYER),
    {
        **by(
            BOTH,
            accept_proposal=_answer_proposal("accept_settlement", own=False),
            decline_proposal=_answer_proposal("decline_settlement", own=False, reason="R."),
            withdraw_proposal=_answer_proposal("withdraw_settlement", own=True),
        ),
        ("expire_proposal", SYSTEM): lambda scene: settlements.expire_settlements,
    },
)


def _make_report(order: Order, actors: Mapping[str, Actor]) -> FirstArticle:
    report = first_articles.start_first_article(
        actor=actors[MAKER], public_id=order.public_id, line=order.lines.get().public_id
    )
    return first_articles.save_first_article(
        actor=actors[MAKER],
        public_id=order.public_id,
        report=report.public_id,
        content=measured(),
    )


def _another_revision(scene: Scene) -> Callable[[], Any]:
    """Both sides agree that the line is made to a newer revision of its part."""
    revision = newer(scene.order)
    change = make_change(scene.order, scene.actors, LineChange(revision=revision.public_id))
    return lambda: changes.accept_change(
        actor=scene.actors[MAKER], public_id=scene.order.public_id, change=change.public_id
    )


FIRST_ARTICLE = Table(
    states.FIRST_ARTICLE,
    _make_report,
    {
        **by(
            BOTH,
            submit_report=plain(first_articles.submit_first_article),
            approve_report=plain(first_articles.approve_first_article),
            reject_report=plain(first_articles.reject_first_article, reason="R."),
        ),
        ("supersede_report", SYSTEM): _another_revision,
    },
    follows=frozenset({"supersede_report"}),
    place=lambda scene, state: Order.objects.filter(pk=scene.order.pk).update(  # type: ignore[arg-type,return-value]
        state="first_article_review" if state == "submitted" else "in_production"
    ),
)


# --- milestones and change orders ----------------------------------------------------------------


def _make_tool(order: Order, actors: Mapping[str, Actor]) -> Milestone:
    """A tooling milestone with the evidence it needs."""
    made = Milestone.objects.create(order=order, position=9, kind="tooling", amount_minor=100)
    files = (("photo", "tool.jpg", picture()), ("report", "trial.pdf", b"%PDF-1.4 report"))
    for kind, name, content in files:
        kept = keep_evidence(actors[MAKER], kind, SimpleUploadedFile(name, content))
        MilestoneEvidence.objects.create(milestone=made, file=kept.file, kind=kind)
    return made


def _of_milestone(action: Callable[..., Any], **given: Any) -> Act:
    return lambda scene: lambda: action(**scene.key, milestone=scene.thing.public_id, **given)


def _follow(scene: Scene) -> Callable[[], Any]:
    """A first article is handed in, and its milestone with it."""
    Milestone.objects.filter(pk=scene.thing.pk).update(kind="first_article")
    _report(scene, "draft")
    return lambda: first_articles.submit_first_article(
        actor=scene.actors[MAKER], public_id=scene.order.public_id
    )


def _answer_time_over(scene: Scene) -> Callable[[], Any]:
    late = timezone.now() - timedelta(seconds=1)
    Milestone.objects.filter(pk=scene.thing.pk).update(answer_by=late)
    return milestone_timers.run_milestone_timers


def _cancel_order(scene: Scene) -> Callable[[], Any]:
    return lambda: placement.cancel_order(
        actor=scene.actors[STAFF], public_id=scene.order.public_id, reason="R."
    )


MILESTONE = Table(
    states.MILESTONE,
    _make_tool,
    {
        **by(
            (*BOTH, STAFF),
            submit_milestone=_of_milestone(milestone_decisions.submit_milestone),
            approve_milestone=_of_milestone(milestone_decisions.approve_milestone),
            reject_milestone=_of_milestone(milestone_decisions.reject_milestone, reason="R."),
        ),
        ("submit_milestone", SYSTEM): _follow,
        ("approve_milestone", SYSTEM): _answer_time_over,
        ("cancel_milestone", SYSTEM): _cancel_order,
    },
    follows=frozenset({"submit_milestone", "cancel_milestone"}),
)


def make_change(order: Order, actors: Mapping[str, Actor], line: LineChange) -> ChangeOrder:
    """What the buyer proposes for the order's line."""
    return changes.propose_change(
        actor=actors[BUYER],
        public_id=order.public_id,
        wanted=Proposal({order.lines.get().public_id: line}),
        reason="R.",
    )


def _of_change(verb: str, *, own: bool, **given: Any) -> Act:
    """The thing is a dearer change; `own` says whether the actor's side proposed it."""

    def prepare(scene: Scene) -> Callable[[], Any]:
        other = MAKER if scene.side == BUYER else BUYER
        _write_anew(scene, proposed_by=scene.side if own else other)
        action = getattr(changes, verb)
        return lambda: action(**scene.key, change=scene.thing.public_id, **given)

    return prepare


def _write_anew(scene: Scene, proposed_by: str) -> None:
    """What was proposed never changes, so another row takes the place of the first one. Nobody of
    the buyer's has committed it yet."""
    values = {f.attname: getattr(scene.thing, f.attname) for f in ChangeOrder._meta.concrete_fields}
    ChangeOrder.objects.filter(pk=scene.thing.pk).delete()
    del values["id"]
    values |= {"proposed_by": proposed_by, "person_id": None, "approvals_needed": 1}
    if scene.thing.state == "awaiting_approval" and proposed_by == BUYER:
        values["shown_at"] = None
    scene.thing = ChangeOrder.objects.create(**values)


def _with_a_rule(scene: Scene) -> Callable[[], Any]:
    """The buyer's rules ask for a second person."""
    ApprovalRule.objects.create(organization=scene.order.buyer, over_minor=0)
    return _of_change("accept_change", own=False)(scene)


def _time_of_change_over(scene: Scene) -> Callable[[], Any]:
    late = timezone.now() - timedelta(seconds=1)
    ChangeOrder.objects.filter(pk=scene.thing.pk).update(answer_by=late, pay_by=late)
    return changes.run_change_timers


def _decline(scene: Scene) -> Callable[[], Any]:
    # Before the manufacturer has seen it, whoever should approve it declines.
    own = scene.thing.state == "awaiting_approval"
    return _of_change("decline_change", own=own, reason="R.")(scene)


CHANGE = Table(
    change_states.CHANGE,
    lambda order, actors: make_change(order, actors, LineChange(unit_price=Decimal(13))),
    {
        **by(
            BOTH,
            accept_change=_of_change("accept_change", own=False),
            approve_change=_of_change("approve_change", own=True),
            decline_change=_decline,
            withdraw_change=_of_change("withdraw_change", own=True),
        ),
        ("ask_approval", BUYER): _with_a_rule,
        ("lapse_change", BUYER): _of_change("withdraw_change", own=True),
        ("fund_change", SYSTEM): _of_change("fund_change", own=True, amount_minor=2000),
        ("expire_change", SYSTEM): _time_of_change_over,
        ("lapse_change", SYSTEM): _time_of_change_over,
    },
    follows=frozenset({"fund_change"}),
    columns={"in_force": {"edition": 2}},
    leads={"accept_change": "accepted", "approve_change": "open"},
    doors={"withdraw_change": "lapse_change", "lapse_change": "withdraw_change"},
)


# --- blanket orders and reviews ------------------------------------------------------------------


def _period_over(scene: Scene) -> Callable[[], Any]:
    first, last = (timezone.localdate() - timedelta(days=days) for days in (9, 1))
    type(scene.thing).objects.filter(pk=scene.thing.pk).update(starts_on=first, ends_on=last)
    return blanket_timers.end_blankets


def _make_blanket(order: Order, actors: Mapping[str, Actor]) -> Any:
    Order.objects.filter(pk=order.pk).update(state="accepted")
    bea = Persona(actors[BUYER].user)  # type: ignore[arg-type]
    return blanket_from(bea, order)


BLANKET = Table(
    blanket_states.BLANKET,
    _make_blanket,
    {
        **by(
            BOTH,
            accept_blanket=on_thing(blanket_orders.accept_blanket),
            decline_blanket=on_thing(blanket_orders.decline_blanket, reason="R."),
            cancel_blanket=on_thing(blanket_orders.cancel_blanket, reason="R."),
        ),
        ("end_blanket", SYSTEM): _period_over,
    },
)


def _make_review(order: Order, actors: Mapping[str, Actor]) -> Review:
    Order.objects.filter(pk=order.pk).update(state="accepted")
    return reviews.review_order(
        actor=actors[BUYER], public_id=order.public_id, scores=SCORES[BUYER], text="Good."
    )


def _make_review_report(order: Order, actors: Mapping[str, Actor]) -> ReviewReport:
    review = _make_review(order, actors)
    Review.objects.filter(pk=review.pk).update(state="published")
    return reviews.report_review(
        actor=actors[MAKER], public_id=order.public_id, review_id=review.public_id, reason="R."
    )


def _window_over(scene: Scene) -> Callable[[], Any]:
    long_ago = timezone.now() - timedelta(days=30)
    Review.objects.filter(pk=scene.thing.pk).update(created_at=long_ago)
    return reviews.publish_lonely_reviews


REVIEW = Table(
    review_states.REVIEW,
    _make_review,
    {
        **by(
            (*BOTH, STAFF),
            hide_review=on_thing(review_moderation.hide_review, reason="R."),
            restore_review=on_thing(review_moderation.restore_review, reason="R."),
        ),
        ("publish_review", SYSTEM): _window_over,
    },
)
REVIEW_REPORT = Table(
    review_states.REVIEW_REPORT,
    _make_review_report,
    by(
        (*BOTH, STAFF),
        uphold_report=on_thing(review_moderation.uphold_report, reason="R."),
        dismiss_report=on_thing(review_moderation.dismiss_report, reason="R."),
    ),
)
TABLES = (
    ORDER,
    NONCONFORMANCE,
    PROPOSAL,
    FIRST_ARTICLE,
    MILESTONE,
    CHANGE,
    BLANKET,
    REVIEW,
    REVIEW_REPORT,
)
