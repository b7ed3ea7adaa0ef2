"""Fact -> handlers, on one screen."""

SUBSCRIPTIONS: dict[str, list[str]] = {
    # accounts
    "member_invited": ["marketplace.notifications.handlers.send_invitation"],
    "member_joined": ["marketplace.notifications.handlers.tell_managers"],
    "member_left": ["marketplace.notifications.handlers.tell_managers"],
    "role_changed": ["marketplace.notifications.handlers.tell_member"],
    "spend_limit_changed": ["marketplace.notifications.handlers.tell_member"],
    "member_deactivated": ["marketplace.notifications.handlers.tell_member"],
    "member_reactivated": ["marketplace.notifications.handlers.tell_member"],
    "member_removed": ["marketplace.notifications.handlers.tell_member"],
    "ownership_transferred": ["marketplace.notifications.handlers.tell_member"],
    # directory
    "manufacturer_verified": ["marketplace.directory.handlers.tell_verified_manufacturer"],
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
    "approval_requested": ["orders.handlers.ask_approvers"],
    "approval_given": ["orders.handlers.tell_requester"],
    "award_approved": ["orders.handlers.tell_requester", "quotes.handlers.finish_award"],
    "award_rejected": ["orders.handlers.tell_approval_circle", "quotes.handlers.release_award"],
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
        "orders.handlers.tell_approval_circle",
        "quotes.handlers.release_award",
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
}
