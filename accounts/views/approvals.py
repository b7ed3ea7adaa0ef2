"""When awards are approved, and by whom."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.actions import approval_rules as actions
from accounts.decorators import member_page, recently_signed_in
from accounts.http import Request
from accounts.models import ApprovalRule
from accounts.roles import Permission
from accounts.team_forms import ApprovalRuleForm
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page


def _form(
    request: Request, data: QueryDict | None, rule: ApprovalRule | None = None
) -> ApprovalRuleForm:
    people = queries.approvers_for(request.actor.company, (), None)
    return ApprovalRuleForm(data, people=people, rule=rule)


def _page(request: Request, form: ApprovalRuleForm, status: int = 200) -> HttpResponse:
    actor = request.actor
    context = {
        "rules": list(queries.approval_rules_of(actor)),
        "limited": list(queries.limited_members_of(actor)[:50]),
        "form": form,
        "may_manage": actor.may(Permission.MANAGE_ORGANIZATION),
    }
    return render_page(request, "accounts/account/approval_rules.html", context, status=status)


@member_page
def approval_rules(request: Request) -> HttpResponse:
    """The rules and the spend limits."""
    return _page(request, _form(request, kept_typed(request, reverse("add_approval_rule"))))


@member_page
@require_POST
@recently_signed_in
def add_approval_rule(request: Request) -> HttpResponse:
    """One rule more."""
    form = _form(request, request.POST)
    if form.is_valid():
        try:
            actions.add_approval_rule(actor=request.actor, **form.values())
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            return _page(request, form, error.status)
        messages.success(request, "The rule holds from now on.")
        return redirect("approval_rules")
    return _page(request, form, 422)


@member_page
@recently_signed_in
def change_approval_rule(request: Request, rule: str) -> HttpResponse:
    """Edit one rule."""
    request.actor.check(Permission.MANAGE_ORGANIZATION)
    found = queries.get_approval_rule(request.actor, rule)
    form = _form(request, request.POST or None, found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_approval_rule(actor=request.actor, public_id=rule, **form.values())
            except DomainError as error:
                if error.status == 404:
                    raise
                add_errors(form, error)
            else:
                messages.success(request, "The rule holds from now on.")
                return redirect("approval_rules")
    context = {"rule": found, "form": form}
    return render_page(
        request, "accounts/account/change_approval_rule.html", context, status=status
    )


@member_page
@require_POST
@recently_signed_in
def remove_approval_rule(request: Request, rule: str) -> HttpResponse:
    """Delete one rule."""
    actions.remove_approval_rule(actor=request.actor, public_id=rule)
    messages.success(request, "The rule is deleted. Awards that wait go on waiting.")
    return redirect("approval_rules")
