"""Which kinds of notifications go together, so that a person can choose how a group is mailed.

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


class MailChoice(models.TextChoices):
    """How a person gets what they are told; the inbox has it in any case."""

    NOW = "now", "At once"
    DIGEST = "digest", "Daily digest"
    OFF = "off", "Not by mail"


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
        "reviews_published purchase_order_attached "
        "nonconformance_raised nonconformance_answered nonconformance_agreed "
        "remedy_reported nonconformance_reopened nonconformance_resolved "
        "nonconformance_withdrawn nonconformance_escalated nonconformance_reminded "
        "evidence_added evidence_written return_sent goods_judged acceptance_reminded "
        "order_held order_resumed "
        "settlement_proposed settlement_accepted settlement_declined settlement_withdrawn "
        "settlement_expired change_proposed change_approval_requested change_approved "
        "change_accepted change_declined change_withdrawn change_expired change_in_force "
        "change_lapsed dispute_decided order_message_written "
        "review_answered review_hidden review_restored "
        "review_report_dismissed blanket_proposed blanket_accepted blanket_declined "
        "blanket_cancelled blanket_ended blanket_ending blanket_nearly_used "
        "parts_shipped shipment_troubled "
        "shipment_delivered first_article_submitted first_article_approved "
        "first_article_rejected document_waived milestone_submitted milestone_approved "
        "milestone_rejected milestone_reminded milestone_due milestone_late ship_day_near "
        "ship_day_passed"
    ),
    Group.MONEY: (
        "payment_failed payment_in_review payment_refunded payment_requested "
        "payment_reminded payment_overdue payment_funded payment_processing "
        "payout_account_activated payout_account_restricted payout_blocked payout_sent refund_sent "
        "payment_disputed dispute_won dispute_lost bank_dispute_opened bank_evidence_refused "
        "payout_account_rejected exemption_accepted exemption_refused "
        "bank_evidence_due refund_failed staff_refund_failed bank_payout_failed "
        "staff_manual_settlement_proposed manual_settlement_carried_out "
        "claim_refunded debt_owed debt_kept payout_reversed reversal_refused books_differ "
        "staff_credit_applied credit_approved credit_changed credit_refused credit_suspended "
        "credit_resumed receivable_opened receivable_lowered receivable_paid_in_part "
        "receivable_settled receivable_due receivable_overdue receivable_written_off "
        "payout_waits payout_late staff_payment_in_review staff_payment_held_long"
    ),
    Group.COMPANY: (
        "manufacturer_applied manufacturer_asked manufacturer_closed manufacturer_refused "
        "manufacturer_suspended manufacturer_verified certificate_checked certificate_expired "
        "certificate_expiring certificate_refused member_joined member_left "
        "approval_requested approval_given award_approved award_rejected "
        "webhook_endpoint_paused webhook_endpoint_gone"
    ),
    Group.SECURITY: (
        "data_export_ready data_export_failed organization_export_ready "
        "organization_export_failed deletion_asked deletion_cancelled deletion_stopped "
        "backup_failed backup_refuted "
        "role_changed spend_limit_changed ownership_transferred "
        "member_deactivated member_reactivated member_removed staff_visit_started"
    ),
}
GROUP_OF: dict[str, Group] = {
    kind: group for group, kinds in _KINDS.items() for kind in kinds.split()
}


KINDS_OF: Mapping[str, list[str]] = {group: kinds.split() for group, kinds in _KINDS.items()}
# Where the name of a kind says too little.
_LABELS = {
    "no_bid": "A manufacturer declines to quote",
    "manufacturer_invited": "A buyer asks for your price",
    "guest_invited": "A buyer asks you by a link",
    "rfq_joined": "A manufacturer takes part in an open request",
    "invitation_reminded": "A deadline comes near",
    "reviews_published": "Both reviews are published",
    "order_message_written": "The other side writes on an order",
    "production_reported": "The shop reports progress",
    "ship_day_near": "The day to ship comes near",
    "ship_day_passed": "The day to ship has passed",
    "claim_refunded": "Money of a claim goes back to you",
    "debt_owed": "You owe money that went back to a buyer",
    "debt_kept": "A payout pays what you owe",
    "payout_reversed": "Money is taken back from your payout account",
    "reversal_refused": "Money could not be taken back and stays owed",
    "refund_failed": "A refund came back from your bank",
    "staff_refund_failed": "For staff: a refund came back",
    "staff_payment_held_long": "For staff: money is held for long",
    "staff_payment_in_review": "For staff: a payment does not fit what was asked for",
    "bank_payout_failed": "Your bank refused a payout",
    "staff_manual_settlement_proposed": "For staff: a settlement waits for a second person",
    "manual_settlement_carried_out": "The platform settled money by hand",
    "bank_dispute_opened": "For staff: a bank disputes a payment",
    "bank_evidence_refused": "For staff: evidence was refused",
    "bank_evidence_due": "For staff: a bank waits for evidence",
    "backup_failed": "For staff: a backup was not written",
    "backup_refuted": "For staff: a backup did not prove itself",
    "books_differ": "For staff: the books and Stripe differ",
    "access_ended": "Access to a request ended",
    "access_restored": "Access to a request is back",
}
_ACRONYMS = {"Rfq": "RFQ"}


def label_of(kind: str) -> str:
    """The kind in words: `order_shipped` -> "Order shipped"."""
    first, *others = kind.split("_")
    first = first.capitalize()
    return _LABELS.get(kind) or " ".join([_ACRONYMS.get(first, first), *others])


@dataclass(frozen=True)
class KindChoice:
    """One kind of a group; `mail` is "" where the group's choice counts."""

    kind: str
    label: str
    mail: str


@dataclass(frozen=True)
class Choice:
    """One group of the preferences page, with what was chosen for single kinds."""

    group: str
    label: str
    about: str
    mail: str
    is_fixed: bool
    kinds: list[KindChoice]

    @property
    def own(self) -> int:
        """How many kinds have a choice of their own."""
        return sum(bool(kind.mail) for kind in self.kinds)
