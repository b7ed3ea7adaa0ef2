"""Messages on an order, for programs of both parties."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView, FlatJSONParser
from marketplace.messaging.models import Message
from marketplace.messaging.rules import MAX_TEXT
from marketplace.parts.api.serializers import FileSerializer
from orders.actions import order_messages as actions
from orders.message_queries import messages_of_order, order_to_write_on
from orders.models import Order


class OrderMessageSerializer(serializers.Serializer):
    """One text. Links to its files work for this caller for five minutes."""

    id = serializers.CharField(source="public_id")
    side = serializers.SerializerMethodField(help_text="who wrote it")
    author = serializers.CharField(source="author_name")
    text = serializers.CharField()
    files = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField([Side.BUYER.value, Side.MANUFACTURER.value]))
    def get_side(self, message: Message) -> str:
        """buyer or manufacturer."""
        order: Order = self.context["order"]
        bought = message.organization_id == order.buyer_id
        return str(Side.BUYER if bought else Side.MANUFACTURER)

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, message: Message) -> Any:
        """What came with it."""
        files = [one.file for one in message.attachments.all()]
        return FileSerializer(files, many=True, context=self.context).data


class WriteOrderMessageSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        default=list,
        help_text="multipart only",
    )


class OrderMessages(ApiView):
    """What the two parties of an order wrote each other."""

    pagination_class = KeysetPagination
    parser_classes = [MultiPartParser, FlatJSONParser]

    @extend_schema(operation_id="list_order_messages", responses=OrderMessageSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """Newest first. Reading here marks nothing as read."""
        found = order_to_write_on(self.actor, order)
        return self.page(OrderMessageSerializer, messages_of_order(found), order=found)

    @extend_schema(
        operation_id="write_order_message",
        request={
            "application/json": WriteOrderMessageSerializer,
            "multipart/form-data": WriteOrderMessageSerializer,
        },
        responses={201: OrderMessageSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Write to the other party."""
        found = order_to_write_on(self.actor, order)
        given = self.clean(WriteOrderMessageSerializer)
        kept = actions.store_files(
            actor=self.actor, public_id=order, text=given["text"], uploads=given["files"]
        )
        message = actions.write_order_message(
            actor=self.actor, public_id=order, text=given["text"], files=kept
        )
        return self.answer(OrderMessageSerializer, message, status=201, order=found)
