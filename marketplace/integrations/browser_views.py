"""Web push: a person's browsers, and the script that waits in them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import public_page, signed_in_page
from accounts.devices import device_of
from accounts.http import Request
from marketplace.core.errors import NotFound
from marketplace.integrations import browser_push


@signed_in_page
@require_POST
def subscribe_browser(request: Request) -> HttpResponse:
    """Nudge this browser; its script sends the address the push service gave it."""
    browser_push.subscribe_browser(
        actor=request.actor,
        endpoint=request.POST.get("endpoint", ""),
        device=device_of(request.headers.get("User-Agent", "")),
    )
    return HttpResponse(status=204)


@signed_in_page
@require_POST
def unsubscribe_browser(request: Request) -> HttpResponse:
    """This browser (its script sends the address) or, without an address, all of the person's."""
    endpoint = request.POST.get("endpoint", "")
    browser_push.unsubscribe_browser(actor=request.actor, endpoint=endpoint)
    if endpoint:
        return HttpResponse(status=204)
    messages.success(request, "No browser is told of news any more.")
    return redirect("notification_settings")


@public_page
def push_worker(request: Request) -> HttpResponse:
    """The service worker. It stands at the root, for a worker sees only what is below its own
    address, and has to be asked for anew each time."""
    if not settings.VAPID_PRIVATE_KEY:
        raise NotFound()
    answer = render(request, "integrations/push_worker.js", content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer
