"""The inbox, for members of either side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import signed_in_page
from accounts.http import Request
from marketplace.core.pages import keyset_page, render_page
from marketplace.notifications import actions, queries


@signed_in_page
def inbox(request: Request) -> HttpResponse:
    """The newest notifications first."""
    page = keyset_page(queries.inbox_of(request.actor), request.GET.get("after", ""))
    return render_page(request, "notifications/account/inbox.html", {"page": page})


@signed_in_page
def inbox_bell(request: Request) -> HttpResponse:
    """The bell of the top bar, and what is new since the row `seen` for a page that is open."""
    given = request.GET.get("seen", "")
    seen = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    unread = queries.unread_inbox(request.actor)
    news = queries.news_since(request.actor, seen) if unread.newest > seen else None
    # Reading somewhere else must not make an older row look new to this page.
    shown = queries.Unread(unread.count, max(seen, unread.newest))
    context = {"news": news, "unread_inbox": shown}
    return render_page(request, "notifications/account/inbox_bell.html", context)


@signed_in_page
@require_POST
def open_notification(request: Request, notification: str) -> HttpResponse:
    """Mark as read and go where it leads."""
    return redirect(actions.mark_read(actor=request.actor, public_id=notification).link)


@signed_in_page
def notification_settings(request: Request) -> HttpResponse:
    """Which notifications also come by mail; the inbox has them all."""
    if request.method == "POST":
        actions.choose_mails(actor=request.actor, groups=request.POST.getlist("mail"))
        messages.success(request, "Your choice is saved.")
        return redirect("notification_settings")
    return render_page(
        request,
        "notifications/account/notification_settings.html",
        {"choices": queries.mail_choices(request.actor)},
    )


@signed_in_page
@require_POST
def mark_all_read(request: Request) -> HttpResponse:
    """Mark everything as read."""
    actions.mark_all_read(actor=request.actor)
    return redirect("inbox")
