"""The lifecycle of reading a part revision's files."""

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
