"""When an order needs a first article, which reports it has, and whether it may go on."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.core.states import WrongState
from orders.models import FirstArticle, Milestone, Order, OrderLine
from orders.states import FirstArticleState, MilestoneState

# Codes of the taxonomy that ask for a first article before the rest is made.
LEVEL, DOCUMENT = "fai_hold", "fair"


@dataclass(frozen=True)
class Wanted:
    """Lines that need an approved report; `any_line`: one report of any line is enough."""

    lines: list[OrderLine]
    any_line: bool

    def __bool__(self) -> bool:
        return bool(self.lines) or self.any_line


def wanted_first_articles(order: Order) -> Wanted:
    """What the contract asks for: by line where its inspection or its documents say so, and one
    report where only a first article milestone was agreed. Two queries."""
    lines = lines_asking(order)
    agreed = order.milestones.filter(kind=Milestone.Kind.FIRST_ARTICLE).exclude(
        state=MilestoneState.CANCELLED
    )
    return Wanted(lines, not lines and agreed.exists())


def lines_asking(order: Order) -> list[OrderLine]:
    """The lines that ask for a first article themselves; one that a change order dropped does
    not."""
    return [line for line in order.lines.all() if line.quantity and asks_for_first_article(line)]


def asks_for_first_article(line: OrderLine) -> bool:
    """The inspection level or a document of this line is a first article."""
    codes = {document["code"] for document in line.documents}
    return line.inspection_level == LEVEL or DOCUMENT in codes


def missing_first_articles(order: Order) -> tuple[bool, list[str]]:
    """Whether a first article that the contract asks for is not approved, and the part numbers of
    the lines that ask for it themselves. Reads only whole relations, so that lines, milestones and
    first articles can be prefetched."""
    approved = {
        row.line_id for row in order.first_articles.all() if row.state == FirstArticleState.APPROVED
    }
    asking = lines_asking(order)
    if asking:
        missing = [line.part_number for line in asking if line.pk not in approved]
        return bool(missing), missing
    agreed = any(
        milestone.kind == Milestone.Kind.FIRST_ARTICLE
        and milestone.state != MilestoneState.CANCELLED
        for milestone in order.milestones.all()
    )
    return agreed and not approved, []


def check_first_article_approved(order: Order) -> None:
    """Raise WrongState with a sentence while a first article that was asked for is not approved."""
    is_missing, missing = missing_first_articles(order)
    if is_missing:
        parts = f" of {', '.join(missing[:5])}" if missing else ""
        raise WrongState(
            f"The contract asks for a first article{parts} that the buyer approves before the rest "
            "is finished or shipped. Submit the report under Quality and wait for the answer."
        )


def first_articles_of(order: Order, side: str) -> QuerySet[FirstArticle]:
    """Reports of an order by line, newest revision first; the buyer sees what was submitted."""
    rows = order.first_articles.select_related("line")
    if side == Side.BUYER:
        rows = rows.exclude(state=FirstArticleState.DRAFT)
    return rows


def rejected_before(report: FirstArticle) -> FirstArticle | None:
    """The revision that was rejected before this one, with the reason and remarks it answers.
    One query."""
    earlier = FirstArticle.objects.filter(line=report.line_id, revision__lt=report.revision)
    return earlier.filter(state=FirstArticleState.REJECTED).order_by("-revision").first()


def find_first_article(order: Order, side: str, public_id: str) -> FirstArticle:
    """One report that this side may see. Raises NotFound."""
    found = first_articles_of(order, side).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found
