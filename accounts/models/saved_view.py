"""A list as somebody wants to see it again."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organization import Organization
from marketplace.core.ids import PublicIdField


class SavedView(models.Model):
    """The filters and the order of one list under a name; a person's own."""

    public_id = PublicIdField(prefix="sv")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    page = models.SlugField(max_length=40, help_text="URL name of the list")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500, help_text="the filters as they stand in the address")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "page", "name"], name="saved_view_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
