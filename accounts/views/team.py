"""The people of an organization: list, invitations, one person, roles explained."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import queries, rules
from accounts.actions import invitations, team
from accounts.decorators import member_page, recently_signed_in
from accounts.http import Request
from accounts.models import Membership
from accounts.roles import BUNDLES, Permission, Role
from accounts.team_forms import InviteForm, MemberForm
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page


def _members_page(
    request: Request, *, form: InviteForm | None = None, sentence: str = "", status: int = 200
) -> HttpResponse:
    actor = request.actor
    may_manage = actor.may(Permission.MANAGE_MEMBERS)
    page = keyset_page(queries.members_of(actor), request.GET.get("after", ""))
    if may_manage and form is None:
        form = InviteForm(kept_typed(request, reverse("invite_member")), actor=actor)
    context = {
        "page": page,
        "rows": [(m, rules.can_manage(actor, m)) for m in page],
        "invitations": list(queries.open_invitations_of(actor)) if may_manage else [],
        "form": form,
        "may_manage": may_manage,
        "sentence": sentence,
    }
    return render_page(request, "accounts/account/members.html", context, status=status)


def _person_page(
    request: Request, person: str, *, form: MemberForm | None = None, sentence: str = ""
) -> HttpResponse:
    """One member with what the actor may do to them."""
    actor = request.actor
    actor.check(Permission.MANAGE_MEMBERS)
    member = queries.get_member(actor, person)
    assert actor.user is not None  # the permission check passed
    context = {
        "member": member,
        "form": form or MemberForm(actor=actor, member=member),
        "may_manage": rules.can_manage(actor, member),
        "is_me": member.user_id == actor.user.pk,
        "can_transfer": actor.may(Permission.OWN) and member.is_active,
        "sentence": sentence,
    }
    refused = bool(sentence or (form and form.errors))
    status = 422 if refused else 200
    return render_page(request, "accounts/account/change_member.html", context, status=status)


def _act(request: Request, person: str, action: Callable[..., Any], done: str) -> HttpResponse:
    """One button of a person's page; a refusal comes back on that page."""
    name = queries.get_member(request.actor, person).user.name
    try:
        action(actor=request.actor, person_id=person)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return _person_page(request, person, sentence=error.sentence)
    messages.success(request, done.format(name=name))
    return redirect("members")


@member_page
def members(request: Request) -> HttpResponse:
    """Who acts for the organization, and who is invited."""
    return _members_page(request)


@member_page
@require_POST
@recently_signed_in
def invite_member(request: Request) -> HttpResponse:
    """Send an invitation."""
    request.actor.check(Permission.MANAGE_MEMBERS)
    form = InviteForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            invited = invitations.invite_member(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            return _members_page(request, form=form, status=error.status)
        messages.success(request, f"The invitation goes to {invited.email}.")
        return redirect("members")
    return _members_page(request, form=form, status=422)


def _act_on_invitation(
    request: Request, invitation: str, action: Callable[..., Any], done: str
) -> HttpResponse:
    try:
        changed = action(actor=request.actor, public_id=invitation)
    except DomainError as error:
        if error.status == 404:
            raise
        return _members_page(request, sentence=error.sentence, status=error.status)
    messages.success(request, done.format(email=changed.email))
    return redirect("members")


@member_page
@require_POST
def resend_invitation(request: Request, invitation: str) -> HttpResponse:
    """A new link by mail; the old one opens nothing any more."""
    done = "A new invitation goes to {email}; the earlier link no longer works."
    return _act_on_invitation(request, invitation, invitations.resend_invitation, done)


@member_page
@require_POST
def revoke_invitation(request: Request, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    done = "The invitation of {email} is revoked."
    return _act_on_invitation(request, invitation, invitations.revoke_invitation, done)


@member_page
@recently_signed_in
def change_member(request: Request, person: str) -> HttpResponse:
    """Role and spend limit of one person."""
    if request.method != "POST":
        return _person_page(request, person)
    member: Membership = queries.get_member(request.actor, person)
    form = MemberForm(request.POST, actor=request.actor, member=member)
    if form.is_valid():
        try:
            team.change_member(actor=request.actor, person_id=person, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
        else:
            messages.success(request, f"Saved. It holds at once for {member.user.name}.")
            return redirect("members")
    return _person_page(request, person, form=form)


@member_page
@require_POST
def deactivate_member(request: Request, person: str) -> HttpResponse:
    """End a person's power; history stays."""
    done = "{name} can no longer act for your organization."
    return _act(request, person, team.deactivate_member, done)


@member_page
@require_POST
def reactivate_member(request: Request, person: str) -> HttpResponse:
    """Let a person act again."""
    return _act(request, person, team.reactivate_member, "{name} can act again.")


@member_page
@require_POST
def remove_member(request: Request, person: str) -> HttpResponse:
    """Take a person off the list."""
    return _act(request, person, team.remove_member, "{name} is removed.")


@member_page
@require_POST
@recently_signed_in
def transfer_ownership(request: Request, person: str) -> HttpResponse:
    """Hand the organization over."""
    done = "{name} owns the organization now; you are an admin."
    return _act(request, person, team.transfer_ownership, done)


@member_page
@require_POST
def leave_organization(request: Request) -> HttpResponse:
    """Give up one's own membership."""
    name = request.actor.company.name
    try:
        team.leave_organization(actor=request.actor)
    except DomainError as error:
        if error.status == 404:
            raise
        return _members_page(request, sentence=error.sentence, status=error.status)
    messages.success(request, f"You left {name}.")
    return redirect("home")


@member_page
def roles(request: Request) -> HttpResponse:
    """Which role may do what."""
    context = {
        "roles": [
            {
                "label": role.label,
                "description": BUNDLES[role].description,
                "is_mine": role == request.actor.role,
            }
            for role in Role
        ],
        "rows": [
            {
                "label": permission.label,
                "cells": [
                    (
                        role == request.actor.role,
                        permission in BUNDLES[role].permissions,
                        role.label,
                    )
                    for role in Role
                ],
            }
            for permission in Permission
        ],
    }
    return render_page(request, "accounts/account/roles.html", context)
