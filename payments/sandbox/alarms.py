"""What happens by itself when its time has come on the sandbox's clock."""

from __future__ import annotations

from .context import Context
from .resources import balance, checkout, delayed, disputes, refunds
from .store import Body


def _session(ctx: Context, body: Body) -> None:
    checkout.lapse(ctx, body)


def _payment(ctx: Context, body: Body) -> None:
    delayed.settle_as_promised(ctx, body)


def _refund(ctx: Context, body: Body) -> None:
    if body["status"] != "failed":
        refunds.fail(ctx, body["id"])


def _dispute(ctx: Context, body: Body) -> None:
    disputes.run_out(ctx, body)


def _payout(ctx: Context, body: Body) -> None:
    if body["status"] in balance.UNDER_WAY:
        balance.settle_payout(ctx, body["id"], "paid")


_WAKES = {
    "checkout.session": _session,
    "payment_intent": _payment,
    "refund": _refund,
    "dispute": _dispute,
    "payout": _payout,
}


def ring(ctx: Context) -> None:
    """Wake every object whose alarm is due, oldest first; run inside a transaction."""
    for object_id in ctx.store.due_alarms(ctx.now()):
        body = ctx.store.get(object_id)
        if body is not None:
            _WAKES[body["object"]](ctx.of(ctx.store.owner(object_id)), body)
