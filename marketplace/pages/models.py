"""What a person put away on their home page."""

from django.db import models

from accounts.models import Membership
from accounts.roles import Side


class HiddenChecklist(models.Model):
    """A member no longer wants to see the first steps of one side of the organization."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="hidden_checklists"
    )
    side = models.CharField(max_length=12, choices=Side)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "side"], name="checklist_hidden_once")
        ]

    def __str__(self) -> str:
        return f"{self.side} steps of {self.membership_id}"
