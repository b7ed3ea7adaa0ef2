"""Who is calling, and the organization they call for."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.organization import FIELDS, change_organization
from accounts.api.serializers import (
    ChangeOrganizationSerializer,
    MeSerializer,
    OrganizationSerializer,
)
from accounts.models import Organization
from marketplace.core.api.views import ApiView


class Me(ApiView):
    """The caller: person, organization, role and permissions."""

    @extend_schema(operation_id="get_me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return self.answer(MeSerializer, self.actor)


class OrganizationDetail(ApiView):
    """The acting organization."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Organization.objects.filter(pk=self.actor.company.pk)]

    @extend_schema(operation_id="get_organization", responses=OrganizationSerializer)
    def get(self, request: Request) -> Response:
        """As it stands now: it was read with the token, before any lock of `If-Match`."""
        self.actor.organization.refresh_from_db()
        return self.answer(OrganizationSerializer, self.actor.organization)

    @extend_schema(
        operation_id="change_organization",
        request=ChangeOrganizationSerializer,
        responses=OrganizationSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change what is given."""
        given = self.clean(ChangeOrganizationSerializer)
        present = {name: getattr(self.actor.organization, name) for name in FIELDS}
        changed = change_organization(actor=self.actor, **{**present, **given})
        return self.answer(OrganizationSerializer, changed)
