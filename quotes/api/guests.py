"""Shops without an account, invited by mail, for a buyer's programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from quotes import queries
from quotes.actions import guests as actions
from quotes.api.serializers import InvitationSerializer


class GuestInputSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    company = serializers.CharField(max_length=120)


class InviteGuest(ApiView):
    """A shop without an account."""

    @extend_schema(
        operation_id="invite_guest",
        request=GuestInputSerializer,
        responses=InvitationSerializer,
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Mail it a link that shows the request and takes its quote. The same address is once."""
        queries.get_rfq(self.actor, rfq)
        given = self.clean(GuestInputSerializer)
        return self.answer(
            InvitationSerializer, actions.invite_guest(actor=self.actor, public_id=rfq, **given)
        )


class ResendGuestLink(ApiView):
    """A new link."""

    @extend_schema(operation_id="resend_guest_link", request=None, responses=InvitationSerializer)
    def post(self, request: Request, rfq: str, invitation: str) -> Response:
        """Mail a new link; the old one opens nothing any more."""
        link = actions.resend_guest_link(actor=self.actor, public_id=rfq, invitation_id=invitation)
        return self.answer(InvitationSerializer, link.invitation)
