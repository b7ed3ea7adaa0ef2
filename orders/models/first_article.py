"""A first article inspection report: one revision for one line of an order."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from orders.characteristics import Characteristic
from orders.models.order import Order, OrderLine
from orders.states import FirstArticleState


class FirstArticle(Stateful):
    """The three forms of SAE AS9102 Rev C as rows of plain values. What was measured is kept;
    whether it is within its tolerance is computed whenever it is shown."""

    public_id = PublicIdField(prefix="fai")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="first_articles")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="first_articles")
    revision = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=FirstArticleState, default=FirstArticleState.DRAFT, editable=False
    )
    serial = models.CharField(max_length=60, blank=True, help_text="serial or lot number")
    note = models.TextField(max_length=2000, blank=True)
    parts = models.JSONField(default=list, help_text="form 1: part, name, serial")
    materials = models.JSONField(
        default=list, help_text="form 2: name, specification, supplier, certificate"
    )
    characteristics = models.JSONField(default=list, help_text="form 3")
    files = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    reason = models.TextField(max_length=2000, blank=True, help_text="why it was rejected")
    remarks = models.JSONField(default=dict, help_text="number of a characteristic -> why")
    inspector = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["line__position", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["line", "revision"], name="first_article_once")
        ]

    def __str__(self) -> str:
        return f"First article of {self.line_id}, revision {self.revision}"

    @property
    def rows(self) -> list[Characteristic]:
        """Form 3 with computed results."""
        return [Characteristic.from_plain(row) for row in self.characteristics]

    @property
    def out_of_tolerance(self) -> int:
        """How many characteristics are outside of what was asked."""
        return sum(row.result == "out" for row in self.rows)
