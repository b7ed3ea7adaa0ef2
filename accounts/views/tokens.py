"""API tokens, and the access tokens made from them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import callers, queries
from accounts.access_tokens import LIFETIME
from accounts.actions import tokens as token_actions
from accounts.decorators import member_page, recently_signed_in
from accounts.forms import ApiTokenForm
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page

MINUTES = int(LIFETIME.total_seconds() // 60)


def _page(
    request: Request,
    *,
    form: ApiTokenForm | None = None,
    new_token: str = "",
    access_token: str = "",
) -> HttpResponse:
    """The list and the form; a form that was refused comes back as it was typed."""
    actor = request.actor
    if not actor.may(Permission.MANAGE_TOKENS):
        # Anybody may take an access token of their own; the organization's tokens are not theirs.
        shown = {"access_token": access_token, "access_minutes": MINUTES}
        return render_page(request, "accounts/account/api_tokens.html", shown)
    form = form or ApiTokenForm(actor, kept_typed(request, reverse("create_api_token")))
    context = {
        "page": keyset_page(queries.api_tokens_of(actor), request.GET.get("after", "")),
        "form": form,
        "new_token": new_token,
        "access_token": access_token,
        "access_minutes": MINUTES,
    }
    status = 422 if form.errors else 200
    return render_page(request, "accounts/account/api_tokens.html", context, status=status)


@member_page
def api_tokens(request: Request) -> HttpResponse:
    """The organization's tokens."""
    return _page(request)


@member_page
@require_POST
@recently_signed_in
def create_api_token(request: Request) -> HttpResponse:
    """Make a token and show its secret in this one answer; nothing keeps it."""
    request.actor.check(Permission.MANAGE_TOKENS)
    form = ApiTokenForm(request.actor, request.POST)
    if form.is_valid():
        try:
            _, secret = token_actions.create_api_token(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            return _page(request, new_token=secret)
    return _page(request, form=form)


@member_page
@require_POST
@recently_signed_in
def issue_access_token(request: Request) -> HttpResponse:
    """Show an access token of this sign-in, in this one answer."""
    actor = callers.actor_of_sign_in(request.actor, request.session.session_key)
    return _page(request, access_token=token_actions.issue_access_token(actor=actor))


@member_page
@require_POST
def revoke_api_token(request: Request, token: str) -> HttpResponse:
    """End a token."""
    token_actions.revoke_api_token(actor=request.actor, public_id=token)
    messages.success(request, "The token is revoked. What used it is refused from now on.")
    return redirect("api_tokens")
