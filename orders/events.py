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
ORDER_FUNDED = Fact("order_funded", "The payment is held; the order is placed", set())
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
DOCUMENT_ISSUED = Fact("document_issued", "{document} {number} was issued", {"document", "number"})
ORDER_CLOSED = Fact("order_closed", "The order is closed", set())
ORDER_CANCELLED = Fact("order_cancelled", "{actor} cancelled the order: {reason}", {"reason"})
ORDER_REVIEWED = Fact("order_reviewed", "{actor} wrote a review", {"side"})
REVIEWS_PUBLISHED = Fact("reviews_published", "The reviews are published", set())
