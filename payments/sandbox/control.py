"""/_sandbox/: what a test or a person may do to the world behind the API."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

from . import balances
from .api import Api
from .context import Context
from .errors import ApiError
from .faults import Fault
from .resources import accounts, balance, delayed, disputes, endpoints, refunds
from .store import PLATFORM, Body, Store, new_id

Form = dict[str, Any]


class Control:
    """The control plane; every command is a POST with a small form, answered in JSON."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._commands: dict[str, Callable[[Context, Form], Body]] = {
            "hold": self._hold,
            "release": self._release,
            "resend": self._resend,
            "fault": self._fault,
            "clear_faults": self._clear_faults,
            "advance": self._advance,
            "account": self._account,
            "require": self._require,
            "reject": lambda ctx, form: accounts.reject(ctx, _need(form, "account")),
            "settle": lambda ctx, form: delayed.settle(
                ctx, _need(form, "payment_intent"), str(form.get("status", "succeeded"))
            ),
            "open_dispute": self._open_dispute,
            "close_dispute": lambda ctx, form: disputes.close_dispute(
                ctx, _need(form, "dispute"), _need(form, "status")
            ),
            "fail_refund": lambda ctx, form: refunds.fail(ctx, _need(form, "refund")),
            "payout": self._payout,
            "settle_payout": self._settle_payout,
            "cash_out": self._cash_out,
            "endpoint": self._endpoint,
            "tamper": self._tamper,
            "top_up": self._top_up,
        }

    def post(self, command: str, form: Form) -> tuple[int, Body]:
        """Run a command; return HTTP status and JSON body."""
        found = self._commands.get(command)
        if found is None:
            known = ", ".join(sorted(self._commands))
            return 404, {"error": f"There is no command {command}. Known: {known}."}
        ctx = self._api.context()
        try:
            with ctx.store.transaction():
                body = found(ctx, form)
        except ApiError as error:
            return error.status, error.body
        except (ValueError, KeyError, re.error) as error:
            return 400, {"error": str(error)}
        ctx.wake()
        return 200, body

    def get(self, what: str, form: Form) -> tuple[int, Body]:
        """Read ``calls``, ``deliveries``, ``faults`` or ``state``."""
        store = self._api.store
        if what == "calls":
            return 200, {
                "data": [dict(row) for row in store.rows("SELECT * FROM calls ORDER BY id")]
            }
        if what == "deliveries":
            rows = store.rows("SELECT * FROM deliveries ORDER BY id")
            return 200, {"data": [dict(row) for row in rows]}
        if what == "faults":
            return 200, {"data": [vars(fault) for fault in self._api.faults.planned()]}
        if what == "state":
            rows = store.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
            return 200, {
                "hold": store.setting("hold", False),
                "now": store.now(),
                "deliveries": {row["state"]: row["n"] for row in rows},
            }
        return 404, {"error": "Read one of calls, deliveries, faults, state."}

    def _hold(self, ctx: Context, form: Form) -> Body:
        """Keep webhooks back from now on."""
        ctx.store.set_setting("hold", True)
        return {"hold": True}

    def _release(self, ctx: Context, form: Form) -> Body:
        """Let held webhooks go.

        ``order=reverse``: one by one from the last; ``order=shuffle``: in any order;
        ``copies=3``: each so many times; ``drop=REGEX`` and ``lose=0.05``: not those of a type,
        not that part of them.
        """
        store = ctx.store
        store.set_setting("hold", False)
        drop, lose = str(form.get("drop", "")), float(form.get("lose", 0))
        held = store.rows("SELECT id, kind FROM deliveries WHERE state='held' ORDER BY id")
        lost = set(random.sample(range(len(held)), round(lose * len(held))))  # nosec B311
        dropped: list[int] = []
        kept: list[int] = []
        for place, row in enumerate(held):
            gone = place in lost or (drop and re.search(drop, row["kind"]))
            (dropped if gone else kept).append(row["id"])
        for delivery in dropped:
            store.rows("UPDATE deliveries SET state='dropped' WHERE id=?", delivery)
        kept += [_copy(store, one) for one in kept for _ in range(int(form.get("copies", 1)) - 1)]
        if form.get("order") == "reverse":
            kept.reverse()
        elif form.get("order") == "shuffle":
            random.shuffle(kept)
        # The gap keeps an order that was asked for although several threads deliver.
        gap = {"reverse": 0.15, "shuffle": 1e-6}.get(str(form.get("order")), 0.0)
        now = time.time()
        for place, delivery in enumerate(kept):
            due = now + place * gap if gap else 0.0
            store.rows("UPDATE deliveries SET state='due', due=? WHERE id=?", due, delivery)
        return {"released": len(kept), "dropped": len(dropped)}

    def _resend(self, ctx: Context, form: Form) -> Body:
        """Deliver again every event whose type matches ``type`` (regex), ``times`` times."""
        pattern = str(form.get("type", ".*"))
        rows = ctx.store.rows(
            "SELECT DISTINCT event, kind, endpoint FROM deliveries WHERE state != 'held'"
        )
        chosen = [row for row in rows if re.search(pattern, row["kind"])]
        for row in chosen * int(form.get("times", 1)):
            ctx.store.rows(
                "INSERT INTO deliveries (event, kind, endpoint, state, due) "
                "VALUES (?, ?, ?, 'due', 0)",
                row["event"],
                row["kind"],
                row["endpoint"],
            )
        return {"resent": len(chosen) * int(form.get("times", 1))}

    def _fault(self, ctx: Context, form: Form) -> Body:
        """Plan a fault: ``kind``, ``method``, ``path`` (regex), ``times``, ``seconds``."""
        fault = Fault(
            kind=_need(form, "kind"),
            method=str(form.get("method", "POST")),
            path=str(form.get("path", ".*")),
            times=int(form.get("times", 1)),
            seconds=float(form.get("seconds", 1.0)),
        )
        self._api.faults.plan(fault)
        return vars(fault)

    def _clear_faults(self, ctx: Context, form: Form) -> Body:
        self._api.faults.clear()
        return {}

    def _advance(self, ctx: Context, form: Form) -> Body:
        """Move the clock forward by ``seconds``."""
        offset = int(ctx.store.setting("clock_offset", 0)) + int(_need(form, "seconds"))
        ctx.store.set_setting("clock_offset", offset)
        return {"now": ctx.now()}

    def _account(self, ctx: Context, form: Form) -> Body:
        """Enable or restrict a connected ``account``: ``enabled=true|false``."""
        return accounts.set_enabled(ctx, _need(form, "account"), form.get("enabled") == "true")

    def _require(self, ctx: Context, form: Form) -> Body:
        """Ask an ``account`` for what is ``due`` (with commas), at once unless ``now=false``."""
        due = [name for name in _need(form, "due").split(",") if name]
        return accounts.require(
            ctx, _need(form, "account"), due, now=form.get("now", "true") == "true"
        )

    def _open_dispute(self, ctx: Context, form: Form) -> Body:
        """Dispute a ``charge``: ``reason``; ``amount`` in minor units for a part of it."""
        amount = form.get("amount")
        return disputes.open_dispute(
            ctx,
            _need(form, "charge"),
            str(form.get("reason", "product_not_received")),
            int(amount) if amount else None,
        )

    def _payout(self, ctx: Context, form: Form) -> Body:
        """Pay out of an account to its bank, then settle it (``status=pending`` leaves it)."""
        own = self._api.context(str(form.get("account") or PLATFORM))
        body = balance.create_payout(
            own, {"amount": _need(form, "amount"), "currency": _need(form, "currency")}
        )
        status = str(form.get("status", "paid"))
        return body if status == "pending" else balance.settle_payout(own, body["id"], status)

    def _settle_payout(self, ctx: Context, form: Form) -> Body:
        """Let the bank take or refuse a ``payout``: ``status=paid|failed``."""
        payout = _need(form, "payout")
        if ctx.store.get(payout, "payout") is None:
            raise ValueError("There is no such payout.")
        own = self._api.context(ctx.store.owner(payout))
        return balance.settle_payout(own, payout, _need(form, "status"))

    def _cash_out(self, ctx: Context, form: Form) -> Body:
        """Send all that is available in an ``account`` to its bank, where it arrives."""
        own = self._api.context(_need(form, "account"))
        made = [body["id"] for body in balance.pay_out_all(own)]
        return {"data": [balance.settle_payout(own, one, "paid") for one in made]}

    def _endpoint(self, ctx: Context, form: Form) -> Body:
        """Point the webhooks of the command line to another ``url`` and ``secret``."""
        return endpoints.ensure_default(ctx, _need(form, "url"), _need(form, "secret"))

    def _top_up(self, ctx: Context, form: Form) -> Body:
        """Move ``amount`` minor units of ``currency`` from the bank to the platform's balance."""
        currency = _need(form, "currency").lower()
        return balances.post(ctx, "topup", int(_need(form, "amount")), currency, new_id("tu_"))

    def _tamper(self, ctx: Context, form: Form) -> Body:
        """Change fields of a stored object (``id``, ``changes`` as JSON), telling nobody."""
        body = ctx.store.get(_need(form, "id"))
        if body is None:
            raise ValueError("There is no such object.")
        body.update(json.loads(_need(form, "changes")))
        return ctx.store.save(body, ctx.store.owner(body["id"]))


def _copy(store: Store, delivery: int) -> int:
    """Queue a delivery once more; return the number of the copy."""
    store.rows(
        "INSERT INTO deliveries (event, kind, endpoint, state, due) "
        "SELECT event, kind, endpoint, 'held', 0 FROM deliveries WHERE id=?",
        delivery,
    )
    return int(store.rows("SELECT last_insert_rowid() AS id")[0]["id"])


def _need(form: Form, name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing.")
    return value
