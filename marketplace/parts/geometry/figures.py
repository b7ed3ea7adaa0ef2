"""One figure of a part: its value, how it was got and how exact it is. Plain Python."""

from dataclasses import dataclass
from typing import Any

from marketplace.parts.geometry.checked import finite, finite_list, text_of

HOWS = ("surfaces", "mesh", "sampled", "guessed", "text")
Value = float | int | list[Any] | None


@dataclass(frozen=True)
class Figure:
    """A figure with its origin.

    `how` is one of HOWS; `exactness` is a sentence for people. `value` is None when the figure
    could not be had, and `reason` says why, so that nobody takes silence for zero.
    """

    value: Value
    unit: str
    how: str
    exactness: str
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain JSON values."""
        return {
            "value": self.value,
            "unit": self.unit,
            "how": self.how,
            "exactness": self.exactness,
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Figure":
        """Rebuild a figure, trusting nothing; raises ValueError, TypeError or KeyError."""
        if data["how"] not in HOWS:
            raise ValueError(f"no such way to get a figure: {data['how']!r}")
        return cls(
            value=_value(data["value"]),
            unit=text_of(data["unit"]),
            how=str(data["how"]),
            exactness=text_of(data["exactness"]),
            reason=text_of(data["reason"]),
        )


def missing(unit: str, how: str, reason: str) -> Figure:
    """Return a figure without a value; `reason` is a sentence."""
    return Figure(None, unit, how, "", reason)


def value_of(facts: dict[str, Any], name: str) -> Any:
    """Return the value of a figure in the dict of facts, or None when it is missing or unknown."""
    figure = (facts.get("figures") or {}).get(name) or {}
    return figure.get("value")


def reason_of(facts: dict[str, Any], name: str) -> str:
    """Return the sentence that says why a figure has no value."""
    figure = (facts.get("figures") or {}).get(name) or {}
    return str(figure.get("reason") or "The model was read without this figure.")


def _value(value: Any) -> Value:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return [text_of(item) for item in value[:16]]
        return finite_list(value, 16)
    number = finite(value)
    return int(value) if isinstance(value, int) else number
