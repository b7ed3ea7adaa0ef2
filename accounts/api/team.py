"""The people of an organization and its invitations, for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries
from accounts.actions import invitations, team
from accounts.api.tokens import check_recent
from accounts.models import Membership, Organization
from accounts.roles import Permission, Role
from marketplace.core.api.fields import WHOLE
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.money import MAX_MINOR

LIMIT_HELP = "minor units of the organization's currency; null: no limit of their own"


def _limit(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0,
        max_value=MAX_MINOR,
        allow_null=True,
        error_messages={"invalid": WHOLE},
        help_text=LIMIT_HELP,
        **kwargs,
    )


class MemberSerializer(serializers.Serializer):
    """A person of the organization. Spend limits are shown to those who manage members."""

    id = serializers.CharField(source="user.public_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(Role.choices)
    spend_limit_minor = serializers.IntegerField(
        allow_null=True, required=False, help_text=f"{LIMIT_HELP}; left out for others"
    )
    is_active = serializers.BooleanField()
    since = serializers.DateTimeField(source="created_at")
    deactivated_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, member: Membership) -> dict[str, Any]:
        """Without the limit where the caller may not know it."""
        shown: dict[str, Any] = super().to_representation(member)
        actor = self.context["actor"]
        if not actor.may(Permission.MANAGE_MEMBERS) and member.user_id != actor.user.pk:
            del shown["spend_limit_minor"]
        return shown


class ChangeMemberSerializer(serializers.Serializer):
    """What is left out stays."""

    role = serializers.ChoiceField(Role.choices, required=False)
    spend_limit_minor = _limit(required=False)


class TeamInvitationSerializer(serializers.Serializer):
    """An invitation nobody has used yet. Its link is only in the mail."""

    id = serializers.CharField(source="public_id")
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    spend_limit_minor = serializers.IntegerField(allow_null=True, help_text=LIMIT_HELP)
    invited_by = serializers.CharField(source="invited_by.name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InviteMemberSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Role.choices)
    spend_limit_minor = _limit(required=False, default=None)


class MemberView(ApiView):
    """A view that answers with one member."""

    def show(self, person: str) -> Response:
        """The member as they stand now."""
        return self.answer(MemberSerializer, queries.get_member(self.actor, person))


class MemberList(ApiView):
    """The people of the organization."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_members", responses=MemberSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first, deactivated ones too."""
        return self.page(MemberSerializer, queries.members_of(self.actor))


class MemberDetail(MemberView):
    """One person of the organization."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Organization.objects.filter(pk=self.actor.company.pk)]

    @extend_schema(operation_id="get_member", responses=MemberSerializer)
    def get(self, request: Request, person: str) -> Response:
        """Role, limit and state."""
        return self.show(person)

    @extend_schema(
        operation_id="change_member", request=ChangeMemberSerializer, responses=MemberSerializer
    )
    def patch(self, request: Request, person: str) -> Response:
        """Change role or spend limit; it holds at once."""
        check_recent(request, self.actor)
        given = self.clean(ChangeMemberSerializer)
        member = queries.get_member(self.actor, person)
        values = {"role": member.role, "spend_limit_minor": member.spend_limit_minor, **given}
        team.change_member(actor=self.actor, person_id=person, **values)
        return self.show(person)

    @extend_schema(operation_id="remove_member", responses={204: None})
    def delete(self, request: Request, person: str) -> Response:
        """Take a person off the list; what they did keeps their name."""
        team.remove_member(actor=self.actor, person_id=person)
        return Response(status=204)


class DeactivateMember(MemberView):
    """The end of a person's power."""

    @extend_schema(operation_id="deactivate_member", request=None, responses=MemberSerializer)
    def post(self, request: Request, person: str) -> Response:
        """End what a person may do here, tokens included. Twice is once."""
        team.deactivate_member(actor=self.actor, person_id=person)
        return self.show(person)


class ReactivateMember(MemberView):
    """The way back."""

    @extend_schema(operation_id="reactivate_member", request=None, responses=MemberSerializer)
    def post(self, request: Request, person: str) -> Response:
        """Let a deactivated person act again, in the role they had. Twice is once."""
        team.reactivate_member(actor=self.actor, person_id=person)
        return self.show(person)


class TeamInvitationList(ApiView):
    """Open invitations."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_team_invitations", responses=TeamInvitationSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Those nobody has used yet, newest first, expired ones too."""
        return self.page(TeamInvitationSerializer, queries.open_invitations_of(self.actor))

    @extend_schema(
        operation_id="invite_member",
        request=InviteMemberSerializer,
        responses={201: TeamInvitationSerializer},
    )
    def post(self, request: Request) -> Response:
        """Invite an address; the link goes there by mail."""
        check_recent(request, self.actor)
        given = self.clean(InviteMemberSerializer)
        invited = invitations.invite_member(actor=self.actor, **given)
        return self.answer(TeamInvitationSerializer, invited, status=201)


class ResendTeamInvitation(ApiView):
    """A new link."""

    @extend_schema(
        operation_id="resend_team_invitation", request=None, responses=TeamInvitationSerializer
    )
    def post(self, request: Request, invitation: str) -> Response:
        """Send a new link; the earlier one opens nothing any more."""
        check_recent(request, self.actor)
        sent = invitations.resend_invitation(actor=self.actor, public_id=invitation)
        return self.answer(TeamInvitationSerializer, sent)


class RevokeTeamInvitation(ApiView):
    """The end of an invitation."""

    @extend_schema(operation_id="revoke_team_invitation", responses={204: None})
    def delete(self, request: Request, invitation: str) -> Response:
        """Take an invitation back. Twice is once."""
        invitations.revoke_invitation(actor=self.actor, public_id=invitation)
        return Response(status=204)
