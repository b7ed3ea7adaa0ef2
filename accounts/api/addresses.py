"""Delivery addresses for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries
from accounts.actions import addresses
from accounts.actions.addresses import LONGEST
from accounts.models import Organization
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView


class AddressSerializer(serializers.Serializer):
    """Where goods are delivered. `text` is what a request's `ship_to` takes."""

    id = serializers.CharField(source="public_id")
    label = serializers.CharField()  # type: ignore[assignment]
    recipient = serializers.CharField()
    lines = serializers.CharField(help_text="street, building, postal code and city")
    country = serializers.CharField(help_text="two letters, ISO 3166-1")
    phone = serializers.CharField()
    is_default = serializers.BooleanField()
    text = serializers.CharField()


class AddressInputSerializer(serializers.Serializer):
    label = serializers.CharField(max_length=LONGEST["label"])  # type: ignore[assignment]
    recipient = serializers.CharField(max_length=LONGEST["recipient"])
    lines = serializers.CharField(max_length=LONGEST["lines"])
    country = serializers.CharField(max_length=2)
    phone = serializers.CharField(max_length=LONGEST["phone"], allow_blank=True, default="")
    is_default = serializers.BooleanField(default=False)


class AddressPatchSerializer(serializers.Serializer):
    """What is left out stays. A default stays the default until another becomes it."""

    label = serializers.CharField(max_length=LONGEST["label"], required=False)  # type: ignore[assignment]
    recipient = serializers.CharField(max_length=LONGEST["recipient"], required=False)
    lines = serializers.CharField(max_length=LONGEST["lines"], required=False)
    country = serializers.CharField(max_length=2, required=False)
    phone = serializers.CharField(max_length=LONGEST["phone"], allow_blank=True, required=False)
    is_default = serializers.BooleanField(required=False)


class AddressList(ApiView):
    """The organization's addresses."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_addresses", responses=AddressSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.page(AddressSerializer, queries.addresses_of(self.actor))

    @extend_schema(
        operation_id="add_address",
        request=AddressInputSerializer,
        responses={201: AddressSerializer},
    )
    def post(self, request: Request) -> Response:
        """One address more; the first one is the default."""
        given = self.clean(AddressInputSerializer)
        added = addresses.add_address(actor=self.actor, **given)
        return self.answer(AddressSerializer, added, status=201)


class AddressDetail(ApiView):
    """One address."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Organization.objects.filter(pk=self.actor.company.pk)]

    @extend_schema(operation_id="get_address", responses=AddressSerializer)
    def get(self, request: Request, address: str) -> Response:
        """The address."""
        return self.answer(AddressSerializer, queries.get_address(self.actor, address))

    @extend_schema(
        operation_id="change_address", request=AddressPatchSerializer, responses=AddressSerializer
    )
    def patch(self, request: Request, address: str) -> Response:
        """Change what is given. Requests and orders keep what they were written with."""
        given = self.clean(AddressPatchSerializer)
        changed = addresses.change_address(actor=self.actor, public_id=address, **given)
        return self.answer(AddressSerializer, changed)

    @extend_schema(operation_id="remove_address", responses={204: None})
    def delete(self, request: Request, address: str) -> Response:
        """Delete it; another becomes the default where it was."""
        addresses.remove_address(actor=self.actor, public_id=address)
        return Response(status=204)
