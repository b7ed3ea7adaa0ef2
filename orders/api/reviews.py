"""Reviews for programs: written, answered, reported; those about a manufacturer for everybody."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.directory.queries import get_listed_manufacturer
from orders.actions import reviews
from orders.api.review_serializers import (
    PublicReviewSerializer,
    ReviewAnswerSerializer,
    ReviewInputSerializer,
    ReviewReportInputSerializer,
    ReviewReportSerializer,
    ReviewSerializer,
)
from orders.review_queries import published_reviews_of


class ReviewOrder(ApiView):
    """Reviews."""

    @extend_schema(
        operation_id="review_order",
        request=ReviewInputSerializer,
        responses={201: ReviewSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Review the other side by the three criteria; both appear when both have written."""
        scores = self.clean(ReviewInputSerializer)
        text = scores.pop("text")
        review = reviews.review_order(actor=self.actor, public_id=order, scores=scores, text=text)
        review.refresh_from_db()
        return self.answer(ReviewSerializer, review, status=201)


class AnswerReview(ApiView):
    """The answer of the side reviewed."""

    @extend_schema(
        operation_id="answer_review", request=ReviewAnswerSerializer, responses=ReviewSerializer
    )
    def post(self, request: Request, order: str, review: str) -> Response:
        """Answer in public, once, after publication."""
        given = self.clean(ReviewAnswerSerializer)
        found = reviews.answer_review(actor=self.actor, public_id=order, review_id=review, **given)
        return self.answer(ReviewSerializer, found)


class ReportReview(ApiView):
    """Reports of reviews."""

    @extend_schema(
        operation_id="report_review",
        request=ReviewReportInputSerializer,
        responses={201: ReviewReportSerializer},
    )
    def post(self, request: Request, order: str, review: str) -> Response:
        """Ask staff to look at a review or its answer. The other side does not learn of it."""
        given = self.clean(ReviewReportInputSerializer)
        report = reviews.report_review(actor=self.actor, public_id=order, review_id=review, **given)
        return self.answer(ReviewReportSerializer, report, status=201)


class ManufacturerReviews(ApiView):
    """What buyers wrote about a manufacturer."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_manufacturer_reviews", responses=PublicReviewSerializer(many=True)
    )
    def get(self, request: Request, manufacturer: str) -> Response:
        """Published reviews, newest first."""
        found = get_listed_manufacturer(manufacturer)
        rows = published_reviews_of(found.organization_id, Side.BUYER)
        return self.page(PublicReviewSerializer, rows)
