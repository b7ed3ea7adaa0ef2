"""Reviews and reports about them for staff: read, hide, restore, decide."""

from collections.abc import Mapping

from django.contrib import admin

from accounts.admin_decisions import Decided, Decision
from orders.actions import review_moderation
from orders.models import Review, ReviewReport
from orders.review_states import REVIEW, REVIEW_REPORT

HIDE = "Why? Both sides read it as you write it. The review leaves every page and the rating."
REVIEW_DECISIONS: Mapping[str, Decision] = {
    "hide_review": Decision("Hide", review_moderation.hide_review, "reason", HIDE, "is hidden"),
    "restore_review": Decision(
        "Show it again",
        review_moderation.restore_review,
        "reason",
        "Why? Both sides read it as you write it.",
        "is shown again",
    ),
}
REPORT_DECISIONS: Mapping[str, Decision] = {
    "uphold_report": Decision(
        "Hide the review", review_moderation.uphold_report, "reason", HIDE, "is upheld"
    ),
    "dismiss_report": Decision(
        "Keep the review",
        review_moderation.dismiss_report,
        "reason",
        "Why does it stay? Who reported it reads it as you write it.",
        "is closed, the review stays",
    ),
}


@admin.register(Review)
class ReviewAdmin(Decided):
    decisions = REVIEW_DECISIONS
    lifecycle = REVIEW
    list_display = ["order", "side", "about", "state", "rating", "created_at"]
    list_filter = ["state", "side"]
    list_select_related = ["order", "about"]
    search_fields = ["=public_id", "=order__reference"]
    fields = readonly_fields = (
        "order",
        "side",
        "author",
        "about",
        "state",
        "rating",
        "quality",
        "on_time",
        "communication",
        "clear_documents",
        "quick_decisions",
        "paid_on_time",
        "text",
        "answer",
        "answered_at",
        "staff_word",
        "created_at",
        "published_at",
    )
    ordering = ["-pk"]


@admin.register(ReviewReport)
class ReviewReportAdmin(Decided):
    """The queue: what a party of an order says is wrong with a review."""

    decisions = REPORT_DECISIONS
    lifecycle = REVIEW_REPORT
    list_display = ["review", "organization", "state", "reason", "created_at"]
    list_filter = ["state"]
    list_select_related = ["review__order", "organization"]
    search_fields = ["=public_id", "=review__order__reference"]
    fields = readonly_fields = (
        "review",
        "review_text",
        "review_answer",
        "organization",
        "state",
        "reason",
        "staff_word",
        "created_at",
    )
    ordering = ["pk"]

    @admin.display(description="text of the review")
    def review_text(self, report: ReviewReport) -> str:
        return report.review.text or "No words, only stars"

    @admin.display(description="answer to it")
    def review_answer(self, report: ReviewReport) -> str:
        return report.review.answer or "None"
