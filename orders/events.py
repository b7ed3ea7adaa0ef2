"""Facts about orders."""

from marketplace.core.events import Fact

ORDER_PLACED = Fact(
    "order_placed",
    "{actor} ordered for {total}",
    {"total", "total_minor", "currency", "rfq", "quote"},
)
# Before an award counts; seen by the buyer's side only. ORDER_PLACED follows the last approval.
APPROVAL_REQUESTED = Fact(
    "approval_requested",
    "{actor} accepted the quote for {total}; it waits for {needed} to approve. {why}",
    {"total", "total_minor", "currency", "needed", "why"},
)
APPROVAL_GIVEN = Fact(
    "approval_given",
    "{actor} approved, {given} of {needed}{note}",
    {"given", "needed", "note"},
)
AWARD_APPROVED = Fact("award_approved", "The award is approved by {names}", {"names"})
AWARD_REJECTED = Fact("award_rejected", "{actor} rejected the award: {reason}", {"reason"})
ORDER_FUNDED = Fact("order_funded", "{how}; the order is placed", {"how"})
PURCHASE_ORDER_ATTACHED = Fact(
    "purchase_order_attached", "{actor} attached the purchase order {file}", {"file"}
)
ORDER_CONFIRMED = Fact("order_confirmed", "{actor} confirmed the order", set())
PRODUCTION_STARTED = Fact("production_started", "{actor} started production", set())
PRODUCTION_REPORTED = Fact("production_reported", "{actor} reported: {note}", {"note", "photo"})
FIRST_ARTICLE_SUBMITTED = Fact(
    "first_article_submitted",
    "{actor} submitted the first article of {parts}",
    {"parts", "out_of_tolerance"},
)
FIRST_ARTICLE_APPROVED = Fact(
    "first_article_approved", "{actor} approved the first article of {parts}", {"parts"}
)
FIRST_ARTICLE_REJECTED = Fact(
    "first_article_rejected",
    "{actor} rejected the first article of {parts}: {reason}",
    {"parts", "reason"},
)
INSPECTION_RECORDED = Fact(
    "inspection_recorded",
    "{actor} inspected {sample} pieces of {part}, {defects} failed: {result}",
    {"part", "result", "sample", "defects"},
)
ORDER_CERTIFICATE_ADDED = Fact(
    "order_certificate_added", "{actor} handed in {name} of {part}", {"name", "part"}
)
MILESTONE_EVIDENCE_ADDED = Fact(
    "milestone_evidence_added",
    "{actor} added to the milestone {milestone}: {files}",
    {"milestone", "files"},
)
MILESTONE_SUBMITTED = Fact(
    "milestone_submitted",
    "{actor} submitted the milestone {milestone}, {amount}",
    {"milestone", "amount"},
)
MILESTONE_APPROVED = Fact(
    "milestone_approved",
    "{how} the milestone {milestone}, {amount}",
    {"milestone", "amount", "how", "is_silent"},
)
MILESTONE_REJECTED = Fact(
    "milestone_rejected",
    "{actor} rejected the milestone {milestone}: {reason}",
    {"milestone", "reason"},
)
MILESTONE_REMINDED = Fact(
    "milestone_reminded", "The milestone {milestone} waits for an answer", {"milestone"}
)
MILESTONE_DUE = Fact(
    "milestone_due", "The milestone {milestone} is due {day}", {"milestone", "day"}
)
MILESTONE_LATE = Fact(
    "milestone_late", "The milestone {milestone} was due {day}", {"milestone", "day"}
)
SHIP_DAY_NEAR = Fact("ship_day_near", "The parts have to leave by {day}", {"day"})
SHIP_DAY_PASSED = Fact("ship_day_passed", "The parts had to leave by {day} and have not", {"day"})
SHIP_DAY_MOVED = Fact(
    "ship_day_moved",
    "An instalment was paid {days} days late for the work; the day to ship by is {ship_by} now",
    {"days", "ship_by"},
)
DOCUMENT_WAIVED = Fact("document_waived", "{actor} does without {name} of {part}", {"name", "part"})
PRODUCTION_FINISHED = Fact("production_finished", "{actor} finished production", set())
QUALITY_CHECK_PASSED = Fact("quality_check_passed", "{actor} passed the quality check", set())
QUALITY_CHECK_FAILED = Fact("quality_check_failed", "{actor} sent parts back to production", set())
ORDER_SHIPPED = Fact(
    "order_shipped", "{actor} shipped with {carrier}, {tracking}", {"carrier", "tracking"}
)
PARTS_SHIPPED = Fact(
    "parts_shipped",
    "{actor} shipped {pieces} pieces with {carrier}, {tracking}",
    {"pieces", "carrier", "tracking"},
)
SHIPMENT_DELIVERED = Fact(
    "shipment_delivered", "Shipment {number} arrived, {how}", {"number", "how", "is_last"}
)
TRACKING_UPDATED = Fact(
    "tracking_updated",
    "Shipment {number}, {carrier} {tracking}: {status}",
    {"number", "carrier", "tracking", "status"},
)
SHIPMENT_TROUBLED = Fact(
    "shipment_troubled",
    "Shipment {number}, {carrier} {tracking}: {status}",
    {"number", "carrier", "tracking", "status"},
)
DELIVERY_CONFIRMED = Fact("delivery_confirmed", "Everything was delivered, says {actor}", set())
ORDER_ACCEPTED = Fact("order_accepted", "{actor} accepted the goods", set())
GOODS_JUDGED = Fact(
    "goods_judged",
    "{actor} accepted {accepted} pieces and rejected {rejected}",
    {"accepted", "rejected"},
)
ACCEPTANCE_REMINDED = Fact("acceptance_reminded", "The time to inspect the goods ends soon", set())
NONCONFORMANCE_RAISED = Fact(
    "nonconformance_raised",
    "{actor} raised {reference} about {about}: {kind}",
    {"reference", "about", "kind"},
)
NONCONFORMANCE_ANSWERED = Fact(
    "nonconformance_answered",
    "{actor} offered for {reference}: {offer}. {note}",
    {"reference", "offer", "note"},
)
NONCONFORMANCE_AGREED = Fact(
    "nonconformance_agreed", "{actor} agreed for {reference}: {offer}", {"reference", "offer"}
)
REMEDY_REPORTED = Fact(
    "remedy_reported", "{actor} put {reference} right: {note}", {"reference", "note"}
)
NONCONFORMANCE_REOPENED = Fact(
    "nonconformance_reopened",
    "{actor} did not take it for {reference}: {reason}",
    {"reference", "reason"},
)
NONCONFORMANCE_RESOLVED = Fact(
    "nonconformance_resolved",
    "{reference} is settled; {refund} go back to the buyer",
    {"reference", "refund", "refund_minor", "decided"},
)
NONCONFORMANCE_WITHDRAWN = Fact(
    "nonconformance_withdrawn", "{actor} withdrew {reference}", {"reference"}
)
NONCONFORMANCE_ESCALATED = Fact(
    "nonconformance_escalated",
    "{actor} asked the platform to decide on {reference}: {reason}",
    {"reference", "reason"},
)
NONCONFORMANCE_REMINDED = Fact(
    "nonconformance_reminded", "{reference} waits for an answer until tomorrow", {"reference"}
)
EVIDENCE_ADDED = Fact(
    "evidence_added", "{actor} added to {reference}: {files}", {"reference", "files"}
)
ORDER_HELD = Fact("order_held", "{actor} stopped the work: {reason}", {"reason"})
ORDER_RESUMED = Fact("order_resumed", "{actor} let the work go on", {"ship_by", "days"})
SETTLEMENT_PROPOSED = Fact(
    "settlement_proposed",
    "{actor} proposed to end the order: {owed} for the work done, {back} back. {reason}",
    {"owed", "back", "reason"},
)
SETTLEMENT_ACCEPTED = Fact(
    "settlement_accepted", "{actor} agreed to end the order with {owed} for the work", {"owed"}
)
SETTLEMENT_DECLINED = Fact(
    "settlement_declined", "{actor} did not agree to end the order: {reason}", {"reason"}
)
SETTLEMENT_WITHDRAWN = Fact(
    "settlement_withdrawn", "{actor} took the proposal to end the order back", set()
)
SETTLEMENT_EXPIRED = Fact(
    "settlement_expired", "Nobody answered the proposal to end the order", set()
)
CHANGE_PROPOSED = Fact(
    "change_proposed",
    "{actor} proposed {reference}: {changes}. {reason}",
    {"reference", "changes", "reason"},
)
# Before a change binds the buyer; seen by the buyer's side only.
CHANGE_APPROVAL_REQUESTED = Fact(
    "change_approval_requested",
    "{actor} agrees to {reference}, in all {total}; it waits for {needed} to approve. {why}",
    {"reference", "total", "needed", "why"},
)
CHANGE_APPROVED = Fact(
    "change_approved",
    "{actor} approved {reference}, {given} of {needed}",
    {"reference", "given", "needed"},
)
CHANGE_ACCEPTED = Fact(
    "change_accepted",
    "{actor} accepted {reference}; it takes effect when {supplement} are paid, by {pay_by}",
    {"reference", "supplement", "pay_by"},
)
CHANGE_DECLINED = Fact(
    "change_declined", "{actor} declined {reference}: {reason}", {"reference", "reason"}
)
CHANGE_WITHDRAWN = Fact("change_withdrawn", "{actor} took {reference} back", {"reference"})
CHANGE_EXPIRED = Fact("change_expired", "{reference} no longer waits for an answer", {"reference"})
CHANGE_IN_FORCE = Fact(
    "change_in_force",
    "{reference} is in force: {changes}. The order is {total} now",
    {"reference", "changes", "total", "edition"},
)
CHANGE_LAPSED = Fact(
    "change_lapsed",
    "{reference} lapsed and the order goes on as it was. {why}",
    {"reference", "why"},
)
DISPUTE_DECIDED = Fact(
    "dispute_decided",
    "The platform decided: {owed} to the manufacturer, {back} back to the buyer. {reason}",
    {"owed", "back", "reason"},
)
MONEY_RELEASED = Fact(
    "money_released",
    "{amount} goes to the manufacturer: {why}",
    {"amount", "amount_minor", "currency", "why"},
)
MONEY_RETURNED = Fact(
    "money_returned",
    "{amount} goes back to the buyer: {why}",
    {"amount", "amount_minor", "currency", "why"},
)
# After the acceptance the money has gone: payments collects what is owed and pays it back.
CLAIM_REFUND_OWED = Fact(
    "claim_refund_owed",
    "The manufacturer owes {amount} for {reference}; the platform settles it",
    {"reference", "amount", "amount_minor", "currency"},
)
RETURN_SENT = Fact(
    "return_sent",
    "{actor} sent the pieces of {reference} back with {carrier}, {tracking}",
    {"reference", "carrier", "tracking"},
)
# Seen by the side that asked, and by staff.
EVIDENCE_ASKED = Fact("evidence_asked", "{actor} asked for the evidence as {number}", {"number"})
EVIDENCE_WRITTEN = Fact(
    "evidence_written", "The evidence pack {number} is ready", {"number", "files"}
)
DOCUMENT_ISSUED = Fact("document_issued", "{document} {number} was issued", {"document", "number"})
# Of the platform alone; no party sees what others pay.
COMMISSION_RULE_MADE = Fact(
    "commission_rule_made", "{actor} made the commission rule {name}", {"name", "bps"}
)
COMMISSION_RULE_ENDED = Fact(
    "commission_rule_ended", "{actor} ended the commission rule {name} on {day}", {"name", "day"}
)
ORDER_CLOSED = Fact("order_closed", "The order is closed", set())
# One side's own note; nobody else sees it.
ORDER_REFERRED_TO = Fact(
    "order_referred_to", "{actor} noted what the order is called in their own system", set()
)
ORDER_CANCELLED = Fact("order_cancelled", "{actor} cancelled the order: {reason}", {"reason"})
ORDER_REVIEWED = Fact("order_reviewed", "{actor} wrote a review", {"side"})
REVIEWS_PUBLISHED = Fact("reviews_published", "The reviews are published", set())
ORDER_MESSAGE_WRITTEN = Fact("order_message_written", "{actor} wrote a message", set())
REVIEW_ANSWERED = Fact("review_answered", "{actor} answered the review", {"side"})
# Seen by who reported and by staff; the other party never learns of it.
REVIEW_REPORTED = Fact("review_reported", "{actor} reported a review: {reason}", {"reason"})
REVIEW_REPORT_DISMISSED = Fact(
    "review_report_dismissed", "The reported review stays: {reason}", {"reason"}
)
REVIEW_HIDDEN = Fact(
    "review_hidden", "The review by the {side} was hidden: {reason}", {"side", "reason"}
)
REVIEW_RESTORED = Fact(
    "review_restored", "The review by the {side} is shown again: {reason}", {"side", "reason"}
)
# A blanket order; a call-off is seen by the manufacturer once it knows of the order.
BLANKET_PROPOSED = Fact("blanket_proposed", "{actor} proposed the blanket order {title}", {"title"})
BLANKET_ACCEPTED = Fact("blanket_accepted", "{actor} accepted the blanket order", set())
BLANKET_DECLINED = Fact(
    "blanket_declined", "{actor} declined the blanket order: {reason}", {"reason"}
)
BLANKET_CANCELLED = Fact(
    "blanket_cancelled", "{actor} cancelled the blanket order: {reason}", {"reason"}
)
BLANKET_ENDED = Fact("blanket_ended", "The period of the blanket order is over", set())
BLANKET_ENDING = Fact("blanket_ending", "The last day to call off is {day}", {"day"})
BLANKET_NEARLY_USED = Fact(
    "blanket_nearly_used", "{percent} % of a line or more is called off", {"percent"}
)
CALLED_OFF = Fact(
    "called_off", "{actor} called off {pieces} pieces as {reference}", {"pieces", "reference"}
)
CALL_OFF_RELEASED = Fact(
    "call_off_released", "A call-off was cancelled; its pieces can be called off again", {"order"}
)
# Seen by the person's organization alone, in its audit log.
CALENDAR_FEED_MADE = Fact("calendar_feed_made", "{actor} made a calendar address", set())
CALENDAR_FEED_ENDED = Fact("calendar_feed_ended", "{actor} ended a calendar address", set())
