"""Stripe's door: prove it is Stripe, store the event, answer. Nothing is decided here."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.decorators import public_page
from payments.actions.inbox import receive_event
from payments.gateway import read_signed_event
from payments.values import SignatureRefused

MAX_BODY = 1_000_000


@public_page
@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Store a signed event: 200. Forged, old, too large or of the other mode: refused, not kept."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return HttpResponse("The body is too large.", status=413, content_type="text/plain")
    try:
        payload = read_signed_event(
            request.body,
            request.headers.get("Stripe-Signature", ""),
            settings.STRIPE_WEBHOOK_SECRETS,
        )
    except SignatureRefused as error:
        return HttpResponse(str(error), status=400, content_type="text/plain")
    if bool(payload.get("livemode")) != settings.STRIPE_LIVE_MODE:
        return HttpResponse(
            "This event is of the other mode.", status=400, content_type="text/plain"
        )
    receive_event(payload)
    return HttpResponse("Received.", content_type="text/plain")
