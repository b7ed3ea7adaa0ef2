"""The lifecycles of a manufacturer on the marketplace and of its certificates."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class ManufacturerState(models.TextChoices):
    DRAFT = "draft", "Not applied yet"
    APPLIED = "applied", "Waiting for verification"
    ASKED = "asked", "Question to answer"
    VERIFIED = "verified", "Verified"
    REFUSED = "refused", "Refused"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


S = ManufacturerState
MANUFACTURER = Lifecycle(
    name="manufacturer",
    states=ManufacturerState,
    initial=S.DRAFT,
    moves=(
        Move("apply_manufacturer", (S.DRAFT, S.REFUSED), S.APPLIED, by=(Side.MANUFACTURER,)),
        # A suspended company is asked too: that is its way back.
        Move("ask_manufacturer", (S.APPLIED, S.SUSPENDED), S.ASKED, by=(Side.STAFF,)),
        Move("answer_question", (S.ASKED,), S.APPLIED, by=(Side.MANUFACTURER,)),
        Move("verify_manufacturer", (S.APPLIED, S.SUSPENDED), S.VERIFIED, by=(Side.STAFF,)),
        Move("refuse_manufacturer", (S.APPLIED, S.ASKED), S.REFUSED, by=(Side.STAFF,)),
        Move("suspend_manufacturer", (S.VERIFIED,), S.SUSPENDED, by=(Side.STAFF, Side.SYSTEM)),
        Move(
            "close_manufacturer",
            (S.DRAFT, S.APPLIED, S.ASKED, S.VERIFIED, S.REFUSED, S.SUSPENDED),
            S.CLOSED,
            by=(Side.MANUFACTURER, Side.STAFF),
        ),
    ),
    turn={
        S.DRAFT: Side.MANUFACTURER,
        S.APPLIED: Side.STAFF,
        S.ASKED: Side.MANUFACTURER,
        S.VERIFIED: Side.MANUFACTURER,
        S.REFUSED: Side.MANUFACTURER,
        S.SUSPENDED: Side.STAFF,
        S.CLOSED: None,
    },
)


class CertificateState(models.TextChoices):
    WAITING = "waiting", "Waiting for our check"
    CHECKED = "checked", "Checked"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"


C = CertificateState
CERTIFICATE = Lifecycle(
    name="certificate",
    states=CertificateState,
    initial=C.WAITING,
    moves=(
        Move("check_certificate", (C.WAITING,), C.CHECKED, by=(Side.STAFF,)),
        Move("refuse_certificate", (C.WAITING, C.CHECKED), C.REFUSED, by=(Side.STAFF,)),
        Move("expire_certificate", (C.WAITING, C.CHECKED), C.EXPIRED, by=(Side.SYSTEM,)),
        # By the system when a checked successor takes its place.
        Move(
            "withdraw_certificate",
            (C.WAITING, C.CHECKED, C.REFUSED, C.EXPIRED),
            C.WITHDRAWN,
            by=(Side.MANUFACTURER, Side.SYSTEM),
        ),
    ),
    turn={
        C.WAITING: Side.STAFF,
        C.CHECKED: Side.SYSTEM,
        C.REFUSED: Side.MANUFACTURER,
        C.EXPIRED: Side.MANUFACTURER,
        C.WITHDRAWN: None,
    },
)
