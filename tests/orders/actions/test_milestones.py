"""A milestone with evidence: submitted, approved, rejected, approved by silence; warned of."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import first_articles, milestone_decisions, milestone_timers, settlements
from orders.actions import nonconformances as problems
from orders.actions.milestone_evidence import Evidence, attach_milestone_evidence, keep_evidence
from orders.actions.problem_steps import Claim
from orders.actions.production import advance_order
from orders.models import Milestone, MilestoneEvidence, Order
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_first_articles import draft
from tests.orders.actions.test_problems import money
from tests.orders.scene import force, make_order
from tests.personas import Persona
from tests.steps import step

AGREED = {
    "milestones": [
        {"kind": "deposit", "percent": 20},
        {"kind": "tooling", "percent": 30},
        {"kind": "first_article", "percent": 10},
        {"kind": "shipment", "percent": 10},
        {"kind": "acceptance", "percent": 30},
    ]
}
PDF = b"%PDF-1.4 report"


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 140)).save(buffer, "JPEG")
    return buffer.getvalue()


@step
def tooled(bea: Persona, milo: Persona, state: str = "in_production") -> Order:
    """A paid order of 505.00 whose tooling milestone is 151.50, to ship in ten days."""
    order = make_order(bea, milo, state, agreed=AGREED)
    day = timezone.localdate() + timedelta(days=10)
    Order.objects.filter(pk=order.pk).update(funded_minor=order.total_minor, ship_by=day)
    order.refresh_from_db()
    return order


def tool_of(order: Order) -> Milestone:
    return order.milestones.get(kind="tooling")


@step
def attach(milo: Persona, order: Order, *kinds: str) -> None:
    files = {"photo": ("tool.jpg", picture()), "report": ("trial.pdf", PDF)}
    evidence = [
        keep_evidence(milo.actor, kind, SimpleUploadedFile(*files[kind]), "Cavity side")
        for kind in kinds
    ]
    attach_milestone_evidence(
        actor=milo.actor,
        public_id=order.public_id,
        milestone=tool_of(order).public_id,
        evidence=evidence,
    )


def act(verb: str, who: Persona, order: Order, kind: str = "tooling", **given: Any) -> Milestone:
    milestone = order.milestones.get(kind=kind)
    action = getattr(milestone_decisions, f"{verb}_milestone")
    found: Milestone = action(
        actor=who.actor, public_id=order.public_id, milestone=milestone.public_id, **given
    )
    return found


@step
def submitted(bea: Persona, milo: Persona, state: str = "in_production") -> Order:
    order = tooled(bea, milo, state)
    attach(milo, order, "photo", "report")
    act("submit", milo, order)
    return order


def test_due_dates_are_known_at_the_confirmation_and_move_with_the_day_to_ship(
    bea: Persona, milo: Persona
) -> None:
    order = tooled(bea, milo, "placed")
    assert set(order.milestones.values_list("due_on", flat=True)) == {None}
    advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
    today = timezone.localdate()
    due = dict(order.milestones.values_list("kind", "due_on"))
    assert {kind: (day - today).days for kind, day in due.items()} == {
        "deposit": 0,
        "tooling": 4,
        "first_article": 6,
        "shipment": 10,
        "acceptance": 29,
    }
    settlements.hold_order(actor=bea.actor, public_id=order.public_id, reason="Wait.")
    Order.objects.filter(pk=order.pk).update(state_changed_at=timezone.now() - timedelta(days=3))
    settlements.resume_order(actor=bea.actor, public_id=order.public_id)
    moved = dict(order.milestones.values_list("kind", "due_on"))
    # What is done does not move.
    assert {kind: (moved[kind] - due[kind]).days for kind in due} == {
        "deposit": 0,
        "tooling": 3,
        "first_article": 3,
        "shipment": 3,
        "acceptance": 3,
    }


def test_missing_evidence_is_named_and_what_is_there_stays(bea: Persona, milo: Persona) -> None:
    order = tooled(bea, milo)
    with pytest.raises(DomainError, match="1 photo at least and 1 report at least"):
        act("submit", milo, order)
    attach(milo, order, "photo")
    with pytest.raises(DomainError, match="judge it: 1 report at least"):
        act("submit", milo, order)
    last = last_event()
    attach(milo, order, "report")
    milestone = act("submit", milo, order, note=" Tool is in press 4. ")
    assert facts_since(last) == ["milestone_evidence_added", "milestone_submitted"]
    assert (milestone.state, milestone.note) == ("submitted", "Tool is in press 4.")
    assert milestone.answer_by is not None
    assert (milestone.answer_by - timezone.now()).days in (4, 5)
    with pytest.raises(WrongState, match="does not change"):
        attach(milo, order, "photo")
    with pytest.raises(WrongState):
        act("submit", milo, order)


def test_evidence_is_checked(bea: Persona, milo: Persona, monkeypatch: Any) -> None:
    order = tooled(bea, milo)
    with pytest.raises(DomainError):
        keep_evidence(milo.actor, "photo", SimpleUploadedFile("tool.jpg", b"not a picture"))
    key = {"public_id": order.public_id, "milestone": tool_of(order).public_id}
    with pytest.raises(DomainError, match="at least one file"):
        attach_milestone_evidence(actor=milo.actor, evidence=[], **key)
    file = keep_evidence(milo.actor, "report", SimpleUploadedFile("a.pdf", PDF)).file
    with pytest.raises(DomainError, match="what each file is"):
        attach_milestone_evidence(actor=milo.actor, evidence=[Evidence("song", file)], **key)
    with pytest.raises(DomainError, match="at most 40"):
        many = [Evidence("report", file)] * 41
        attach_milestone_evidence(actor=milo.actor, evidence=many, **key)
    assert not MilestoneEvidence.objects.exists()


def test_the_buyer_approves_once_and_the_amount_is_released(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    order = submitted(bea, milo)
    for stranger in (rita, stefan):
        with pytest.raises(NotFound):
            act("approve", stranger, order)
    with pytest.raises(NotAllowed, match="buyer decides"):
        act("approve", milo, order)
    assert tool_of(order).state == "submitted" and money(order) == []
    last = last_event()
    act("approve", bea, order)
    assert facts_since(last) == ["milestone_approved", "money_released"]
    assert money(order) == [("release", 15150)]
    for verb, given in (("approve", {}), ("reject", {"reason": "No."})):
        with pytest.raises(WrongState):
            act(verb, bea, order, **given)
    assert money(order) == [("release", 15150)]


def test_a_rejected_one_is_submitted_again(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    order = submitted(bea, milo)
    with pytest.raises(DomainError, match="missing or wrong"):
        act("reject", bea, order, reason=" ")
    with pytest.raises(NotAllowed):
        act("reject", milo, order, reason="No.")
    last = last_event()
    milestone = act("reject", bea, order, reason="The gate mark is missing.")
    assert facts_since(last) == ["milestone_rejected"]
    assert (milestone.state, milestone.answer_by) == ("rejected", None)
    assert milestone.reason == "The gate mark is missing."
    with pytest.raises(NotAllowed, match="manufacturer submits"):
        act("submit", bea, order)
    for stranger in (rita, stefan):
        with pytest.raises(NotFound):
            act("submit", stranger, order)
    attach(milo, order, "photo")
    assert act("submit", milo, order).state == "submitted"


@pytest.mark.parametrize("kind", ["deposit", "first_article", "shipment", "acceptance"])
def test_what_follows_from_other_acts_has_no_step_of_its_own(
    bea: Persona, milo: Persona, kind: str
) -> None:
    order = tooled(bea, milo, "confirmed")
    for who, verb, given in ((milo, "submit", {}), (bea, "approve", {}), (bea, "reject", {})):
        given = {"reason": "No."} if verb == "reject" else given
        with pytest.raises(WrongState, match="no step of its own"):
            act(verb, who, order, kind, **given)


@pytest.mark.parametrize("state", ["placed", "on_hold", "disputed", "accepted", "cancelled"])
def test_only_while_the_order_runs(bea: Persona, milo: Persona, state: str) -> None:
    order = submitted(bea, milo)
    force(order, state)
    with pytest.raises(WrongState):
        act("submit", milo, order)
    order.milestones.filter(kind="tooling").update(state="submitted")
    with pytest.raises(WrongState):
        act("approve", bea, order)


def test_a_rejected_first_article_takes_its_milestone_back(bea: Persona, milo: Persona) -> None:
    order = tooled(bea, milo)
    draft(milo, order)
    key = {"public_id": order.public_id}
    first_articles.submit_first_article(actor=milo.actor, **key)
    assert order.milestones.get(kind="first_article").state == "submitted"
    first_articles.reject_first_article(actor=bea.actor, reason="Burrs.", **key)
    found = order.milestones.get(kind="first_article")
    assert (found.state, found.reason) == ("rejected", "Burrs.")


# --- timers ---------------------------------------------------------------------------------------


def test_silence_approves_after_a_reminder(bea: Persona, milo: Persona) -> None:
    order = submitted(bea, milo)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        milestone_timers.run_milestone_timers()
        assert tool_of(order).state == "submitted" and not tool_of(order).reminded
    last = last_event()
    with time_machine.travel(timezone.now() + timedelta(days=4, hours=1), tick=False):
        assert milestone_timers.remind_of_answers() == 1
        assert milestone_timers.remind_of_answers() == 0
        assert milestone_timers.run_answer_times() == 0
    with time_machine.travel(timezone.now() + timedelta(days=5, minutes=1), tick=False):
        assert milestone_timers.run_answer_times() == 1
        assert milestone_timers.run_answer_times() == 0
    assert facts_since(last) == ["milestone_reminded", "milestone_approved", "money_released"]
    assert money(order) == [("release", 15150)]


@pytest.mark.parametrize("how", ["hold", "problem"])
def test_the_time_stands_still_and_runs_anew(bea: Persona, milo: Persona, how: str) -> None:
    order = submitted(bea, milo)
    key = {"actor": bea.actor, "public_id": order.public_id}
    if how == "hold":
        settlements.hold_order(reason="Wait.", **key)
    else:
        problem = problems.raise_nonconformance(claim=Claim("late", "Too slow."), **key)
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        assert milestone_timers.remind_of_answers() == 0
        assert milestone_timers.run_answer_times() == 0
        assert tool_of(order).answer_by is None
        if how == "hold":
            settlements.resume_order(**key)
        else:
            problems.withdraw_nonconformance(problem=problem.public_id, **key)
        assert milestone_timers.run_answer_times() == 0
        assert tool_of(order).answer_by == timezone.now() + timedelta(days=5)
    assert money(order) == []


def test_what_is_not_held_is_left_to_people(bea: Persona, milo: Persona) -> None:
    order = submitted(bea, milo)
    Order.objects.filter(pk=order.pk).update(funded_minor=100)
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        assert milestone_timers.run_answer_times() == 0


def due(order: Order, day: date) -> None:
    order.milestones.filter(kind="tooling").update(due_on=day)


def test_both_are_warned_before_and_told_after_once_each(bea: Persona, milo: Persona) -> None:
    order = tooled(bea, milo)
    today = timezone.localdate()
    last = last_event()
    for left, told in ((4, 0), (3, 1), (2, 0), (0, 0), (-1, 1), (-2, 0)):
        due(order, today + timedelta(days=5))
        with time_machine.travel(timezone.now() + timedelta(days=5 - left), tick=False):
            assert milestone_timers.warn_of_milestones() == told, left
            assert milestone_timers.warn_of_milestones() == 0
    assert facts_since(last) == ["milestone_due", "milestone_late"]
    # A date that moved is warned of anew; what is submitted is the buyer's turn.
    due(order, today + timedelta(days=1))
    assert milestone_timers.warn_of_milestones() == 1
    due(order, today - timedelta(days=1))
    order.milestones.filter(kind="tooling").update(state="submitted")
    assert milestone_timers.warn_of_milestones() == 0


def test_the_day_to_ship_comes_and_passes(bea: Persona, milo: Persona) -> None:
    order = tooled(bea, milo)
    today = timezone.localdate()
    last = last_event()
    for days in (4, 3, 0, -1, -9):
        Order.objects.filter(pk=order.pk).update(ship_by=today + timedelta(days=5))
        with time_machine.travel(timezone.now() + timedelta(days=5 - days), tick=False):
            milestone_timers.warn_of_ship_days()
            milestone_timers.warn_of_ship_days()
    assert facts_since(last) == ["ship_day_near", "ship_day_passed"]
    Order.objects.filter(pk=order.pk).update(ship_by=today - timedelta(days=2))
    for state in ("shipped", "on_hold", "disputed"):
        force(order, state)
        assert milestone_timers.warn_of_ship_days() == 0


@pytest.mark.parametrize(
    "changes", [date(2026, 3, 29), date(2026, 10, 25)], ids=["an hour less", "an hour more"]
)
def test_the_change_of_clocks_neither_doubles_a_warning_nor_moves_it(
    bea: Persona, milo: Persona, settings: Any, changes: date
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    zone = ZoneInfo("Europe/Berlin")
    order = tooled(bea, milo)
    due(order, changes + timedelta(days=1))
    Order.objects.filter(pk=order.pk).update(ship_by=date(2031, 1, 1))
    told = []
    # Every quarter of an hour of six local days, counted in real time across the change.
    start = datetime.combine(changes - timedelta(days=3), datetime.min.time(), zone)
    for quarter in range(6 * 24 * 4):
        now = start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=15 * quarter)
        with time_machine.travel(now, tick=False):
            if milestone_timers.warn_of_milestones():
                told.append(now.astimezone(zone))
    assert [(at.date() - changes).days for at in told] == [-2, 2]
    assert [(at.hour, at.minute) for at in told] == [(0, 0), (0, 0)]


def test_the_time_to_answer_is_five_days_of_real_time_across_the_change(
    bea: Persona, milo: Persona, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    for day in (date(2026, 3, 27), date(2026, 10, 23)):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Berlin"))
        with time_machine.travel(at, tick=False):
            order = submitted(bea, milo)
        with time_machine.travel(at.timestamp() + 5 * 86400 - 60, tick=False):
            assert milestone_timers.run_answer_times() == 0
        with time_machine.travel(at.timestamp() + 5 * 86400 + 60, tick=False):
            assert milestone_timers.run_answer_times() == 1
        assert tool_of(order).state == "approved"
