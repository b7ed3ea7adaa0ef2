"""The lifecycles of reading a part revision's files, and of a file on its way in."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class AnalysisState(models.TextChoices):
    PENDING = "pending", "Being read"
    READY = "ready", "Read"
    FAILED = "failed", "Could not be read"


S = AnalysisState
ANALYSIS = Lifecycle(
    name="part",
    states=AnalysisState,
    initial=S.PENDING,
    moves=(
        Move("finish_analysis", (S.PENDING,), S.READY, by=(Side.SYSTEM,)),
        Move("fail_analysis", (S.PENDING,), S.FAILED, by=(Side.SYSTEM,)),
        Move("read_again", (S.READY, S.FAILED), S.PENDING, by=(Side.BUYER,)),
    ),
    turn={S.PENDING: Side.SYSTEM, S.READY: None, S.FAILED: Side.BUYER},
)


class UploadState(models.TextChoices):
    RECEIVING = "receiving", "Arriving"
    RECEIVED = "received", "Being checked"
    STORED = "stored", "Stored"
    REFUSED = "refused", "Not taken"
    EXPIRED = "expired", "Never finished"


U = UploadState
UPLOAD = Lifecycle(
    name="upload",
    states=UploadState,
    initial=U.RECEIVING,
    moves=(
        Move("receive_upload", (U.RECEIVING,), U.RECEIVED, by=(Side.BUYER,)),
        Move("store_upload", (U.RECEIVED,), U.STORED, by=(Side.SYSTEM,)),
        Move("refuse_upload", (U.RECEIVED,), U.REFUSED, by=(Side.SYSTEM,)),
        Move("expire_upload", (U.RECEIVING,), U.EXPIRED, by=(Side.SYSTEM,)),
    ),
    turn={
        U.RECEIVING: Side.BUYER,
        U.RECEIVED: Side.SYSTEM,
        U.STORED: None,
        U.REFUSED: None,
        U.EXPIRED: None,
    },
)
