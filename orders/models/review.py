"""What each side says of the other, published together."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from accounts.roles import Side
from marketplace.core.ids import PublicIdField
from orders.models.order import Order

STARS = [MinValueValidator(1), MaxValueValidator(5)]


class Review(models.Model):
    """`side` wrote about the other. Hidden until both have written or the window closes."""

    public_id = PublicIdField(prefix="rvw")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=12, choices=Side)
    author = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="reviews")
    rating = models.PositiveSmallIntegerField(validators=STARS)
    text = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "side"], name="review_once_a_side"),
            models.CheckConstraint(
                name="review_one_to_five", condition=models.Q(rating__gte=1, rating__lte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating} of 5 for {self.about_id}"
