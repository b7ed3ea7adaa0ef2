"""A buyer's supplier lists, for its programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.directory.actions import supplier_lists as actions
from marketplace.directory.models import Manufacturer, SupplierList
from marketplace.directory.queries import supplier_lists as queries
from marketplace.directory.states import ManufacturerState


class SupplierListRowSerializer(serializers.Serializer):
    """A list in outline."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    shop_count = serializers.IntegerField(help_text="manufacturers on it")
    can_ask = serializers.IntegerField(help_text="how many of them can be asked now")
    created_at = serializers.DateTimeField()


class SupplierSerializer(serializers.Serializer):
    """A manufacturer on a list."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="organization.name")
    state = serializers.ChoiceField(ManufacturerState.choices)
    can_ask = serializers.SerializerMethodField()

    def get_can_ask(self, shop: Manufacturer) -> bool:
        """Whether a request may be sent to it now."""
        return queries.is_askable(shop)


class SupplierListSerializer(SupplierListRowSerializer):
    """A list with its manufacturers, at most 100."""

    manufacturers = SupplierSerializer(many=True)


class SupplierListNameSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=actions.MAX_NAME)


class AddSupplierSerializer(serializers.Serializer):
    """`manufacturer` is an id or a slug."""

    manufacturer = serializers.CharField(max_length=140)


class SupplierListView(ApiView):
    """Whatever answers with one list."""

    def show(self, public_id: str, status: int = 200) -> Response:
        """The list as it stands now."""
        found = queries.get_supplier_list(self.actor, public_id)
        return self.answer(SupplierListSerializer, found, status=status)


class SupplierListList(SupplierListView):
    """The organization's lists."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_supplier_lists", responses=SupplierListRowSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.page(SupplierListRowSerializer, queries.supplier_lists_of(self.actor))

    @extend_schema(
        operation_id="create_supplier_list",
        request=SupplierListNameSerializer,
        responses={201: SupplierListSerializer},
    )
    def post(self, request: Request) -> Response:
        """An empty list."""
        made = actions.create_supplier_list(
            actor=self.actor, **self.clean(SupplierListNameSerializer)
        )
        return self.show(made.public_id, status=201)


class SupplierListDetail(SupplierListView):
    """One list."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [SupplierList.objects.filter(public_id=self.kwargs["supplier_list"])]

    @extend_schema(operation_id="get_supplier_list", responses=SupplierListSerializer)
    def get(self, request: Request, supplier_list: str) -> Response:
        """With its manufacturers, also those that cannot be asked any more."""
        return self.show(supplier_list)

    @extend_schema(
        operation_id="rename_supplier_list",
        request=SupplierListNameSerializer,
        responses=SupplierListSerializer,
    )
    def patch(self, request: Request, supplier_list: str) -> Response:
        """Give it another name."""
        given = self.clean(SupplierListNameSerializer)
        actions.rename_supplier_list(actor=self.actor, public_id=supplier_list, **given)
        return self.show(supplier_list)

    @extend_schema(operation_id="delete_supplier_list", responses={204: None})
    def delete(self, request: Request, supplier_list: str) -> Response:
        """Forget it. Requests that were sent to it stay as they are."""
        actions.delete_supplier_list(actor=self.actor, public_id=supplier_list)
        return Response(status=204)


class AddSupplier(SupplierListView):
    """The manufacturers of a list."""

    @extend_schema(
        operation_id="add_supplier",
        request=AddSupplierSerializer,
        responses=SupplierListSerializer,
    )
    def post(self, request: Request, supplier_list: str) -> Response:
        """Put a verified manufacturer on it. Twice is once."""
        given = self.clean(AddSupplierSerializer)["manufacturer"]
        actions.add_supplier(actor=self.actor, public_id=supplier_list, manufacturer_id=given)
        return self.show(supplier_list)


class RemoveSupplier(ApiView):
    """One manufacturer of a list."""

    @extend_schema(operation_id="remove_supplier", responses={204: None})
    def delete(self, request: Request, supplier_list: str, manufacturer: str) -> Response:
        """Take it off the list."""
        actions.remove_supplier(
            actor=self.actor, public_id=supplier_list, manufacturer_id=manufacturer
        )
        return Response(status=204)
