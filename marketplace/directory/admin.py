"""The directory for staff: applications, certificates, the taxonomy."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin_decisions import Decided
from accounts.callers import actor_for
from accounts.vat import vat_id_label
from marketplace.core.admin import ReadOnlyInline
from marketplace.directory import models, queries
from marketplace.directory.admin_decisions import CERTIFICATE_DECISIONS, MANUFACTURER_DECISIONS
from marketplace.directory.admin_exchange import ExchangeRateAdmin
from marketplace.directory.rules import missing_for_application, warnings_for_staff
from marketplace.directory.states import CERTIFICATE, MANUFACTURER
from marketplace.files.links import link_to

__all__ = ["ExchangeRateAdmin"]


class ScorecardInline(ReadOnlyInline):
    model = models.Scorecard


class CertificateInline(ReadOnlyInline):
    model = models.Certificate
    fields = ["certification", "number", "body", "state", "expires_on"]
    show_change_link = True


PROFILE_FIELDS = [
    "public_id",
    "organization",
    "state",
    "state_changed_at",
    "applied_at",
    "staff_word",
    "answer",
    "founded_year",
    "payouts_enabled",
    "rating_sum",
    "rating_count",
    "created_at",
]


@admin.register(models.Manufacturer)
class ManufacturerAdmin(Decided):
    decisions = MANUFACTURER_DECISIONS
    lifecycle = MANUFACTURER
    list_display = ["organization", "state", "headline", "payouts_enabled", "created_at"]
    list_filter = ["state", "payouts_enabled"]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "=public_id"]
    autocomplete_fields = ["processes", "materials"]
    readonly_fields = PROFILE_FIELDS
    inlines = [CertificateInline, ScorecardInline]


@admin.register(models.Application)
class ApplicationAdmin(Decided):
    """The queue: oldest first, with what is missing and what to look at."""

    decisions = MANUFACTURER_DECISIONS
    lifecycle = MANUFACTURER
    list_display = ["organization", "waits", "country", "lacks", "warnings"]
    list_display_links = ["organization"]
    search_fields = ["organization__name", "=public_id"]
    fields = readonly_fields = (
        "applicant",
        "company",
        "makes",
        "papers",
        "lacks",
        "warnings",
        "asked",
        "answered",
    )
    ordering = ["applied_at", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Application]:
        """Those that wait; a page that was left open still finds its application."""
        match = request.resolver_match
        if match is not None and (match.url_name or "").endswith("changelist"):
            return queries.waiting_applications().prefetch_related("processes", "materials")
        return models.Application.objects.select_related("organization")

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.opened_by = request.user
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Under a title that says what the list is."""
        title = {"title": "Applications waiting for verification, oldest first"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    @admin.display(description="waits")
    def waits(self, row: models.Application) -> str:
        days = (timezone.now() - (row.applied_at or row.created_at)).days
        return "since today" if days == 0 else f"{days} day{'s' if days > 1 else ''}"

    @admin.display(description="country")
    def country(self, row: models.Application) -> str:
        return row.organization.country

    @admin.display(description="missing")
    def lacks(self, row: models.Application) -> str:
        found = missing_for_application(row.organization, row)
        return " ".join(lack.sentence for lack in found) or "Nothing"

    @admin.display(description="warnings")
    def warnings(self, row: models.Application) -> SafeString | str:
        twins = getattr(row, "has_twin", None)
        if twins is None:
            twins = len(queries.organizations_with_vat_id_of(row.organization))
        found = warnings_for_staff(
            row, list(row.certificates.all()), int(twins), timezone.localdate()
        )
        return format_html_join("", "<div>{}</div>", ((text,) for text in found)) or "None"

    @admin.display(description="organization")
    def applicant(self, row: models.Application) -> SafeString:
        address = reverse("admin:accounts_organization_change", args=[row.organization_id])
        return format_html(
            '<a href="{}">{}</a>, {} {}',
            address,
            row.organization.name,
            row.organization.city,
            row.organization.country,
        )

    @admin.display(description="company facts")
    def company(self, row: models.Application) -> SafeString:
        organization = row.organization
        facts = [
            ("Legal name", organization.legal_name),
            ("Register number", organization.registration_number),
            (vat_id_label(organization.country), organization.vat_id),
            ("Founded", row.founded_year or ""),
            ("Website", organization.website),
            ("Address", organization.address),
            *(
                ("Same VAT id", twin.name)
                for twin in queries.organizations_with_vat_id_of(organization)
            ),
        ]
        return format_html_join("", "<div><b>{}</b>: {}</div>", ((n, v or "-") for n, v in facts))

    @admin.display(description="what they make")
    def makes(self, row: models.Application) -> SafeString:
        return format_html(
            "<div><b>{}</b></div><div>{}</div><div>{}</div><div>{}</div>",
            row.headline,
            row.description,
            ", ".join(process.name for process in row.processes.all()),
            ", ".join(material.name for material in row.materials.all()),
        )

    @admin.display(description="certificates")
    def papers(self, row: models.Application) -> SafeString | str:
        staff = actor_for(row.opened_by)  # type: ignore[attr-defined]
        rows = row.certificates.select_related("certification", "file")
        return (
            format_html_join(
                "",
                '<div><a href="{}">{}</a>: {}, {} to {}, {} · <a href="{}">file</a></div>',
                (
                    (
                        reverse("admin:directory_certificate_change", args=[paper.pk]),
                        paper,
                        paper.body,
                        paper.issued_on or "?",
                        paper.expires_on,
                        paper.get_state_display(),
                        link_to(paper.file, staff),
                    )
                    for paper in rows
                ),
            )
            or "None"
        )

    @admin.display(description="staff asked")
    def asked(self, row: models.Application) -> str:
        return row.staff_word or "-"

    @admin.display(description="they answered")
    def answered(self, row: models.Application) -> str:
        return row.answer or "-"


@admin.register(models.Certificate)
class CertificateAdmin(Decided):
    """Papers to compare with their files; those that wait are one click away."""

    decisions = CERTIFICATE_DECISIONS
    lifecycle = CERTIFICATE
    list_display = ["certification", "number", "manufacturer", "state", "expires_on", "created_at"]
    list_filter = ["state"]
    list_select_related = ["certification", "manufacturer__organization"]
    search_fields = ["=public_id", "number", "manufacturer__organization__name"]
    fields = readonly_fields = (
        "manufacturer",
        "certification",
        "number",
        "body",
        "scope",
        "facility",
        "issued_on",
        "expires_on",
        "paper",
        "state",
        "refusal",
        "replaces",
        "created_at",
    )
    ordering = ["-pk"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.opened_by = request.user
        return found

    @admin.display(description="file")
    def paper(self, row: models.Certificate) -> SafeString | str:
        if row.file is None:
            return "None"
        staff = actor_for(row.opened_by)  # type: ignore[attr-defined]
        return format_html('<a href="{}">{}</a>', link_to(row.file, staff), row.file.name)


class TermAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "source", "position", "is_active"]
    search_fields = ["name", "=code"]
    list_filter = ["is_active"]


for term in (
    models.Process,
    models.Material,
    models.Finish,
    models.Certification,
    models.InspectionLevel,
    models.QualityDocument,
):
    admin.site.register(term, TermAdmin)


@admin.register(models.PublishedFigure)
class PublishedFigureAdmin(admin.ModelAdmin):
    list_display = ["kind", "subject", "data", "source"]
    list_filter = ["kind"]
    search_fields = ["subject"]
