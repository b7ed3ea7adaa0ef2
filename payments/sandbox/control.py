"""/_sandbox/: what a test or a person may do to the world behind the API."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from .api import Api
from .context import Context
from .errors import ApiError
from .faults import Fault
from .resources import accounts, balance, disputes, endpoints, refunds
from .store import PLATFORM, Body

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
            "open_dispute": lambda ctx, form: disputes.open_dispute(
                ctx,
                _need(form, "charge"),
                str(form.get("reason", "product_not_received")),
                int(form["amount"]) if form.get("amount") else None,
            ),
            "close_dispute": lambda ctx, form: disputes.close_dispute(
                ctx, _need(form, "dispute"), _need(form, "status")
            ),
            "fail_refund": lambda ctx, form: refunds.fail(ctx, _need(form, "refund")),
            "payout": self._payout,
            "endpoint": self._endpoint,
            "tamper": self._tamper,
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
        """Let held webhooks go: ``order=reverse`` one by one from the last; ``drop=REGEX``."""
        store = ctx.store
        store.set_setting("hold", False)
        drop = str(form.get("drop", ""))
        held = store.rows("SELECT id, kind FROM deliveries WHERE state='held' ORDER BY id")
        dropped = [row["id"] for row in held if drop and re.search(drop, row["kind"])]
        kept = [row["id"] for row in held if row["id"] not in dropped]
        if form.get("order") == "reverse":
            kept.reverse()
        for place, delivery in enumerate(kept):
            # The gap keeps the asked-for order although several threads deliver.
            due = time.time() + place * 0.15 if form.get("order") else 0.0
            store.rows("UPDATE deliveries SET state='due', due=? WHERE id=?", due, delivery)
        for delivery in dropped:
            store.rows("UPDATE deliveries SET state='dropped' WHERE id=?", delivery)
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
        """Enable or restrict a connected account: ``account``, ``enabled=true|false``."""
        return accounts.set_enabled(ctx, _need(form, "account"), form.get("enabled") == "true")

    def _payout(self, ctx: Context, form: Form) -> Body:
        """Pay out of an account to its bank, then settle it as ``paid`` or ``failed``."""
        account = str(form.get("account") or PLATFORM)
        own = self._api.context(account)
        body = balance.create_payout(
            own, {"amount": _need(form, "amount"), "currency": _need(form, "currency")}
        )
        return balance.settle_payout(own, body["id"], str(form.get("status", "paid")))

    def _endpoint(self, ctx: Context, form: Form) -> Body:
        """Point the webhooks of the command line to another ``url`` and ``secret``."""
        return endpoints.ensure_default(ctx, _need(form, "url"), _need(form, "secret"))

    def _tamper(self, ctx: Context, form: Form) -> Body:
        """Change fields of a stored object (``id``, ``changes`` as JSON), telling nobody."""
        body = ctx.store.get(_need(form, "id"))
        if body is None:
            raise ValueError("There is no such object.")
        body.update(json.loads(_need(form, "changes")))
        return ctx.store.save(body, ctx.store.owner(body["id"]))


def _need(form: Form, name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing.")
    return value
