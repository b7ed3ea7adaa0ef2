"""What each side rates of the other, and how one figure comes of it."""

from collections.abc import Mapping

from accounts.roles import Side

# By the side that writes: column of the review -> its name. Each is 1 (bad) to 5 (very good).
CRITERIA: Mapping[str, Mapping[str, str]] = {
    Side.BUYER: {
        "quality": "Quality",
        "on_time": "On time",
        "communication": "Communication",
    },
    Side.MANUFACTURER: {
        "clear_documents": "Clear documents",
        "quick_decisions": "Quick decisions",
        "paid_on_time": "Paid on time",
    },
}
STARS = (1, 2, 3, 4, 5)
ALL = tuple(name for names in CRITERIA.values() for name in names)


def overall(scores: Mapping[str, int]) -> int:
    """The mean of the criteria, rounded half up to whole stars. At least one score is given."""
    total, number = sum(scores.values()), len(scores)
    return (2 * total + number) // (2 * number)
