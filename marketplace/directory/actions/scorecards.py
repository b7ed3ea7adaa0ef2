"""Figures about a manufacturer, counted by the apps above and written down here."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from marketplace.directory.models import Manufacturer, Scorecard

Figure = int | Decimal | None
# Column -> (what stood there, what stands there now).
Changes = dict[str, tuple[Figure, Figure]]
ON_PROFILE = ("rating_sum", "rating_count")


@transaction.atomic
def keep_figures(*, organization_id: int, count: Callable[[], Mapping[str, Figure]]) -> Changes:
    """Count and write down; what changed. Twice is once; {} for who has no profile.

    `count` names columns of Scorecard, or those ON_PROFILE. It is called under the lock of the
    profile, so that of two who count at once the later one sees what the earlier one saw. No fact:
    every figure follows from facts that are recorded already.
    """
    profile = (
        Manufacturer.objects.select_for_update(of=("self",))
        .filter(organization_id=organization_id)
        .first()
    )
    if profile is None:
        return {}
    card, _ = Scorecard.objects.get_or_create(manufacturer=profile)
    changes: Changes = {}
    for name, value in count().items():
        row = profile if name in ON_PROFILE else card
        old = getattr(row, name)
        if old != value:
            changes[name] = (old, value)
            setattr(row, name, value)
    if on_profile := [name for name in changes if name in ON_PROFILE]:
        profile.save(update_fields=on_profile)
    card.computed_at = timezone.now()
    card.save(update_fields=[*(n for n in changes if n not in ON_PROFILE), "computed_at"])
    return changes
