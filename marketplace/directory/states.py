"""The lifecycle of a manufacturer on the marketplace."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class ManufacturerState(models.TextChoices):
    APPLIED = "applied", "Waiting for verification"
    VERIFIED = "verified", "Verified"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


S = ManufacturerState
MANUFACTURER = Lifecycle(
    name="manufacturer",
    states=ManufacturerState,
    initial=S.APPLIED,
    moves=(
        Move("verify_manufacturer", (S.APPLIED, S.SUSPENDED), S.VERIFIED, by=(Side.STAFF,)),
        Move("suspend_manufacturer", (S.VERIFIED,), S.SUSPENDED, by=(Side.STAFF, Side.SYSTEM)),
        Move(
            "close_manufacturer",
            (S.APPLIED, S.VERIFIED, S.SUSPENDED),
            S.CLOSED,
            by=(Side.MANUFACTURER, Side.STAFF),
        ),
    ),
    turn={
        S.APPLIED: Side.STAFF,
        S.VERIFIED: Side.MANUFACTURER,
        S.SUSPENDED: Side.STAFF,
        S.CLOSED: None,
    },
)
