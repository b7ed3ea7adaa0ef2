"""The lifecycle of a webhook's endpoint."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class EndpointState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    GONE = "gone", "Gone"


S = EndpointState
OWNERS = (Side.BUYER, Side.MANUFACTURER)
ENDPOINT = Lifecycle(
    name="webhook",
    states=EndpointState,
    initial=S.ACTIVE,
    moves=(
        # By the system when nothing was taken for three days.
        Move("pause_endpoint", (S.ACTIVE,), S.PAUSED, by=(*OWNERS, Side.SYSTEM)),
        # Its address answered 410.
        Move("end_endpoint", (S.ACTIVE,), S.GONE, by=(Side.SYSTEM,)),
        Move("resume_endpoint", (S.PAUSED, S.GONE), S.ACTIVE, by=OWNERS),
    ),
    turn={S.ACTIVE: Side.SYSTEM, S.PAUSED: Side.BUYER, S.GONE: Side.BUYER},
)
