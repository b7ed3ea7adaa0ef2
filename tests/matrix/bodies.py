"""What is sent to the doors that want something: just enough to be let in; braces as there."""

from typing import Any

from tests.orders.scene import SCORES

DETAILS = {
    "name": "Bea Robotics",
    "is_buyer": "on",
    "country": "DE",
    "city": "Aachen",
    "currency": "EUR",
}
ADDRESS = {"label": "Gate 2", "recipient": "Bea", "lines": "Hof 2, Aachen", "country": "DE"}
WEBHOOK = {"url": "https://erp.example.com/hook", "facts": ["order_placed"]}
REASON = {"reason": "The drawing changed."}
BUYERS_REVIEW = {**SCORES["buyer"], "text": "Good parts, good papers."}
SHOPS_REVIEW = {**SCORES["manufacturer"], "text": "Clear drawings."}
WORDS = {"text": "Thank you."}
SHIP = {"carrier": "dhl", "tracking_number": "JD0146"}
TRACKING = {"carrier": "ups", "tracking_number": "1Z", "status": "in_transit"}
CHARACTERISTICS = "number,requirement,measured\n1,Burrs,ok\n"
LOOKED = {"line": "{papered_line}", "lot_size": 5, "defects": 0, "inspected_on": "2026-01-01"}
PAPER = {"line": "{papered_line}", "code": "mtr", "quantity": 5}
WAIVED = {"line": "{papered_line}", "code": "mtr"}
PROFILE: dict[str, Any] = {
    "headline": "Milled parts",
    "description": "Parts.",
    "processes": ["{process}"],
    "materials": ["{material}"],
    "envelope_x_mm": 600,
    "envelope_y_mm": 400,
    "envelope_z_mm": 300,
    "lead_time_days": 12,
}
COMPANY = {
    "legal_name": "Milo Machining GmbH",
    "registration_number": "HRB 1",
    "vat_id": "DE136695976",
    "website": "https://milo.example",
    "founded_year": 1999,
}

CREDIT = {
    "registration_number": "HRB 1",
    "currency": "EUR",
    "contact": "Ada",
    "email": "invoices@bea.example",
}
LATER = {"deadline": "2199-01-01T12:00:00Z"}
QUESTION = {"text": "Which thread is meant?"}
ANSWER = {"question": "Which thread?", "answer": "M6."}

FINDING = {"process": "cnc_milling", "rule": "{rule_of_part}"}
NOTE = {"note": "The old part works as it is."}
ANNOUNCED = {"files": [{"name": "cube.stl", "size": 684}]}

# Pages that a script calls with JSON.
JSON_PAGES = {"POST /parts/uploads/"}
# Forms with files, also on the API. A file is made anew for every request.
MULTIPART = {
    "POST /api/v1/parts/",
    "POST /api/v1/manufacturer/certificates/",
    "POST /api/v1/orders/{order}/purchase-order/",
    "POST /api/v1/orders/{papered}/certificates/",
    "POST /api/v1/orders/{tooled}/milestones/{tool}/evidence/",
    "POST /api/v1/orders/{papered}/first-articles/{fai_draft}/files/",
    "POST /api/v1/quotes/{own_draft}/files/",
}
FILES = {
    "POST /parts/upload/": "files",
    "POST /api/v1/parts/": "file",
}
PDFS = {
    "POST /api/v1/manufacturer/certificates/": "file",
    "POST /api/v1/quotes/{own_draft}/files/": "file",
    "POST /orders/{order}/purchase-order/": "file",
    "POST /api/v1/orders/{order}/purchase-order/": "file",
    "POST /portal/orders/{papered}/quality/certificates/": "file",
    "POST /portal/orders/{papered}/quality/first-articles/{fai_draft}/files/": "file",
    "POST /api/v1/orders/{papered}/certificates/": "file",
    "POST /api/v1/orders/{tooled}/milestones/{tool}/evidence/": "file",
    "POST /api/v1/orders/{papered}/first-articles/{fai_draft}/files/": "file",
}

# By method and path of the table; what is not here is sent an empty body.
ASKED_OF_BUYER = "/rfqs/{talked}/quotes/{talked_quote}/counter-offers/{shop_counter}"
COUNTER_FORM = {"seen": "{seen}", "freight": "1.00"}
COUNTER = {"seen": "{seen}", "freight": {"amount_minor": 100}}
CLAIM = {"kind": "late", "description": "Two weeks late."}
OFFER = {"disposition": "use_as_is", "note": "As it is."}
SETTLEMENT = {"owed": "1.00", "reason": "No material."}

BODIES: dict[str, dict[str, Any]] = {
    "POST /status/subscribe/": {"email": "ona@example.com"},
    "POST /orders/{making}/problems/raise/": CLAIM,
    "POST /portal/orders/{making}/problems/raise/": CLAIM,
    "POST /orders/{accepted}/problems/claim/": CLAIM,
    "POST /portal/orders/{accepted}/problems/claim/": CLAIM,
    "POST /orders/{bad}/problems/{returning}/return/": SHIP,
    "POST /portal/orders/{bad}/problems/{replacing}/ship/": SHIP | {"{replaced_line}": 1},
    "POST /api/v1/orders/{bad}/nonconformances/{returning}/return/": SHIP,
    "POST /api/v1/orders/{bad}/nonconformances/{replacing}/ship/": SHIP
    | {"lines": [{"line": "{replaced_line}", "quantity": 1}]},
    "POST /api/v1/orders/{accepted}/claims/": CLAIM,
    "POST /orders/{making}/problems/ask/": {"description": "Please decide."},
    "POST /portal/orders/{making}/problems/ask/": {"description": "Please decide."},
    "POST /portal/orders/{bad}/problems/{problem}/{answer}/": OFFER,
    "POST /orders/{making}/hold/": REASON,
    "POST /portal/orders/{making}/hold/": REASON,
    "POST /orders/{making}/settlements/": SETTLEMENT,
    "POST /portal/orders/{making}/settlements/": SETTLEMENT,
    "POST /api/v1/orders/{delivered}/judge/": {"lines": []},
    "POST /api/v1/orders/{making}/hold/": REASON,
    "POST /api/v1/orders/{tooled}/milestones/{tool}/evidence/": {"kind": "report"},
    "POST /api/v1/orders/{tool_given}/milestones/{given_tool}/reject/": REASON,
    "POST /api/v1/orders/{making}/ask-platform/": NOTE,
    "POST /api/v1/orders/{making}/nonconformances/": CLAIM,
    "POST /api/v1/orders/{bad}/nonconformances/{problem}/answer/": OFFER,
    "POST /api/v1/orders/{bad}/nonconformances/{agreed}/remedy/": NOTE,
    "POST /api/v1/orders/{bad}/nonconformances/{offered}/reopen/": REASON,
    "POST /api/v1/orders/{bad}/nonconformances/{problem}/escalate/": REASON,
    "POST /api/v1/orders/{making}/settlements/": {"owed_minor": 100, "reason": "No material."},
    "POST /api/v1/orders/{ending}/settlements/{settlement}/decline/": REASON,
    "POST /orders/{making}/changes/new/": {**REASON, "freight": "0.50", "seen": 1},
    "POST /portal/orders/{making}/changes/new/": {**REASON, "freight": "0.50", "seen": 1},
    "POST /api/v1/orders/{making}/changes/": {**REASON, "freight_minor": 50},
    "POST /api/v1/orders/{changing}/changes/{change}/decline/": REASON,
    "POST /organizations/new/": {**DETAILS, "name": "Second Works"},
    "POST /views/": {"page": "rfqs", "name": "Mine", "query": "mine=1"},
    "POST /rfqs/{draft}/import/": {"pasted": "Part number\tNotes\n{draft_number}\tone"},
    "POST /rfqs/{rfq}/invite-list/": {"list": "{supplier_list}"},
    "POST /api/v1/quotes/{own_draft}/copy/": {"quote": "quo_nowhere"},
    "POST /api/v1/rfqs/{rfq}/invite-list/": {"list": "{supplier_list}"},
    "POST /suppliers/": {"name": "Turned parts"},
    "POST /suppliers/add/": {"manufacturer": "{spare_shop}", "list": "{supplier_list}"},
    "POST /suppliers/{supplier_list}/rename/": {"name": "Milled parts"},
    "POST /api/v1/supplier-lists/": {"name": "Turned parts"},
    "PATCH /api/v1/supplier-lists/{supplier_list}/": {"name": "Milled parts"},
    "POST /api/v1/supplier-lists/{supplier_list}/manufacturers/": {"manufacturer": "{spare_shop}"},
    "POST /first-steps/hide/": {"side": "buyer"},
    "POST /first-steps/show/": {"side": "buyer"},
    "POST /settings/profile/": {"name": "A Name"},
    "POST /settings/organization/": DETAILS,
    "POST /settings/members/invite/": {"email": "new@example.com", "role": "viewer"},
    "POST /settings/members/{viewer}/": {"role": "engineer"},
    "POST /settings/addresses/": ADDRESS,
    "POST /settings/addresses/{address}/": ADDRESS,
    "POST /settings/approvals/new/": {"over": "1000", "approvers_needed": 1},
    "POST /settings/approvals/{rule}/": {"over": "2000", "approvers_needed": 1},
    "POST /settings/tokens/new/": {"name": "ERP", "days": 30, "scopes": ["view"]},
    "POST /staff/visits/{organization}/": {"reason": "Ticket 4711, as agreed", "minutes": 5},
    "POST /parts/{part}/change/": {"number": "loose", "name": "Loose", "notes": ""},
    "POST /rfqs/new/": {"parts": ["{part}"]},
    "POST /rfqs/{draft}/parts/": {"parts": ["{part}"]},
    "POST /rfqs/{rfq}/cancel/": REASON,
    "POST /rfqs/{rfq}/invite/": {"manufacturer": "{spare_shop}"},
    "POST /rfqs/{asked}/invitations/{invitation}/revoke/": REASON,
    "POST /api/v1/rfqs/{asked}/invitations/{invitation}/revoke/": REASON,
    "POST /api/v1/rfqs/{asked}/guests/": {"email": "other@shop.example", "company": "Other"},
    "POST /rfqs/{asked}/guests/": {"email": "other@shop.example", "company": "Other Shop"},
    "POST /rfqs/{asked}/extend/": LATER,
    "POST /api/v1/rfqs/{asked}/extend/": LATER,
    "POST /rfqs/{sealed}/unseal/": REASON,
    "POST /api/v1/rfqs/{sealed}/unseal/": REASON,
    "POST /rfqs/{closed}/end/": REASON,
    "POST /api/v1/rfqs/{closed}/end/": REASON,
    "POST /api/v1/rfqs/{asked}/amend/": {"revision": 1, "title": "Gears"},
    "POST /settings/nda/": {"text": "Keep it secret."},
    "POST /portal/requests/{secret}/nda/accept/": {"seen": "{nda}"},
    "POST /rfqs/{rfq}/questions/publish/": ANSWER,
    "POST /rfqs/{rfq}/questions/{thread}/answer/": QUESTION,
    "POST /rfqs/{rfq}/questions/{thread}/{message}/publish/": ANSWER,
    "POST /portal/requests/{asked}/questions/ask/": QUESTION,
    "POST /api/v1/rfqs/{rfq}/threads/{thread}/messages/": QUESTION,
    "POST /api/v1/rfqs/{rfq}/answers/": ANSWER,
    "POST /api/v1/requests/{asked}/messages/": QUESTION,
    "POST /parts/{part}/units/": {"units": "mm"},
    "POST /parts/change/": {"do": "archive", "parts": ["{part}"]},
    "POST /parts/uploads/": ANNOUNCED,
    "POST /parts/{part}/label/": {"label": "C"},
    "POST /parts/{part}/accept-finding/": FINDING | NOTE,
    "POST /parts/{part}/reopen-finding/": FINDING | {"rule": "{accepted_rule}"},
    "POST /parts/{part}/bodies/": {"body": ["0"]},
    "POST /rfqs/{rfq}/award/": {"p_{rfq_line}": "{quote}:0:10", "seen_{quote}": "{seen}"},
    "POST /rfqs/{rfq}/quotes/{quote}/accept/": {"seen": "{seen}"},
    "POST /rfqs/{rfq}/quotes/{quote}/negotiate/": COUNTER_FORM,
    "POST /portal/quotes/{quote}/negotiate/": COUNTER_FORM,
    f"POST {ASKED_OF_BUYER}/decline/": REASON,
    "POST /portal/quotes/{bought_quote}/counter-offers/{buyer_counter}/decline/": REASON,
    "POST /rfqs/{rfq}/best-and-final/": {"quotes": ["{quote}"], "due_at": "{soon}"},
    "POST /api/v1/rfqs/{rfq}/quotes/{quote}/counter-offers/": COUNTER,
    "POST /api/v1/quotes/{quote}/counter-offers/": COUNTER,
    f"POST /api/v1{ASKED_OF_BUYER}/decline/": REASON,
    "POST /api/v1/quotes/{bought_quote}/counter-offers/{buyer_counter}/decline/": REASON,
    "POST /api/v1/rfqs/{rfq}/best-and-final/": {"quotes": ["{quote}"], "due_at": "{soon}"},
    "POST /rfqs/{rfq}/compare/shares/": {"days": 7},
    "POST /orders/{waiting}/reject/": REASON,
    "POST /orders/{order}/cancel/": REASON,
    "POST /orders/{accepted}/review/": BUYERS_REVIEW,
    "POST /orders/{reviewed}/reorder/": {"seen": 0},
    "POST /blanket-orders/{blanket}/call-off/": {"seen": 0, "{blanket_line}": 10},
    "POST /blanket-orders/{blanket}/cancel/": REASON,
    "POST /portal/blanket-orders/{proposed}/decline/": REASON,
    "POST /api/v1/blanket-orders/": {
        "order": "{reviewed}",
        "starts_on": "{today}",
        "ends_on": "{next_year}",
        "lead_time_days": 10,
        "ship_to": "Aachen",
        "lines": [{"line_id": "{reviewed_line}", "quantity": 100}],
    },
    "POST /api/v1/blanket-orders/{blanket}/call-off/": {
        "seen": 0,
        "quantities": {"{blanket_line}": 10},
    },
    "POST /api/v1/blanket-orders/{blanket}/cancel/": REASON,
    "POST /api/v1/blanket-orders/{proposed}/decline/": REASON,
    "POST /api/v1/orders/{reviewed}/reorder/": {"seen": 0},
    "POST /orders/{reviewed}/reviews/{shops_review}/answer/": WORDS,
    "POST /orders/{reviewed}/reviews/{shops_review}/report/": REASON,
    "POST /portal/orders/{reviewed}/reviews/{buyers_review}/answer/": WORDS,
    "POST /portal/orders/{reviewed}/reviews/{buyers_review}/report/": REASON,
    "POST /api/v1/orders/{reviewed}/reviews/{buyers_review}/answer/": WORDS,
    "POST /api/v1/orders/{reviewed}/reviews/{buyers_review}/report/": REASON,
    "POST /portal/profile/": PROFILE,
    "POST /portal/profile/company/": COMPANY,
    "POST /portal/profile/answer/": {"answer": "Yes, we do."},
    "POST /portal/profile/rates/": {"currency": "EUR", "cnc_milling__3_axis_mill": "80"},
    "POST /portal/requests/{asked}/decline/": REASON,
    "POST /orders/{order}/messages/": {"text": "When do you ship?"},
    "POST /portal/orders/{order}/messages/": {"text": "On Friday."},
    "POST /api/v1/orders/{order}/messages/": {"text": "When do you ship?"},
    "POST /portal/orders/{making}/report/": {"note": "Half done."},
    "POST /portal/orders/{ready}/ship/": SHIP,
    "POST /orders/{gated}/quality/first-articles/reject/": REASON,
    "POST /orders/{papered}/quality/waive/": WAIVED,
    "POST /portal/orders/{papered}/quality/inspections/": LOOKED,
    "POST /portal/orders/{papered}/quality/certificates/": PAPER,
    "POST /portal/orders/{papered}/quality/first-articles/start/": {"line": "{papered_line}"},
    "POST /portal/orders/{papered}/quality/first-articles/{fai_draft}/import/": {
        "pasted": CHARACTERISTICS
    },
    "POST /api/v1/orders/{papered}/inspections/": LOOKED,
    "POST /api/v1/orders/{papered}/certificates/": PAPER,
    "POST /api/v1/orders/{papered}/certificates/waive/": WAIVED,
    "POST /api/v1/orders/{papered}/first-articles/": {"line": "{papered_line}"},
    "POST /api/v1/orders/{gated}/first-articles/reject/": REASON,
    "POST /portal/orders/tracking/": {"pasted": "order,status\n{sent_reference},on its way\n"},
    "POST /portal/orders/{sent}/shipments/new/": SHIP | {"{sent_line}": 1},
    "POST /portal/orders/{sent}/shipments/{shipment}/tracking/": TRACKING,
    "POST /portal/orders/{order}/cancel/": REASON,
    "POST /portal/orders/{accepted}/review/": SHOPS_REVIEW,
    "PATCH /api/v1/organization/": {"city": "Bonn"},
    "PATCH /api/v1/members/{viewer}/": {"role": "engineer"},
    "POST /api/v1/invitations/": {"email": "new@example.com", "role": "viewer"},
    "POST /payments/on-account/apply/": {**CREDIT, "monthly": "20000"},
    "POST /api/v1/credit-account/": {**CREDIT, "monthly_minor": 2_000_000},
    "POST /api/v1/addresses/": ADDRESS,
    "PATCH /api/v1/addresses/{address}/": {"label": "Gate 3"},
    "POST /api/v1/approval-rules/": {"over_minor": 100000, "approvers_needed": 1},
    "PUT /api/v1/approval-rules/{rule}/": {"over_minor": 200000, "approvers_needed": 1},
    "POST /api/v1/tokens/": {"name": "ERP", "scopes": ["view"]},
    "POST /api/v1/access-tokens/": {"scopes": ["view"]},
    "POST /api/v1/webhook-endpoints/": WEBHOOK,
    "PATCH /api/v1/webhook-endpoints/{webhook}/": WEBHOOK,
    "POST /api/v1/webhook-endpoints/{webhook}/replay/": {"since": "2026-01-01T00:00:00Z"},
    "POST /settings/webhooks/new/": WEBHOOK,
    "POST /settings/webhooks/{webhook}/": WEBHOOK,
    "POST /settings/webhooks/{webhook}/replay/": {"since": "2026-01-01"},
    "PATCH /api/v1/manufacturer/": {"headline": "Turned parts"},
    "PUT /api/v1/manufacturer/company/": COMPANY,
    "POST /api/v1/manufacturer/answer/": {"answer": "Yes."},
    "PUT /api/v1/manufacturer/rate-card/": {"currency": "EUR", "rates": []},
    "PATCH /api/v1/parts/{part}/": {"name": "Loose"},
    "POST /api/v1/rfqs/": {"part_ids": ["{part}"]},
    "POST /api/v1/rfqs/{draft}/parts/": {"part_ids": ["{part}"]},
    "POST /api/v1/rfqs/{draft}/lines/bulk/": {"items": [{"part_id": "{part}"}]},
    "POST /api/v1/uploads/": {"name": "cube.stl", "size": 684, "sha256": "0" * 64},
    "POST /api/v1/parts/bulk/details/": {"items": [{"id": "{part}", "notes": "Deburr."}]},
    "PATCH /api/v1/rfqs/{draft}/": {"title": "Plates"},
    "PUT /api/v1/rfqs/{draft}/": {"title": "Plates", "currency": "EUR"},
    "POST /api/v1/rfqs/{rfq}/cancel/": REASON,
    "POST /api/v1/rfqs/{rfq}/invite/": {"manufacturer": "{spare_shop}"},
    "POST /api/v1/parts/{part}/give-units/": {"units": "mm"},
    "POST /api/v1/parts/bulk/": {"do": "archive", "part_ids": ["{part}"]},
    "POST /api/v1/parts/uploads/": ANNOUNCED,
    "POST /api/v1/parts/{part}/relabel/": {"label": "C"},
    "POST /api/v1/parts/{part}/bodies/": {"indexes": [0]},
    "POST /api/v1/parts/{part}/findings/accept/": FINDING | NOTE,
    "POST /api/v1/parts/{part}/findings/reopen/": FINDING | {"rule": "{accepted_rule}"},
    "POST /api/v1/rfqs/{rfq}/award/": {
        "choices": [
            {"quote": "{quote}", "rfq_line": "{rfq_line}", "quantity": 10, "seen": "{seen}"}
        ]
    },
    "POST /api/v1/rfqs/{rfq}/quotes/{quote}/accept/": {
        "quantities": {"{rfq_line}": 10},
        "seen": "{seen}",
    },
    "POST /api/v1/manufacturer/certificates/": {
        "certification": "iso_9001",
        "number": "Q-2",
        "body": "TUEV",
        "issued_on": "2026-01-01",
        "expires_on": "2999-01-01",
    },
    "POST /api/v1/requests/{asked}/decline/": REASON,
    "POST /api/v1/orders/{waiting}/reject/": REASON,
    "POST /api/v1/orders/{making}/reports/": {"note": "Half done."},
    "POST /api/v1/orders/{ready}/ship/": SHIP,
    "POST /api/v1/orders/{sent}/shipments/": SHIP
    | {"lines": [{"line": "{sent_line}", "quantity": 1}]},
    "POST /api/v1/orders/{sent}/shipments/{shipment}/tracking/": TRACKING,
    "POST /api/v1/orders/{order}/cancel/": REASON,
    "POST /api/v1/orders/{accepted}/review/": BUYERS_REVIEW,
}
