"""Lifecycle of a blanket order."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class BlanketState(models.TextChoices):
    PROPOSED = "proposed", "Waits for the manufacturer"
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"
    CANCELLED = "cancelled", "Cancelled"
    DECLINED = "declined", "Declined"


B = BlanketState
BLANKET = Lifecycle(
    name="blanket order",
    states=BlanketState,
    initial=B.PROPOSED,
    moves=(
        Move("accept_blanket", (B.PROPOSED,), B.ACTIVE, by=(Side.MANUFACTURER,)),
        Move("decline_blanket", (B.PROPOSED,), B.DECLINED, by=(Side.MANUFACTURER,)),
        Move("cancel_blanket", (B.PROPOSED, B.ACTIVE), B.CANCELLED, by=(Side.BUYER,)),
        Move("end_blanket", (B.PROPOSED, B.ACTIVE), B.ENDED, by=(Side.SYSTEM,)),
    ),
    turn={
        B.PROPOSED: Side.MANUFACTURER,
        B.ACTIVE: Side.BUYER,
        B.ENDED: None,
        B.CANCELLED: None,
        B.DECLINED: None,
    },
)
