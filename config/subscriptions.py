"""Fact -> handlers, on one screen."""

SUBSCRIPTIONS: dict[str, list[str]] = {
    # directory
    "manufacturer_applied": ["marketplace.directory.handlers.tell_manufacturer"],
    "manufacturer_asked": ["marketplace.directory.handlers.tell_manufacturer"],
    "manufacturer_verified": ["marketplace.directory.handlers.tell_verified_manufacturer"],
    "manufacturer_refused": ["marketplace.directory.handlers.tell_manufacturer"],
    "manufacturer_suspended": ["marketplace.directory.handlers.tell_manufacturer"],
    "manufacturer_closed": ["marketplace.directory.handlers.tell_manufacturer"],
    "certificate_checked": ["marketplace.directory.handlers.tell_of_certificate"],
    "certificate_refused": ["marketplace.directory.handlers.tell_of_certificate"],
    "certificate_expiring": ["marketplace.directory.handlers.tell_of_certificate"],
    "certificate_expired": ["marketplace.directory.handlers.tell_of_certificate"],
    # parts
    "part_uploaded": ["marketplace.parts.handlers.read_files"],
    "units_given": ["marketplace.parts.handlers.read_files"],
    # quotes
    "manufacturer_invited": ["quotes.handlers.tell_invited"],
    "quote_submitted": ["quotes.handlers.tell_buyer_of_quote"],
    "quote_withdrawn": ["quotes.handlers.tell_buyer_of_quote"],
    "no_bid": ["quotes.handlers.tell_buyer_of_no_bid"],
    "rfq_closed": ["quotes.handlers.tell_buyer_of_closing"],
    "rfq_cancelled": ["quotes.handlers.tell_asked_of_cancelling"],
    "quote_not_chosen": ["quotes.handlers.tell_loser"],
    # orders
    "order_placed": [
        "orders.handlers.tell_manufacturer",
        "payments.handlers.open_payment",
    ],
    "order_funded": ["orders.handlers.tell_both"],
    "order_confirmed": ["orders.handlers.tell_buyer"],
    "production_started": ["orders.handlers.tell_buyer"],
    "production_reported": ["orders.handlers.tell_buyer"],
    "order_shipped": ["orders.handlers.tell_buyer"],
    "delivery_confirmed": ["orders.handlers.tell_manufacturer"],
    "order_accepted": [
        "orders.handlers.tell_manufacturer",
        "payments.handlers.release_order",
    ],
    "order_cancelled": [
        "orders.handlers.tell_both",
        "payments.handlers.refund_cancelled_order",
    ],
    "order_closed": ["orders.handlers.tell_both"],
    "reviews_published": ["orders.handlers.tell_both"],
    # payments
    "payment_failed": ["payments.handlers.tell_buyer"],
    "payment_requested": ["payments.handlers.tell_buyer"],
    "payment_in_review": ["payments.handlers.tell_buyer"],
    "payment_refunded": ["payments.handlers.tell_both"],
    "refund_sent": ["payments.handlers.tell_buyer"],
    "payout_sent": ["payments.handlers.tell_manufacturer"],
    "payout_blocked": ["payments.handlers.tell_manufacturer"],
    "payout_account_activated": ["payments.handlers.tell_account_owner"],
    "payout_account_restricted": ["payments.handlers.tell_account_owner"],
    # files
    "files_erased": ["marketplace.files.handlers.remove_objects"],
    # operations
    "data_export_asked": ["marketplace.operations.handlers.make_export"],
    "data_export_ready": ["marketplace.operations.handlers.tell_person"],
    "data_export_failed": ["marketplace.operations.handlers.tell_person"],
    "deletion_asked": ["marketplace.operations.handlers.tell_person"],
    "deletion_cancelled": ["marketplace.operations.handlers.tell_person"],
    "deletion_stopped": ["marketplace.operations.handlers.tell_person"],
}
