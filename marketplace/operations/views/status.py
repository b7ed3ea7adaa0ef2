"""The status page for everybody, its feed, and its mails."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.addresses import counted_address
from accounts.decorators import public_page
from accounts.http import Request
from marketplace.core.pages import render_page
from marketplace.operations.actions.status_mails import (
    ask_status_mails,
    confirm_status_mails,
    stop_status_mails,
)
from marketplace.operations.incidents.queries import (
    DAY_HEIGHT,
    DAY_WIDTH,
    HISTORY_DAYS,
    OVER,
    SHOWN_INCIDENTS,
    incidents,
    parts,
    public_contacts,
    summary,
)
from marketplace.operations.incidents.subscribers import CONFIRM, STOP, email_of
from marketplace.operations.models import IncidentUpdate

SENT = (
    "A mail with a link is on its way. You are told of incidents once you have opened it; until "
    "then we keep nothing."
)


class StatusMailForm(forms.Form):
    """The address that wants to be told."""

    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@public_page
@require_safe
def status(request: Request) -> HttpResponse:
    """How every part is, what is going on, what was, and whom to ask."""
    return _page(request, StatusMailForm())


def _page(request: Request, form: StatusMailForm, code: int = 200) -> HttpResponse:
    now = timezone.now()
    shown = list(incidents()[:SHOWN_INCIDENTS])
    found = parts(now)
    tone, sentence = summary(found)
    context: dict[str, Any] = {
        "parts": found,
        "tone": tone,
        "sentence": sentence,
        "now": now,
        "running": [incident for incident in shown if incident.state not in OVER],
        "earlier": [incident for incident in shown if incident.state in OVER],
        "contacts": public_contacts(),
        "form": form,
        "history_days": HISTORY_DAYS,
        "day_width": DAY_WIDTH - 2,
        "height": DAY_HEIGHT,
        "width": HISTORY_DAYS * DAY_WIDTH,
    }
    return render_page(request, "operations/public/status.html", context, status=code)


@public_page
@require_POST
def subscribe_status_mails(request: Request) -> HttpResponse:
    """Send the confirming link to an address; the same answer whatever we know of it."""
    form = StatusMailForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    ask_status_mails(email=form.cleaned_data["email"], asker=counted_address(request))
    messages.success(request, SENT)
    return redirect("status")


@public_page
@require_http_methods(["GET", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """The link of the mail. It asks first, because mail programs open links too."""
    if request.method == "POST":
        confirm_status_mails(token=token)
        messages.success(request, "You are told of incidents from now on.")
        return redirect("status")
    context = {"email": email_of(token, CONFIRM), "ends": False}
    return render_page(request, "operations/public/status_mails.html", context)


@csrf_exempt
@public_page
@require_http_methods(["GET", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """The one-click link of a mail (RFC 8058), which a mail program posts to without a cookie; a
    person who opens it is asked first."""
    context = {"email": email_of(token, STOP), "ends": True, "done": request.method == "POST"}
    if request.method == "POST":
        stop_status_mails(token=token)
    return render_page(request, "operations/public/status_mails.html", context)


class StatusFeed(Feed):
    """What was told of incidents, as RSS."""

    audience = "public"
    description = "Incidents of the marketplace, step by step."

    def title(self) -> str:
        """The feed's name."""
        return f"{settings.SITE_NAME}: status"

    def link(self) -> str:
        """The page the feed belongs to."""
        return settings.SITE_URL + reverse("status")

    def items(self) -> list[IncidentUpdate]:
        """The newest first."""
        return list(IncidentUpdate.objects.select_related("incident")[:SHOWN_INCIDENTS])

    def item_title(self, item: IncidentUpdate) -> str:
        """The incident and where it stands."""
        return f"{item.incident.title}: {item.get_state_display()}"

    def item_description(self, item: IncidentUpdate) -> str:
        """What was told."""
        return item.text

    def item_link(self, item: IncidentUpdate) -> str:
        """Where it stands on the page."""
        return f"{self.link()}#{item.incident.public_id}"

    def item_guid(self, item: IncidentUpdate) -> str:
        """Its own name, which never changes."""
        return f"{item.incident.public_id}-{item.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: IncidentUpdate) -> Any:
        """When it was told."""
        return item.at
