"""What a rule says of a part: the measured value, the limit, where the limit comes from, advice."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from marketplace.parts.dfm.sources import Source
from marketplace.parts.geometry.feature_sentences import NOT_THERE
from marketplace.parts.geometry.figures import reason_of, value_of

INFO, WARNING, MUST_CHANGE = "info", "warning", "must_change"
# The unit of a finding that has no figure: its title says it all.
YES_OR_NO = "yes or no"
STRICTNESS = (MUST_CHANGE, WARNING, INFO)


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `spots` names the places of the facts that show it, or is empty."""

    rule: str
    severity: str
    title: str
    measured: float
    limit: float
    unit: str
    source: str
    source_url: str
    advice: str
    spots: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Case:
    """What is judged: the dict of facts, the tolerance class of ISO 2768-1, the material family."""

    facts: dict[str, Any]
    tolerance: str = "m"
    material_family: str = ""

    @property
    def plastic(self) -> bool:
        """Say whether the material is a plastic; an unknown one is taken for a metal."""
        family = self.material_family.lower()
        return any(word in family for word in ("plastic", "polymer", "resin", "elastomer"))

    def value(self, name: str) -> Any:
        """Return the value of a figure or None."""
        return value_of(self.facts, name)

    def number(self, name: str) -> float:
        """Return a figure that is known; raises TypeError for an unknown one."""
        return float(self.value(name))


@dataclass(frozen=True)
class Rule:
    """One rule: the figures it needs and a pure function that returns a finding or None."""

    code: str
    title: str
    needs: tuple[str, ...]
    judge: Callable[[Case], Finding | None]

    def missing(self, case: Case) -> str | None:
        """Return why the rule cannot be checked, or None when it can or does not apply."""
        for name in self.needs:
            if case.value(name) is None:
                reason = reason_of(case.facts, name)
                return None if reason in NOT_THERE else reason
        return None

    def applied(self, case: Case) -> Finding | None:
        """Return the finding, None when there is none or a figure is unknown."""
        if any(case.value(name) is None for name in self.needs):
            return None
        return self.judge(case)


Limit = float | Callable[[Case], float]
Measure = Callable[[Case], float]


def _limit(limit: Limit, case: Case) -> float:
    return limit(case) if callable(limit) else limit


def at_least(
    code: str,
    title: str,
    figure: str,
    *,
    recommended: Limit,
    feasible: Limit | None = None,
    unit: str = "mm",
    source: Source,
    advice: str,
    needs: tuple[str, ...] = (),
    measure: Measure | None = None,
    severity: str = WARNING,
) -> Rule:
    """Return a rule for a figure that must not be too small.

    Below `recommended` it is of the given severity, below `feasible` something that must change.
    """

    def judge(case: Case) -> Finding | None:
        measured = measure(case) if measure else case.number(figure)
        # Sampled and tessellated figures are off by some microns: no finding for those.
        for limit, grade in ((feasible, MUST_CHANGE), (recommended, severity)):
            if limit is not None and measured < _limit(limit, case) * (1 - 0.005):
                return Finding(
                    code, grade, title, measured, _limit(limit, case), unit,
                    source.name, source.url, advice, figure,
                )  # fmt: skip
        return None

    return Rule(code, title, (figure, *needs), judge)


def at_most(
    code: str,
    title: str,
    figure: str,
    *,
    recommended: Limit,
    feasible: Limit | None = None,
    unit: str = "",
    source: Source,
    advice: str,
    spots: str | None = None,
    needs: tuple[str, ...] = (),
    measure: Measure | None = None,
    severity: str = WARNING,
) -> Rule:
    """Return a rule for a figure that must not be too large; see `at_least`."""

    def judge(case: Case) -> Finding | None:
        measured = measure(case) if measure else case.number(figure)
        for limit, grade in ((feasible, MUST_CHANGE), (recommended, severity)):
            if limit is not None and measured > _limit(limit, case) * (1 + 0.005):
                return Finding(
                    code, grade, title, measured, _limit(limit, case), unit,
                    source.name, source.url, advice, figure if spots is None else spots,
                )  # fmt: skip
        return None

    return Rule(code, title, (figure, *needs), judge)


def largest_edge(case: Case) -> float:
    """Return the longest edge of the smallest box in millimeters."""
    return float(max(case.value("smallest_box")))


def fits(edges: list[float], machine: tuple[float, float, float]) -> bool:
    """Say whether a box fits a machine when turned by right angles; millimeters."""
    return all(edge <= room for edge, room in zip(sorted(edges), sorted(machine), strict=True))


def box_in_machine(
    code: str, title: str, machine: tuple[float, float, float], source: Source, advice: str
) -> Rule:
    """Return a rule that a part must fit the work space of a common machine."""

    def judge(case: Case) -> Finding | None:
        if fits(case.value("smallest_box"), machine):
            return None
        return Finding(
            code, WARNING, title, largest_edge(case), max(machine), "mm",
            source.name, source.url, advice, "",
        )  # fmt: skip

    return Rule(code, title, ("smallest_box",), judge)
