"""The first article: measured and submitted by the shop, approved or rejected by the buyer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState, check_move, move
from marketplace.files.models import StoredFile
from orders import events
from orders.actions.documents import issue_document
from orders.actions.instalments import check_step_paid
from orders.actions.milestones import (
    pass_milestones,
    reach_milestones,
    turn_back_milestones,
)
from orders.characteristics import Characteristic
from orders.first_articles import wanted_first_articles
from orders.models import FirstArticle, Milestone, Order, OrderDocument
from orders.papers.first_article import first_article_report
from orders.queries import lock_order
from orders.rules import INSPECT, check_can
from orders.states import FIRST_ARTICLE, ORDER, FirstArticleState

MOST_FILES, MOST_PARTS = 20, 50
F = FirstArticleState
PART_COLUMNS = {"part": 60, "name": 140, "serial": 60}
MATERIAL_COLUMNS = {"name": 140, "specification": 140, "supplier": 140, "certificate": 60}


@dataclass(frozen=True)
class Report:
    """What the shop writes down: forms 1 and 2 as rows of text, form 3 as characteristics."""

    serial: str = ""
    note: str = ""
    parts: Sequence[Mapping[str, str]] = ()
    materials: Sequence[Mapping[str, str]] = ()
    characteristics: Sequence[Characteristic] = field(default_factory=list)


@transaction.atomic
def start_first_article(*, actor: Actor, public_id: str, line: str) -> FirstArticle:
    """A draft for a line of the order: the one there is, or the next revision as a copy of the
    last one. Raises NotFound, NotAllowed, WrongState once the line's report is submitted or
    approved."""
    order = lock_order(public_id)
    INSPECT.check(actor, order)
    found = order.lines.filter(public_id=line).first()
    if found is None:
        raise NotFound()
    last = found.first_articles.order_by("-revision").first()
    if last is not None and last.state == F.DRAFT:
        return last
    if last is not None and last.state not in (F.REJECTED, F.SUPERSEDED):
        raise WrongState(f"The report of this line is {last.get_state_display().lower()}.")
    report = FirstArticle(order=order, line=found, revision=last.revision + 1 if last else 1)
    if last is not None:
        for name in ("serial", "note", "parts", "materials", "characteristics"):
            setattr(report, name, getattr(last, name))
    report.save()
    if last is not None:
        report.files.set(last.files.all())
    return report


@transaction.atomic
def save_first_article(
    *, actor: Actor, public_id: str, report: str, content: Report
) -> FirstArticle:
    """Write a draft down as it is now. Raises NotFound, NotAllowed, WrongState once submitted,
    DomainError with a sentence."""
    order = lock_order(public_id)
    INSPECT.check(actor, order)
    found = _draft(order, report)
    found.serial = " ".join(content.serial.split())[:60]
    found.note = content.note.strip()[:2000]
    found.parts = _rows(content.parts, PART_COLUMNS)
    found.materials = _rows(content.materials, MATERIAL_COLUMNS)
    found.characteristics = [row.plain() for row in content.characteristics]
    found.save(update_fields=["serial", "note", "parts", "materials", "characteristics"])
    return found


@transaction.atomic
def attach_to_first_article(
    *, actor: Actor, public_id: str, report: str, file: StoredFile
) -> FirstArticle:
    """Keep a photo or a document with a draft. Raises as `save_first_article`."""
    order = lock_order(public_id)
    INSPECT.check(actor, order)
    found = _draft(order, report)
    if found.files.count() >= MOST_FILES:
        raise DomainError(f"A report keeps at most {MOST_FILES} files.")
    found.files.add(file)
    return found


def _draft(order: Order, public_id: str) -> FirstArticle:
    found = order.first_articles.select_related("line").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    if found.state != F.DRAFT:
        raise WrongState(
            f"This report is {found.get_state_display().lower()} and does not change any more."
        )
    return found


def _rows(rows: Sequence[Mapping[str, str]], columns: Mapping[str, int]) -> list[dict[str, str]]:
    """Rows with something in them, cut to what a cell holds."""
    if len(rows) > MOST_PARTS:
        raise DomainError(f"A form has at most {MOST_PARTS} rows.")
    clean = [
        {name: " ".join(row.get(name, "").split())[:most] for name, most in columns.items()}
        for row in rows
    ]
    return [row for row in clean if any(row.values())]


@transaction.atomic
def submit_first_article(*, actor: Actor, public_id: str) -> Order:
    """Hand every draft to the buyer; production waits for the answer.

    Raises WrongState out of turn, DomainError when a line that needs a report has none, or when a
    report has nothing measured.
    """
    order = lock_order(public_id)
    side = check_can("submit_first_article", actor, order)
    check_move(order, ORDER, "submit_first_article", by=side)
    drafts = list(order.first_articles.select_related("line").filter(state=F.DRAFT))
    _check_complete(order, drafts)
    move(order, ORDER, "submit_first_article", by=side)
    for report in drafts:
        report.inspector = actor.user.name if actor.user else ""
        report.save(update_fields=["inspector"])
        move(report, FIRST_ARTICLE, "submit_report", by=side)
        issue_document(
            actor=actor,
            order=order,
            kind=OrderDocument.Kind.FIRST_ARTICLE,
            subject=report.line.public_id,
            revision=report.revision,
            write=partial(first_article_report, order, report),
        )
    reach_milestones(order, [Milestone.Kind.FIRST_ARTICLE])
    record(
        events.FIRST_ARTICLE_SUBMITTED,
        order,
        actor=actor,
        visible_to=order.parties,
        parts=_names(drafts),
        out_of_tolerance=sum(report.out_of_tolerance for report in drafts),
    )
    return order


def _check_complete(order: Order, drafts: Sequence[FirstArticle]) -> None:
    if not drafts:
        raise DomainError("Write a report first: start it at a line below.")
    have = {report.line_id for report in drafts}
    have |= set(order.first_articles.filter(state=F.APPROVED).values_list("line", flat=True))
    missing = [
        line.part_number for line in wanted_first_articles(order).lines if line.pk not in have
    ]
    if missing:
        raise DomainError(f"The contract also asks for a report of {', '.join(missing[:10])}.")
    for report in drafts:
        number = report.line.part_number
        if not report.characteristics:
            raise DomainError(f"The report of {number} has no characteristics yet.")
        open_ones = [row.number for row in report.rows if row.result == "open"]
        if open_ones:
            raise DomainError(
                f"The report of {number} has no measured value for {', '.join(open_ones[:10])}."
            )


@transaction.atomic
def approve_first_article(*, actor: Actor, public_id: str) -> Order:
    """The rest may be made; what was agreed to be paid for the first article is released.

    Raises NotFound, NotAllowed, WrongState, or DomainError while its instalment is not paid.
    """
    order = lock_order(public_id)
    side = check_can("approve_first_article", actor, order)
    check_move(order, ORDER, "approve_first_article", by=side)
    for milestone in order.milestones.filter(kind=Milestone.Kind.FIRST_ARTICLE):
        check_step_paid(order, milestone)
    move(order, ORDER, "approve_first_article", by=side)
    reports = _submitted(order)
    for report in reports:
        move(report, FIRST_ARTICLE, "approve_report", by=side)
    record(
        events.FIRST_ARTICLE_APPROVED,
        order,
        actor=actor,
        visible_to=order.parties,
        parts=_names(reports),
    )
    pass_milestones(actor=actor, order=order, kinds=[Milestone.Kind.FIRST_ARTICLE])
    return order


@transaction.atomic
def reject_first_article(
    *,
    actor: Actor,
    public_id: str,
    reason: str,
    remarks: Mapping[str, Mapping[str, str]] | None = None,
) -> Order:
    """Back to production: `reason` for the whole, `remarks` by report and characteristic number.

    Raises WrongState out of turn, DomainError without a reason or with a remark on nothing.
    """
    order = lock_order(public_id)
    side = check_can("reject_first_article", actor, order)
    check_move(order, ORDER, "reject_first_article", by=side)
    reports = _submitted(order)
    kept = _remarks(reports, remarks or {})
    if not reason.strip():
        raise DomainError(
            "Say what has to change, so that the shop can do it.", fields={"reason": "Say why."}
        )
    move(order, ORDER, "reject_first_article", by=side)
    for report in reports:
        report.reason, report.remarks = reason.strip()[:2000], kept.get(report.public_id, {})
        report.save(update_fields=["reason", "remarks"])
        move(report, FIRST_ARTICLE, "reject_report", by=side)
    turn_back_milestones(
        order, [Milestone.Kind.FIRST_ARTICLE], by=side, reason=reason.strip()[:2000]
    )
    record(
        events.FIRST_ARTICLE_REJECTED,
        order,
        actor=actor,
        visible_to=order.parties,
        parts=_names(reports),
        reason=reason.strip()[:500],
    )
    return order


def _submitted(order: Order) -> list[FirstArticle]:
    return list(order.first_articles.select_related("line").filter(state=F.SUBMITTED))


def _remarks(
    reports: Sequence[FirstArticle], remarks: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    known = {report.public_id: {row.number for row in report.rows} for report in reports}
    kept: dict[str, dict[str, str]] = {}
    for report, texts in remarks.items():
        for number, text in texts.items():
            if number not in known.get(report, set()):
                raise DomainError("A remark is on a characteristic that is not in the report.")
            if text.strip():
                kept.setdefault(report, {})[number] = " ".join(text.split())[:200]
    return kept


def _names(reports: Sequence[FirstArticle]) -> str:
    return ", ".join(report.line.part_number for report in reports[:10])
