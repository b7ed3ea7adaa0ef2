"""A buyer's requests for programs."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.bulk import BulkAnswerSerializer, each_item, items_of
from marketplace.core.api.fields import EXTERNAL_ID, EXTERNAL_ID_LENGTH, text_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from quotes import queries
from quotes.actions import invitations, publication
from quotes.actions import rfq as actions
from quotes.api import inputs
from quotes.api.filters import LIST_PARAMETERS, chosen
from quotes.api.serializers import InvitationSerializer, RFQRowSerializer, RFQSerializer
from quotes.lists import rfq_rows
from quotes.models import RFQ
from quotes.states import RFQState


class RFQView(ApiView):
    """A view that answers with the buyer's own request."""

    def show(self, public_id: str, status: int = 200) -> Response:
        """The request as it stands now."""
        return self.answer(RFQSerializer, queries.get_rfq(self.actor, public_id), status)


class RFQList(RFQView):
    """The organization's requests."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_rfqs",
        parameters=[
            OpenApiParameter(
                "state", str, enum=RFQState.values, description="only those in this state"
            ),
            *LIST_PARAMETERS,
            EXTERNAL_ID,
        ],
        responses=RFQRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        known_as = text_of(request, "external_id", EXTERNAL_ID_LENGTH)
        rows = rfq_rows(self.actor, chosen(request, RFQState), known_as)
        return self.page(RFQRowSerializer, rows)

    @extend_schema(
        operation_id="create_rfq",
        request=inputs.CreateRFQSerializer,
        responses={201: RFQSerializer},
    )
    def post(self, request: Request) -> Response:
        """Start a draft with one line a part."""
        given = self.clean(inputs.CreateRFQSerializer)
        rfq = actions.create_rfq(actor=self.actor, **given)
        return self.show(rfq.public_id, 201)


class RFQDetail(RFQView):
    """One request of the organization."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [RFQ.objects.filter(public_id=self.kwargs["rfq"])]

    @extend_schema(operation_id="get_rfq", responses=RFQSerializer)
    def get(self, request: Request, rfq: str) -> Response:
        """Lines, invitations and state."""
        return self.show(rfq)

    @extend_schema(
        operation_id="replace_rfq", request=inputs.RFQInputSerializer, responses=RFQSerializer
    )
    def put(self, request: Request, rfq: str) -> Response:
        """Save the draft: header and invitations as sent, lines that are named as sent."""
        return self._save(rfq, inputs.RFQInputSerializer)

    @extend_schema(
        operation_id="change_rfq", request=inputs.RFQPatchSerializer, responses=RFQSerializer
    )
    def patch(self, request: Request, rfq: str) -> Response:
        """Save what is given; the rest of the draft stays."""
        return self._save(rfq, inputs.RFQPatchSerializer)

    def _save(self, rfq: str, shape: Any) -> Response:
        found = queries.get_rfq(self.actor, rfq)
        given = self.clean(shape, **inputs.terms())
        draft = inputs.rfq_draft(given, found, whole=shape is inputs.RFQInputSerializer)
        actions.save_rfq(actor=self.actor, public_id=rfq, draft=draft)
        return self.show(rfq)


class AddParts(RFQView):
    """More lines for a draft."""

    @extend_schema(
        operation_id="add_parts", request=inputs.AddPartsSerializer, responses=RFQSerializer
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Add one line a part; a part that is in it already is not added twice."""
        given = self.clean(inputs.AddPartsSerializer)
        actions.add_parts(actor=self.actor, public_id=rfq, **given)
        return self.show(rfq)


class AddLines(ApiView):
    """Many lines with all that is to be said of them."""

    costs = {"POST": 20}

    @extend_schema(
        operation_id="add_lines",
        request=items_of(inputs.NewLineSerializer),
        responses=BulkAnswerSerializer,
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Add lines to a draft, up to 500 items a call; a line has one part.

        Not all or nothing: each item is done or has its problem, with pointers from the body's
        root; `id` is the new line's. The answer is 200 even if every item was refused.
        """
        rows = self.clean(items_of(inputs.NewLineSerializer))["items"]
        with transaction.atomic():
            draft = actions.own_draft(self.actor, rfq)

            def add(given: dict[str, Any]) -> str:
                wanted = inputs.new_line_draft(given)
                line = actions.new_line(
                    actor=self.actor, rfq=draft, part_id=given["part_id"], wanted=wanted
                )
                return str(line.public_id)

            answer = each_item(self, inputs.NewLineSerializer, add, rows, **inputs.terms())
            if answer.data["done"]:
                actions.draft_changed(self.actor, draft)
        return answer


class RemoveLine(RFQView):
    """One line of a draft."""

    @extend_schema(operation_id="remove_line", request=None, responses={204: None})
    def delete(self, request: Request, rfq: str, line: str) -> Response:
        """Take a part out of the draft."""
        actions.remove_line(actor=self.actor, public_id=rfq, line_id=line)
        return Response(status=204)


class PublishRFQ(RFQView):
    """The draft goes out."""

    @extend_schema(operation_id="publish_rfq", request=None, responses=RFQSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Send the request to those invited. `missing` of the draft says what it still lacks."""
        publication.publish_rfq(actor=self.actor, public_id=rfq)
        return self.show(rfq)


class CloseRFQ(RFQView):
    """No further quotes."""

    @extend_schema(operation_id="close_rfq", request=None, responses=RFQSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Stop taking quotes before the deadline."""
        publication.close_rfq(actor=self.actor, public_id=rfq)
        return self.show(rfq)


class CancelRFQ(RFQView):
    """The end without an award."""

    @extend_schema(
        operation_id="cancel_rfq", request=inputs.CancelSerializer, responses=RFQSerializer
    )
    def post(self, request: Request, rfq: str) -> Response:
        """End the request; those who were asked are told the reason."""
        publication.cancel_rfq(
            actor=self.actor, public_id=rfq, **self.clean(inputs.CancelSerializer)
        )
        return self.show(rfq)


class InviteManufacturer(RFQView):
    """One manufacturer more."""

    @extend_schema(
        operation_id="invite_manufacturer",
        request=inputs.InviteSerializer,
        responses=InvitationSerializer,
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Ask one more manufacturer while the request is open. Twice is once."""
        chosen = self.clean(inputs.InviteSerializer)["manufacturer"]
        invitation = publication.invite_manufacturer(
            actor=self.actor, public_id=rfq, manufacturer_id=chosen
        )
        return self.answer(InvitationSerializer, invitation)


class InviteSupplierList(RFQView):
    """A whole supplier list."""

    @extend_schema(
        operation_id="invite_supplier_list",
        request=inputs.InviteListSerializer,
        responses=RFQSerializer,
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Ask everybody on it who can be asked and was not asked before. Twice is once."""
        chosen = self.clean(inputs.InviteListSerializer)["list"]
        invitations.invite_list(actor=self.actor, public_id=rfq, list_id=chosen)
        return self.show(rfq)
