"""Calls that are worth being shown, where those of the matrix are just enough to be answered.

Each is recorded for the OpenAPI document (tests/matrix/recorded.py): what stands before it is done,
the call is made, both are undone.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import ApprovalRule, TeamInvitation
from marketplace.directory.actions.verification import ask_manufacturer
from marketplace.directory.models import Manufacturer
from marketplace.directory.states import ManufacturerState
from orders.actions.changes import propose_change
from orders.change_terms import Proposal as Change
from quotes.actions.award import Choice, award_rfq
from quotes.actions.publication import publish_rfq, reissue_rfq
from quotes.actions.quote import save_quote, start_quote
from quotes.models import Quote
from tests.api.scene import full_draft, open_rfq, quote_draft, sent_quote
from tests.matrix.world import World
from tests.parts.actions.test_parts import cube_stl
from tests.personas import make_staff_actor

Names = Mapping[str, str]
CUBE = cube_stl()


@dataclass(frozen=True)
class Example:
    """One call. `who` is one of the strangers instead of the owner; names that `before` gives are
    added to those of the world; `content` is sent as it is."""

    body: dict[str, Any] = field(default_factory=dict)
    before: Callable[[World], Names | None] = lambda world: None
    who: str = ""
    query: str = ""
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def _long_ago(world: World) -> None:
    row = TeamInvitation.objects.get(public_id=world.names["team_invitation"])
    row.expires_at -= timedelta(hours=1)
    row.save(update_fields=["expires_at"])


def _draft_profile(world: World) -> None:
    mine = world.makers["owner"].manufacturer
    Manufacturer.objects.filter(pk=mine.pk).update(state=ManufacturerState.DRAFT)


def _asked(world: World) -> None:
    mine = world.makers["owner"].manufacturer
    Manufacturer.objects.filter(pk=mine.pk).update(state=ManufacturerState.APPLIED)
    ask_manufacturer(
        actor=make_staff_actor(), public_id=mine.public_id, question="Who signs for quality?"
    )


def _priced(world: World) -> None:
    quote = Quote.objects.get(public_id=world.names["own_draft"])
    actor = world.makers["owner"].actor
    save_quote(actor=actor, public_id=quote.public_id, draft=quote_draft(quote))


def _quoted_before(world: World) -> Names:
    bea, milo = world.buyers["owner"], world.makers["owner"]
    again = reissue_rfq(actor=bea.actor, public_id=world.names["rfq"])
    draft = full_draft(again, [milo])
    publish_rfq(actor=bea.actor, public_id=again.public_id, draft=draft)
    quote = start_quote(actor=milo.actor, rfq_id=again.public_id)
    return {"own_draft": quote.public_id}


def _partly_awarded(world: World) -> Names:
    bea, milo = world.buyers["owner"], world.makers["owner"]
    ApprovalRule.objects.all().delete()
    rfq = open_rfq(bea, [milo], "frame", "lid")
    quote = sent_quote(milo, rfq)
    line = rfq.lines.all()[0].public_id
    chosen = [Choice(quote.public_id, line, 10, quote.seen)]
    award_rfq(actor=bea.actor, rfq_id=rfq.public_id, choices=chosen, finish=False)
    return {"rfq": rfq.public_id}


def _dearer(world: World) -> Names:
    change = propose_change(
        actor=world.buyers["buyer"].actor,
        public_id=world.names["making"],
        wanted=Change(freight_minor=5000),
        reason="Send them by air.",
    )
    return {"changing": world.names["making"], "change": change.public_id}


def _sent_file(world: World) -> Names:
    client = world.buyers["owner"].client
    asked = {"name": "cube.stl", "size": len(CUBE), "sha256": hashlib.sha256(CUBE).hexdigest()}
    address = client.post("/api/v1/uploads/", asked, content_type="application/json").json()
    client.put(urlsplit(address["url"]).path, CUBE, content_type="application/octet-stream")
    return {"upload": address["id"]}


# By operation.
EXAMPLES = {
    "answer_question": Example({"answer": "Ada Meier."}, _asked),
    "apply_for_credit": Example(
        {
            "registration_number": "HRB 1",
            "currency": "EUR",
            "contact": "Ada",
            "email": "invoices@bea.example",
            "monthly_minor": 2_000_000,
        },
        who="stranger",
    ),
    "apply_manufacturer": Example(before=_draft_profile),
    "approve_award": Example({"reason": "Within the budget."}),
    "approve_change": Example(before=_dearer),
    "ask_evidence": Example({"problem": ""}),
    "choose_mails": Example({"groups": {"orders": "digest"}, "kinds": {}}),
    "complete_upload": Example(before=_sent_file),
    "copy_quote": Example({"quote": "{quote}"}, _quoted_before),
    "estimate_part": Example(query="?process=cnc_milling&material=al_6061&quantities=1,10"),
    "finish_rfq": Example(before=_partly_awarded),
    "prefill_quote": Example({"again": []}),
    "refer_to_order": Example({"external_id": "ERP-4711", "metadata": {"cost_center": "80"}}),
    "replace_quote": Example(
        {
            "currency": "EUR",
            "valid_until": "{next_month}",
            "freight": {"amount_minor": 1500, "currency": "EUR"},
            "lines": [
                {
                    "rfq_line": "{priced_line}",
                    "prices": [{"quantity": 10, "unit_price": "6.25", "lead_time_days": 12}],
                }
            ],
        },
        lambda world: {
            "next_month": f"{timezone.localdate() + timedelta(days=30)}",
            "priced_line": Quote.objects.get(public_id=world.names["own_draft"])
            .lines.get()
            .rfq_line.public_id,
        },
    ),
    "resend_team_invitation": Example(before=_long_ago),
    "save_first_article": Example(
        {
            "serial": "SN-1",
            "note": "Measured at 20 degrees.",
            "materials": [{"name": "EN AW-6061", "supplier": "Alu AG", "certificate": "3.1-77"}],
            "characteristics": [
                {
                    "number": "1",
                    "requirement": "Bore",
                    "nominal": "8",
                    "lower": "7.99",
                    "upper": "8.01",
                    "unit": "mm",
                    "measured": "8.002",
                }
            ],
        }
    ),
    "send_piece": Example(content=CUBE, headers={"Upload-Offset": "0"}),
    "share_comparison": Example({"days": 7, "note": "For the design review."}),
    "state_company": Example(
        {
            "legal_name": "Milo Machining GmbH",
            "registration_number": "HRB 1",
            "vat_id": "DE136695976",
            "website": "https://milo.example",
            "founded_year": 1999,
        },
        _draft_profile,
    ),
    "submit_milestone": Example({"note": "The tool is ready."}),
    "submit_quote": Example(before=_priced),
}
