"""What a contract asks for of inspection and papers, what is there, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from marketplace.core.errors import DomainError
from marketplace.core.states import WrongState
from orders.first_articles import DOCUMENT as FIRST_ARTICLE
from orders.first_articles import LEVEL as HOLD
from orders.models import Inspection, Order, OrderDocument, OrderLine
from orders.progress import Progress

# Levels that ask for no inspection of lots: the shop's own check, or the first article's own gate.
PLAIN_LEVELS = ("", "standard", HOLD)
CONFORMANCE = "coc"
# What a shop can hand in; the codes are those of the taxonomy.
PAPERS: Mapping[str, str] = {
    "mtr": "Material test report (EN 10204 3.1)",
    "finish_cert": "Finishing certificate",
    "rohs": "RoHS certificate",
    "reach": "REACH certificate",
    "ppap": "PPAP",
    "other": "Other certificate",
}


@dataclass(frozen=True)
class Asked:
    """A paper a line asks for: for how many of its pieces it is there, or that it was waived."""

    line: OrderLine
    code: str
    name: str
    covered: int
    is_waived: bool

    @property
    def is_missing(self) -> bool:
        """The last pieces cannot leave without it."""
        return not self.is_waived and self.covered < self.line.quantity


def asks_for_inspection(line: OrderLine) -> bool:
    """The contract asks for more than the shop's own check of this line."""
    return line.inspection_level not in PLAIN_LEVELS


def papers_asked(order: Order) -> list[Asked]:
    """Every paper every line asks for; the first article has its own gate. Four queries."""
    waived = set(order.waivers.values_list("line", "code"))
    given = {
        (line, code): total
        for line, code, total in order.certificates.order_by()
        .values_list("line", "code")
        .annotate(total=Sum("quantity"))
    }
    has_conformance = order.documents.filter(kind=OrderDocument.Kind.CONFORMANCE).exists()
    asked = []
    for line in order.lines.all():
        for document in line.documents:
            code = document["code"]
            if code == FIRST_ARTICLE:
                continue
            covered = given.get((line.pk, code), 0)
            if code == CONFORMANCE and has_conformance:
                covered = line.quantity
            is_waived = (line.pk, code) in waived
            asked.append(Asked(line, code, document["name"], covered, is_waived))
    return asked


def newest_inspections(order: Order) -> list[Inspection]:
    """The inspection that counts of each line and lot, newest first."""
    newest: dict[tuple[int, str], Inspection] = {}
    for row in order.inspections.select_related("line", "file"):
        newest.setdefault((row.line_id, row.lot), row)
    return list(newest.values())


def inspected_pieces(order: Order) -> dict[int, int]:
    """Row of a line -> pieces of lots that passed."""
    passed: dict[int, int] = {}
    for row in newest_inspections(order):
        if row.passed:
            passed[row.line_id] = passed.get(row.line_id, 0) + row.lot_size
    return passed


def check_inspected(
    order: Order, progress: Sequence[Progress], leaving: Sequence[tuple[OrderLine, str, int]]
) -> None:
    """Raise DomainError while pieces of a line that asks for an inspection leave without one."""
    if not any(asks_for_inspection(line) for line, _, _ in leaving):
        return
    passed = inspected_pieces(order)
    for row in progress:
        line = row.line
        now = sum(quantity for taken, _, quantity in leaving if taken.pk == line.pk)
        free = passed.get(line.pk, 0) - row.shipped
        if now and asks_for_inspection(line) and now > free:
            raise DomainError(
                f"{line.part_number} asks for an inspection ({line.inspection_name}), and it "
                f"passed for {max(free, 0)} of the {now} pieces that should leave. Record it under "
                "Quality.",
                fields={line.public_id: f"{max(free, 0)} inspected pieces can leave."},
            )


def check_papers(order: Order) -> None:
    """Raise WrongState with what is missing: the last pieces leave with their papers."""
    missing = [f"{a.name} for {a.line.part_number}" for a in papers_asked(order) if a.is_missing]
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise WrongState(
            f"The contract asks for papers that are missing: {'; '.join(missing[:5])}{more}. Hand "
            "them in under Quality before the last pieces leave, or ask the buyer to waive them."
        )
