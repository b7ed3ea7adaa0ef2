"""A manufacturer's own profile and certificates, for its programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from marketplace.core.api.fields import ColumnField
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.directory import queries
from marketplace.directory.actions import certificates as certificate_actions
from marketplace.directory.actions import verification
from marketplace.directory.actions.manufacturer import save_company, save_profile
from marketplace.directory.api.serializers import ManufacturerSerializer
from marketplace.directory.forms import FIRST_YEAR
from marketplace.directory.models import Certificate, Manufacturer
from marketplace.directory.states import CertificateState, ManufacturerState
from marketplace.files.links import link_to


class OwnManufacturerSerializer(ManufacturerSerializer):
    """The acting organization's own profile, whatever its state."""

    state = serializers.ChoiceField(ManufacturerState.choices)
    description = serializers.CharField()
    materials = ColumnField("code")
    employees = serializers.IntegerField(allow_null=True)
    founded_year = serializers.IntegerField(allow_null=True)
    legal_name = serializers.CharField(source="organization.legal_name")
    registration_number = serializers.CharField(source="organization.registration_number")
    vat_id = serializers.CharField(source="organization.vat_id")
    website = serializers.CharField(source="organization.website")
    staff_word = serializers.CharField(help_text="what staff asked, or why they refused")
    answer = serializers.CharField(help_text="what was answered to it")
    payouts_enabled = serializers.BooleanField()
    missing = serializers.SerializerMethodField(help_text="what keeps it from applying")

    def get_missing(self, profile: Manufacturer) -> list[str]:
        """Sentences; empty when it may apply or has applied."""
        actor: Actor = self.context["actor"]
        return [lack.sentence for lack in queries.lacks_of(actor, profile)]


class ChangeProfileSerializer(serializers.Serializer):
    """What may be changed; what is left out stays."""

    headline = serializers.CharField(max_length=140, required=False)
    description = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    processes = serializers.SlugRelatedField(
        slug_field="code", many=True, required=False, queryset=queries.active_processes()
    )
    materials = serializers.SlugRelatedField(
        slug_field="code", many=True, required=False, queryset=queries.active_materials()
    )
    envelope_x_mm = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    envelope_y_mm = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    envelope_z_mm = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    lead_time_days = serializers.IntegerField(min_value=0, max_value=1000, required=False)
    employees = serializers.IntegerField(
        min_value=0, max_value=10_000_000, allow_null=True, required=False
    )


class CompanySerializer(serializers.Serializer):
    """What the company is in law; all of it at once."""

    legal_name = serializers.CharField(max_length=160)
    registration_number = serializers.CharField(max_length=60)
    vat_id = serializers.CharField(max_length=30, allow_blank=True)
    website = serializers.URLField(max_length=200, allow_blank=True, default="")
    founded_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=9999)


class AnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=verification.MAX_ANSWER)


class OwnCertificateSerializer(serializers.Serializer):
    """One of the organization's own certificates."""

    id = serializers.CharField(source="public_id")
    code = serializers.CharField(source="certification.code")
    name = serializers.CharField(source="certification.name")
    state = serializers.ChoiceField(CertificateState.choices)
    number = serializers.CharField()
    body = serializers.CharField(help_text="who issued it")
    scope = serializers.CharField()
    facility = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(help_text="last day it is valid")
    refusal = serializers.CharField(help_text="why staff did not accept it")
    file_url = serializers.SerializerMethodField(
        help_text="works for this caller for five minutes; empty when there is no file"
    )

    def get_file_url(self, certificate: Certificate) -> str:
        """A signed link."""
        return link_to(certificate.file, self.context["actor"], absolute=True)


class AddCertificateSerializer(serializers.Serializer):
    """A certificate with its file. `replaces` is the id of the one it follows."""

    certification = serializers.SlugRelatedField(
        slug_field="code", queryset=queries.active_certifications()
    )
    number = serializers.CharField(max_length=80)
    body = serializers.CharField(max_length=120)
    scope = serializers.CharField(max_length=200, allow_blank=True, default="")
    facility = serializers.CharField(max_length=160, allow_blank=True, default="")
    issued_on = serializers.DateField()
    expires_on = serializers.DateField()
    file = serializers.FileField()
    replaces = serializers.CharField(max_length=40, allow_blank=True, default="")


def _own(actor: Any) -> Manufacturer:
    found = queries.manufacturer_of(actor)
    if found is None:
        raise NotFound()
    return found


class OwnManufacturer(ApiView):
    """The acting organization's manufacturer profile."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Manufacturer.objects.filter(organization=self.actor.organization)]

    @extend_schema(operation_id="get_own_manufacturer", responses=OwnManufacturerSerializer)
    def get(self, request: Request) -> Response:
        """With its state and, before it applied, what is missing."""
        return self.answer(OwnManufacturerSerializer, _own(self.actor))

    @extend_schema(
        operation_id="change_own_manufacturer",
        request=ChangeProfileSerializer,
        responses=OwnManufacturerSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change what is given; the first call starts the profile."""
        save_profile(actor=self.actor, **self.clean(ChangeProfileSerializer))
        return self.answer(OwnManufacturerSerializer, _own(self.actor))


class OwnCompany(ApiView):
    """What the company is in law."""

    @extend_schema(
        operation_id="state_company",
        request=CompanySerializer,
        responses=OwnManufacturerSerializer,
    )
    def put(self, request: Request) -> Response:
        """Say it before applying, or when staff asked; later it stands still."""
        save_company(actor=self.actor, **self.clean(CompanySerializer))
        return self.answer(OwnManufacturerSerializer, _own(self.actor))


class ApplyManufacturer(ApiView):
    """The application."""

    @extend_schema(
        operation_id="apply_manufacturer", request=None, responses=OwnManufacturerSerializer
    )
    def post(self, request: Request) -> Response:
        """Ask staff to verify the company; 422 names what is missing."""
        verification.apply_manufacturer(actor=self.actor)
        return self.answer(OwnManufacturerSerializer, _own(self.actor))


class AnswerQuestion(ApiView):
    """What staff asked."""

    @extend_schema(
        operation_id="answer_question",
        request=AnswerSerializer,
        responses=OwnManufacturerSerializer,
    )
    def post(self, request: Request) -> Response:
        """Answer it; the application waits again."""
        verification.answer_question(actor=self.actor, **self.clean(AnswerSerializer))
        return self.answer(OwnManufacturerSerializer, _own(self.actor))


class CertificateList(ApiView):
    """The acting organization's certificates."""

    parser_classes = [MultiPartParser]
    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_certificates", responses=OwnCertificateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All but the withdrawn ones, newest first."""
        return self.page(OwnCertificateSerializer, queries.certificates_of(self.actor))

    @extend_schema(
        operation_id="add_certificate",
        request={"multipart/form-data": AddCertificateSerializer},
        responses={201: OwnCertificateSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add one with its file (PDF, PNG or JPEG). It counts once staff checked it."""
        given = self.clean(AddCertificateSerializer)
        made = certificate_actions.add_certificate(
            actor=self.actor, upload=given.pop("file"), **given
        )
        found = queries.get_certificate(self.actor, made.public_id)
        return self.answer(OwnCertificateSerializer, found, status=201)


class WithdrawCertificate(ApiView):
    """One certificate."""

    @extend_schema(
        operation_id="withdraw_certificate", request=None, responses=OwnCertificateSerializer
    )
    def post(self, request: Request, certificate: str) -> Response:
        """Take it out of the profile; it counts no more."""
        done = certificate_actions.withdraw_certificate(actor=self.actor, public_id=certificate)
        return self.answer(OwnCertificateSerializer, done)
