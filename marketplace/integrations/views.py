"""Pages of webhooks: the list, one endpoint with its log, one message with its tries."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import member_page, recently_signed_in
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.integrations import actions, queries
from marketplace.integrations.forms import EndpointForm, ReplayForm
from marketplace.integrations.models import WebhookMessage

LIST = "integrations/account/webhooks.html"
ONE = "integrations/account/webhook.html"


def _list(
    request: Request, form: EndpointForm | None = None, *, secret: str = "", status: int = 200
) -> HttpResponse:
    page = keyset_page(queries.endpoints_of(request.actor), request.GET.get("after", ""))
    form = form or EndpointForm(kept_typed(request, reverse("add_webhook")))
    context = {"page": page, "form": form, "new_secret": secret}
    return render_page(request, LIST, context, status=status)


@member_page
def webhooks(request: Request) -> HttpResponse:
    """The organization's webhooks."""
    return _list(request)


@member_page
@require_POST
@recently_signed_in
def add_webhook(request: Request) -> HttpResponse:
    """Add one and show its secret in this one answer."""
    request.actor.check(Permission.MANAGE_TOKENS)
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            _, secret = actions.add_endpoint(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            return _list(request, EndpointForm(), secret=secret)
    return _list(request, form, status=422)


def _one(
    request: Request,
    endpoint: str,
    *,
    form: EndpointForm | None = None,
    replay_form: ReplayForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    found = queries.get_endpoint(request.actor, endpoint)
    status_shown = request.GET.get("status", "")
    context: dict[str, Any] = {
        "endpoint": found,
        "form": form or EndpointForm.of(found),
        "replay_form": replay_form or ReplayForm(),
        "page": keyset_page(queries.messages_of(found, status_shown), request.GET.get("after", "")),
        "statuses": WebhookMessage.Status.choices,
        "status": status_shown,
        "new_secret": secret,
    }
    return render_page(request, ONE, context, status=status)


@member_page
def webhook_endpoint(request: Request, endpoint: str) -> HttpResponse:
    """One webhook and what was sent; the POST changes it."""
    if request.method != "POST":
        return _one(request, endpoint)
    queries.get_endpoint(request.actor, endpoint)
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            actions.change_endpoint(actor=request.actor, public_id=endpoint, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The webhook is saved.")
            return redirect("webhook_endpoint", endpoint)
    return _one(request, endpoint, form=form, status=422)


@member_page
@require_POST
@recently_signed_in
def rotate_webhook_secret(request: Request, endpoint: str) -> HttpResponse:
    """A new secret, shown in this one answer."""
    _, secret = actions.rotate_secret(actor=request.actor, public_id=endpoint)
    return _one(request, endpoint, secret=secret)


@member_page
@require_POST
def test_webhook(request: Request, endpoint: str) -> HttpResponse:
    """Send a test; its page shows what came back."""
    message = actions.send_test(actor=request.actor, public_id=endpoint)
    return redirect("webhook_message", endpoint, message.public_id)


@member_page
@require_POST
def pause_webhook(request: Request, endpoint: str) -> HttpResponse:
    """Send nothing for now."""
    actions.pause_endpoint(actor=request.actor, public_id=endpoint)
    messages.success(request, "The webhook is paused. Messages wait until you resume it.")
    return redirect("webhook_endpoint", endpoint)


@member_page
@require_POST
def resume_webhook(request: Request, endpoint: str) -> HttpResponse:
    """Send again."""
    actions.resume_endpoint(actor=request.actor, public_id=endpoint)
    messages.success(request, "The webhook is active again. What waited is on its way.")
    return redirect("webhook_endpoint", endpoint)


@member_page
@require_POST
@recently_signed_in
def remove_webhook(request: Request, endpoint: str) -> HttpResponse:
    """Delete it with its log."""
    actions.remove_endpoint(actor=request.actor, public_id=endpoint)
    messages.success(request, "The webhook is removed. Nothing is sent there any more.")
    return redirect("webhooks")


@member_page
@require_POST
def replay_webhooks(request: Request, endpoint: str) -> HttpResponse:
    """Send the messages of some days again."""
    queries.get_endpoint(request.actor, endpoint)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _one(request, endpoint, replay_form=form, status=422)
    count = actions.replay(actor=request.actor, public_id=endpoint, **form.period())
    what = f"{count} message{'' if count == 1 else 's'} on the way again."
    messages.success(request, what if count else "There was nothing to send again.")
    return redirect("webhook_endpoint", endpoint)


@member_page
def webhook_message(request: Request, endpoint: str, message: str) -> HttpResponse:
    """What was sent, and what came back each time."""
    found = queries.get_message(request.actor, endpoint, message)
    context = {"message": found, "endpoint": found.endpoint}
    return render_page(request, "integrations/account/webhook_message.html", context)


@member_page
@require_POST
def replay_webhook(request: Request, endpoint: str, message: str) -> HttpResponse:
    """Send one message again."""
    actions.replay(actor=request.actor, public_id=endpoint, message=message)
    messages.success(request, "The message is on its way again.")
    return redirect("webhook_message", endpoint, message)
