"""Which kinds of notifications go together, so that a person can silence the mails of a group.

A kind is the last part of its template's name. One that stands in no group is always mailed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models


class Group(models.TextChoices):
    REQUESTS = "requests", "Requests and quotes"
    ORDERS = "orders", "Orders"
    MONEY = "money", "Payments and payouts"
    COMPANY = "company", "Company and team"
    SECURITY = "security", "Security and privacy"


ALWAYS = Group.SECURITY
ABOUT: Mapping[str, str] = {
    Group.REQUESTS: "Somebody asks for your price, quotes, withdraws or chooses.",
    Group.ORDERS: "Orders placed, produced, shipped, accepted or cancelled; reviews.",
    Group.MONEY: "Payments due, received, refused or refunded; payouts and their account.",
    Group.COMPANY: "Verification, certificates, colleagues who come or go, approvals of awards.",
    Group.SECURITY: "Always by mail: sign-ins, passwords, your role, your data.",
}
_KINDS = {
    Group.REQUESTS: (
        "manufacturer_invited no_bid quote_not_chosen quote_submitted quote_withdrawn "
        "rfq_cancelled rfq_closed question_asked message_answered answer_published "
        "rfq_joined access_ended access_restored rfq_amended rfq_extended rfq_unsealed "
        "rfq_ended quote_reconfirmed invitation_reminded guest_invited "
        "counter_proposed counter_withdrawn counter_accepted counter_declined counter_expired "
        "best_and_final_asked final_confirmed best_and_final_lapsed"
    ),
    Group.ORDERS: (
        "delivery_confirmed order_accepted order_cancelled order_closed order_confirmed "
        "order_funded order_placed order_shipped production_reported production_started "
        "reviews_published purchase_order_attached parts_shipped shipment_troubled "
        "shipment_delivered first_article_submitted first_article_approved "
        "first_article_rejected document_waived"
    ),
    Group.MONEY: (
        "payment_failed payment_in_review payment_refunded payment_requested "
        "payout_account_activated payout_account_restricted payout_blocked payout_sent refund_sent"
    ),
    Group.COMPANY: (
        "manufacturer_applied manufacturer_asked manufacturer_closed manufacturer_refused "
        "manufacturer_suspended manufacturer_verified certificate_checked certificate_expired "
        "certificate_expiring certificate_refused member_joined member_left "
        "approval_requested approval_given award_approved award_rejected"
    ),
    Group.SECURITY: (
        "data_export_ready data_export_failed deletion_asked deletion_cancelled deletion_stopped "
        "role_changed spend_limit_changed ownership_transferred "
        "member_deactivated member_reactivated member_removed staff_visit_started"
    ),
}
GROUP_OF: dict[str, Group] = {
    kind: group for group, kinds in _KINDS.items() for kind in kinds.split()
}


@dataclass(frozen=True)
class Choice:
    """One line of the preferences page."""

    group: str
    label: str
    about: str
    by_mail: bool
    is_fixed: bool
