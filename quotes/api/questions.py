"""Questions and answers of a request, for programs of both sides."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.messaging.actions import Spot
from marketplace.messaging.models import Message, Thread
from marketplace.messaging.queries import unread_threads
from marketplace.messaging.rules import FARTHEST_MM, MAX_TEXT
from quotes import admission, queries
from quotes.actions import questions as actions
from quotes.api.inputs import IdField
from quotes.queries import questions as reads


class PointField(serializers.ListField):
    """x, y, z in the model's own frame, millimeters; null for a text about the whole."""

    child = serializers.FloatField(min_value=-FARTHEST_MM, max_value=FARTHEST_MM)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=3, max_length=3, allow_null=True, **kwargs)


class MessageSerializer(serializers.Serializer):
    """One text of a thread. `line` is the id of the line it is about, "" for none."""

    id = serializers.CharField(source="public_id")
    from_manufacturer = serializers.SerializerMethodField()
    author = serializers.CharField(source="author_name")
    line = serializers.CharField(source="place")
    point_mm = PointField(source="point")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_from_manufacturer(self, message: Message) -> bool:
        """False for the buyer's texts."""
        return message.organization_id == self.context["thread"].asker_id


class AnswerSerializer(serializers.Serializer):
    """A question answered for everybody who was asked; who asked is not told."""

    id = serializers.CharField(source="public_id")
    line = serializers.CharField(source="place")
    point_mm = PointField(source="point")
    question = serializers.CharField()
    answer = serializers.CharField()
    created_at = serializers.DateTimeField()


class ThreadSerializer(serializers.Serializer):
    """What one manufacturer and the buyer wrote each other."""

    id = serializers.CharField(source="public_id")
    manufacturer = serializers.CharField(source="asker.name")
    message_count = serializers.IntegerField()
    unread_count = serializers.SerializerMethodField()

    def get_unread_count(self, thread: Thread) -> int:
        """Texts of the manufacturer that the token's owner has not read."""
        unread: dict[int, int] = self.context["unread"]
        return unread.get(thread.pk, 0)


class QuestionInputSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT)
    line = IdField(required=False, allow_blank=True, default="")
    point_mm = PointField(required=False, default=None)


class TextInputSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT)


class AnswerInputSerializer(serializers.Serializer):
    """`message` is the manufacturer's question; leave it out for an answer nobody asked for."""

    message = IdField(required=False, allow_blank=True, default="")
    question = serializers.CharField(max_length=MAX_TEXT)
    answer = serializers.CharField(max_length=MAX_TEXT)


class ThreadList(ApiView):
    """The questions of a buyer's request, a thread each manufacturer."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_threads", responses=ThreadSerializer(many=True))
    def get(self, request: Request, rfq: str) -> Response:
        """Newest first."""
        found = queries.get_rfq(self.actor, rfq)
        rows = reads.threads_for_buyer(self.actor, found)
        return self.page(ThreadSerializer, rows, unread=unread_threads(self.actor, rows))


class ThreadMessages(ApiView):
    """One thread of a buyer's request."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_thread_messages", responses=MessageSerializer(many=True))
    def get(self, request: Request, rfq: str, thread: str) -> Response:
        """Newest first."""
        found = reads.get_thread_for_buyer(self.actor, queries.get_rfq(self.actor, rfq), thread)
        return self.page(MessageSerializer, reads.messages_of(found), thread=found)

    @extend_schema(
        operation_id="answer_in_thread",
        request=TextInputSerializer,
        responses={201: MessageSerializer},
    )
    def post(self, request: Request, rfq: str, thread: str) -> Response:
        """Write to this manufacturer only."""
        given = self.clean(TextInputSerializer)
        message = actions.answer_question(actor=self.actor, rfq_id=rfq, thread_id=thread, **given)
        return self.answer(MessageSerializer, message, 201, thread=message.thread)


class RFQAnswers(ApiView):
    """What a buyer answered for everybody."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_rfq_answers", responses=AnswerSerializer(many=True))
    def get(self, request: Request, rfq: str) -> Response:
        """Newest first."""
        return self.page(AnswerSerializer, reads.answers_of(queries.get_rfq(self.actor, rfq)))

    @extend_schema(
        operation_id="publish_answer",
        request=AnswerInputSerializer,
        responses={201: AnswerSerializer},
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Show a question and its answer to every manufacturer that was asked, without a name."""
        given = self.clean(AnswerInputSerializer)
        answer = actions.publish_answer(
            actor=self.actor,
            rfq_id=rfq,
            message_id=given["message"],
            question=given["question"],
            answer=given["answer"],
        )
        return self.answer(AnswerSerializer, answer, 201)


class RequestMessages(ApiView):
    """A manufacturer's own questions and what the buyer wrote back."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_request_messages", responses=MessageSerializer(many=True))
    def get(self, request: Request, rfq: str) -> Response:
        """Newest first."""
        invitation = queries.get_invitation(self.actor, rfq)
        admission.check_may_open(self.actor, invitation.rfq)
        thread = reads.thread_of_shop(self.actor, invitation)
        rows = reads.messages_of(thread) if thread else Message.objects.none()
        return self.page(MessageSerializer, rows, thread=thread)

    @extend_schema(
        operation_id="ask_question",
        request=QuestionInputSerializer,
        responses={201: MessageSerializer},
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Ask the buyer; no other manufacturer reads it."""
        given = self.clean(QuestionInputSerializer)
        point = given["point_mm"]
        message = actions.ask_question(
            actor=self.actor,
            rfq_id=rfq,
            text=given["text"],
            spot=Spot(given["line"], tuple(point) if point else None),
        )
        return self.answer(MessageSerializer, message, 201, thread=message.thread)


class RequestAnswers(ApiView):
    """What the buyer answered for everybody who was asked."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_request_answers", responses=AnswerSerializer(many=True))
    def get(self, request: Request, rfq: str) -> Response:
        """Newest first."""
        invitation = queries.get_invitation(self.actor, rfq)
        admission.check_may_open(self.actor, invitation.rfq)
        return self.page(AnswerSerializer, reads.answers_of(invitation.rfq))
