"""The orders that need somebody of the platform, by what is wrong with them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from orders.queries import IN_HAND
from orders.states import OrderState

# An order in which nothing moved for so long has stalled: two working weeks, our own measure.
STALLED_DAYS = 14
WAITING = (*IN_HAND, OrderState.SHIPPED)

# Name -> (label, which orders, at a moment).
DESKS: Mapping[str, tuple[str, Callable[[datetime], Q]]] = {
    "late": ("Late", lambda now: Q(state__in=IN_HAND, ship_by__lt=now.date())),
    "held": ("On hold", lambda now: Q(state=OrderState.ON_HOLD)),
    "disputed": ("Disputed", lambda now: Q(state=OrderState.DISPUTED)),
    "stalled": (
        "Stalled",
        lambda now: Q(state__in=WAITING, state_changed_at__lt=now - timedelta(days=STALLED_DAYS)),
    ),
}
