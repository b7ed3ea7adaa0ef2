"""The field's own words: processes, materials, finishes and what goes with them.

Every value keeps the key of its source; "general_knowledge" marks what has none.
"""

from django.db import models


class Term(models.Model):
    """One entry of the taxonomy. `code` is stable and appears in the API."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=140)
    source = models.CharField(max_length=120, default="general_knowledge")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Material(Term):
    family = models.CharField(max_length=40)
    density_g_cm3 = models.DecimalField(max_digits=6, decimal_places=3, null=True)


class Process(Term):
    materials = models.ManyToManyField(Material, related_name="processes")
    default_tolerance = models.CharField(max_length=200, blank=True)
    pricing_drivers = models.JSONField(default=list)

    class Meta(Term.Meta):
        verbose_name_plural = "processes"


class Finish(Term):
    processes = models.ManyToManyField(Process, related_name="finishes")
    applies_to = models.CharField(max_length=140, blank=True)

    class Meta(Term.Meta):
        verbose_name_plural = "finishes"


class Certification(Term):
    kind = models.CharField(max_length=60, blank=True)
    scope = models.CharField(max_length=140, blank=True)


class InspectionLevel(Term):
    """How thoroughly parts are inspected before they ship."""


class QualityDocument(Term):
    """A paper that can be ordered with the parts."""


class PublishedFigure(models.Model):
    """A published rate, table or multiplier: an illustration with its source, never a quote."""

    kind = models.CharField(max_length=40, db_index=True)
    subject = models.CharField(max_length=140, blank=True)
    data = models.JSONField()
    source = models.CharField(max_length=120, default="general_knowledge")

    class Meta:
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
