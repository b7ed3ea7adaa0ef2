"""Links of a shared comparison, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from marketplace.core.api.fields import WHOLE
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from quotes import queries
from quotes.actions import shares as actions
from quotes.api.comparison import chosen_quantities, picks_of
from quotes.compared import Strategy, quantities_of
from quotes.models import ComparisonShare
from quotes.queries.shares import shares_of
from quotes.share_links import address_of


class ShareSerializer(serializers.Serializer):
    """A link. `url` is empty once it ended, and for those who may not share."""

    id = serializers.CharField(source="public_id")
    note = serializers.CharField()
    with_names = serializers.BooleanField()
    url = serializers.SerializerMethodField()
    is_live = serializers.BooleanField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    opened_count = serializers.IntegerField(help_text="times it was opened from outside")
    opened_at = serializers.DateTimeField(allow_null=True, help_text="the last time")
    created_at = serializers.DateTimeField()

    def get_url(self, share: ComparisonShare) -> str:
        """The address to hand on."""
        may = self.context["actor"].may(Permission.AWARD)
        return address_of(share) if may and share.is_live else ""


class ShareInputSerializer(serializers.Serializer):
    """What is looked at is written as in `compare_quotes`."""

    days = serializers.IntegerField(
        min_value=actions.FEWEST_DAYS,
        max_value=actions.MOST_DAYS,
        default=7,
        error_messages={"invalid": WHOLE},
    )
    note = serializers.CharField(max_length=80, allow_blank=True, default="")
    with_names = serializers.BooleanField(default=False)
    strategy = serializers.ChoiceField(Strategy.choices, default=Strategy.MIX)
    quantities = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=200, default=list
    )
    picks = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=200, default=list
    )


class ShareList(ApiView):
    """The links of a request's comparison."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_shares", responses=ShareSerializer(many=True))
    def get(self, request: Request, rfq: str) -> Response:
        """Newest first, ended ones too."""
        found = queries.get_rfq(self.actor, rfq)
        return self.page(ShareSerializer, shares_of(self.actor, found))

    @extend_schema(
        operation_id="share_comparison",
        request=ShareInputSerializer,
        responses={201: ShareSerializer},
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Freeze the comparison behind a link that needs no account and ends by itself."""
        found = queries.get_rfq(self.actor, rfq)
        given = self.clean(ShareInputSerializer)
        lines = [line for line in found.lines.all() if line.quantities]
        quantities = quantities_of(lines, queries.quotes_for_buyer(found))
        look = actions.Look(
            chosen_quantities(given["quantities"], lines, quantities),
            picks_of(given["picks"], lines, quantities),
            given["strategy"],
        )
        share = actions.share_comparison(
            actor=self.actor,
            public_id=rfq,
            look=look,
            days=given["days"],
            note=given["note"],
            with_names=given["with_names"],
        )
        return self.answer(ShareSerializer, share, status=201)


class RevokeShare(ApiView):
    """The end of a link."""

    @extend_schema(operation_id="revoke_share", request=None, responses=ShareSerializer)
    def post(self, request: Request, rfq: str, share: str) -> Response:
        """End a link at once."""
        ended = actions.revoke_share(actor=self.actor, public_id=rfq, share_id=share)
        return self.answer(ShareSerializer, ended)
