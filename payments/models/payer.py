"""Whose balance at Stripe a bank transfer arrives in."""

from django.db import models

from accounts.models import Organization


class Payer(models.Model):
    """A buyer as Stripe's customer; made when a page first offers a bank transfer."""

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="payer"
    )
    customer = models.CharField(max_length=80, unique=True, editable=False)

    def __str__(self) -> str:
        return self.customer
