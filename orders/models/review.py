"""What each side says of the other, published together."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organization
from accounts.roles import Side
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from orders.models.order import Order
from orders.review_criteria import ALL, CRITERIA
from orders.review_states import ReviewReportState, ReviewState

STARS = [MinValueValidator(1), MaxValueValidator(5)]


def _score(label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=STARS)


def _in_range(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 1, f"{name}__lte": 5})


def _foreign_empty(side: str) -> Q:
    others = [name for other, names in CRITERIA.items() if other != side for name in names]
    return Q(side=side, **{f"{name}__isnull": True for name in others})


class Review(Stateful):
    """`side` wrote about the other. Hidden until both have written or the window closes.

    `rating` is the mean of the side's criteria, rounded half up.
    """

    public_id = PublicIdField(prefix="rvw")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=12, choices=Side)
    author = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(
        max_length=10, choices=ReviewState, default=ReviewState.WAITING, editable=False
    )
    rating = models.PositiveSmallIntegerField(validators=STARS)
    quality = _score("quality")
    on_time = _score("on time")
    communication = _score("communication")
    clear_documents = _score("clear documents")
    quick_decisions = _score("quick decisions")
    paid_on_time = _score("paid on time")
    text = models.TextField(max_length=2000, blank=True)
    answer = models.TextField(
        max_length=1000, blank=True, help_text="of the side reviewed, written once"
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    staff_word = models.CharField(
        max_length=400, blank=True, editable=False, help_text="why staff hid or restored it"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "side"], name="review_once_a_side"),
            models.CheckConstraint(
                name="review_one_to_five", condition=Q(rating__gte=1, rating__lte=5)
            ),
            *(
                models.CheckConstraint(name=f"review_{name}_range", condition=_in_range(name))
                for name in ALL
            ),
            models.CheckConstraint(
                name="review_criteria_of_side",
                condition=_foreign_empty(Side.BUYER) | _foreign_empty(Side.MANUFACTURER),
            ),
        ]
        indexes = [models.Index(fields=["about", "state", "-id"], name="review_about")]

    def __str__(self) -> str:
        return f"{self.rating} of 5 for {self.about_id}"

    @property
    def scores(self) -> list[tuple[str, int]]:
        """(name of the criterion, stars) of what the side rated."""
        names = CRITERIA.get(self.side, {})
        found = ((label, getattr(self, name)) for name, label in names.items())
        return [(label, stars) for label, stars in found if stars is not None]


class ReviewReport(Stateful):
    """One party of the order says that staff should look at a review or its answer."""

    public_id = PublicIdField(prefix="rrp")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reports")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=ReviewReportState, default=ReviewReportState.OPEN, editable=False
    )
    reason = models.CharField(max_length=400)
    staff_word = models.CharField(max_length=400, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "report of a review"
        verbose_name_plural = "reports of reviews"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "organization"],
                condition=Q(state="open"),
                name="review_report_once_open",
            ),
            models.CheckConstraint(name="review_report_has_reason", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="review_report_open", condition=Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"report of {self.review_id}"
