"""A company that buys, makes, or does both."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from marketplace.core.encryption import EncryptedTextField
from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES

COUNTRY_CODE = RegexValidator(r"^[A-Z]{2}$", "Use the two-letter country code, such as DE or US.")


class Organization(models.Model):
    public_id = PublicIdField(prefix="org")
    name = models.CharField(max_length=120)
    is_buyer = models.BooleanField(default=False)
    is_manufacturer = models.BooleanField(default=False)
    country = models.CharField(max_length=2, validators=[COUNTRY_CODE])
    city = models.CharField(max_length=80, blank=True)
    address = models.TextField(max_length=500, blank=True)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES, default="EUR")
    legal_name = models.CharField(max_length=160, blank=True, help_text="as in the register")
    registration_number = models.CharField(max_length=60, blank=True)
    website = models.URLField(max_length=200, blank=True)
    vat_id = EncryptedTextField(blank=True)
    # Finds an organization by its VAT id without decrypting every row.
    vat_id_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    requires_second_factor = models.BooleanField(default=False)
    # Stands for a shop that came by a link and has no account; nobody belongs to it.
    is_guest = models.BooleanField(default=False, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="organization_has_a_side",
                condition=models.Q(is_buyer=True) | models.Q(is_manufacturer=True),
            )
        ]

    def __str__(self) -> str:
        return self.name
