"""Open requests that match a shop, and the access of shops to a buyer's request."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.money import CURRENCY_CHOICES
from quotes import admission, queries
from quotes.actions import invitations as actions
from quotes.api.portal import RequestView
from quotes.api.serializers import CompanySerializer, InvitationSerializer, RequestSerializer
from quotes.models import RFQ
from quotes.queries import open_requests


class OpenRequestSerializer(serializers.Serializer):
    """A request in outline, before one takes part."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    title = serializers.CharField()
    buyer = CompanySerializer(source="organization")
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    deadline = serializers.DateTimeField()
    line_count = serializers.IntegerField()
    requirements = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    gaps = serializers.SerializerMethodField()

    def get_requirements(self, rfq: RFQ) -> list[str]:
        """What it asks of every manufacturer, in words."""
        return admission.requirements_of(rfq)

    def get_reasons(self, rfq: RFQ) -> list[str]:
        """Why it matches you."""
        return list(self.context["matches"][rfq.pk].reasons)

    def get_gaps(self, rfq: RFQ) -> list[str]:
        """What your profile lacks for it."""
        return list(self.context["matches"][rfq.pk].gaps)


class OpenRequestList(ApiView):
    """Requests that are open to every verified manufacturer that matches."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_open_requests", responses=OpenRequestSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first, each with why it matches."""
        paginator = KeysetPagination()
        rows = open_requests.open_requests_for(self.actor)
        chosen: list[Any] = paginator.paginate_queryset(rows, self.request, view=self) or []
        found = open_requests.with_reasons(self.actor, chosen)
        matches = {rfq.pk: match for rfq, match in found}
        requests = [rfq for rfq, _ in found]
        shown = self.shown(OpenRequestSerializer, requests, many=True, matches=matches)
        answer: Response = paginator.get_paginated_response(shown)
        return answer


class JoinRequest(RequestView):
    """Taking part."""

    @extend_schema(operation_id="join_request", request=None, responses=RequestSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Take part in an open request; it then reads like one you were asked for."""
        return self.show(actions.join_rfq(actor=self.actor, rfq_id=rfq))


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=actions.MAX_REASON)


class RevokeInvitation(ApiView):
    """The end of a manufacturer's access."""

    @extend_schema(
        operation_id="revoke_rfq_invitation",
        request=ReasonSerializer,
        responses=InvitationSerializer,
    )
    def post(self, request: Request, rfq: str, invitation: str) -> Response:
        """At once: its links stop working and its quote ends. The manufacturer is told why."""
        queries.get_rfq(self.actor, rfq)
        found = actions.revoke_invitation(
            actor=self.actor,
            public_id=rfq,
            invitation_id=invitation,
            **self.clean(ReasonSerializer),
        )
        return self.answer(InvitationSerializer, found)


class RestoreInvitation(ApiView):
    """Access again."""

    @extend_schema(
        operation_id="restore_rfq_invitation", request=None, responses=InvitationSerializer
    )
    def post(self, request: Request, rfq: str, invitation: str) -> Response:
        """Give a manufacturer its access back; it is told."""
        found = actions.restore_invitation(
            actor=self.actor, public_id=rfq, invitation_id=invitation
        )
        return self.answer(InvitationSerializer, found)
