"""The inbox, for members of either side."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.decorators import public_page, signed_in_page
from accounts.http import Request
from marketplace.core.pages import keyset_page, render_page
from marketplace.notifications import actions, queries
from marketplace.notifications.groups import ALWAYS, KINDS_OF, MailChoice
from marketplace.notifications.stop_links import read_stop_link


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
    """Which notifications also come by mail and when; the inbox has them all."""
    if request.method == "POST":
        groups, kinds = _chosen(request.POST)
        actions.choose_mails(actor=request.actor, groups=groups, kinds=kinds)
        messages.success(request, "Your choice is saved.")
        return redirect("notification_settings")
    context = {"choices": queries.mail_choices(request.actor), "mails": MailChoice.choices}
    return render_page(request, "notifications/account/notification_settings.html", context)


def _chosen(posted: QueryDict) -> tuple[dict[str, str], dict[str, str]]:
    """What the page's form says of groups and kinds; what it cannot say is passed over."""
    groups, kinds = {}, {}
    for group, names in KINDS_OF.items():
        if group == ALWAYS:
            continue
        if (mail := posted.get(f"group-{group}", "")) in MailChoice.values:
            groups[group] = mail
        for kind in names:
            chosen = posted.get(f"kind-{kind}")
            if chosen is not None and chosen in ["", *MailChoice.values]:
                kinds[kind] = chosen
    return groups, kinds


@csrf_exempt
@public_page
def stop_mails(request: Request, token: str) -> HttpResponse:
    """The one-click link of a mail. A mail program posts without a cookie or a token of ours; a
    person who opens the link is asked first, because programs also open links."""
    read_stop_link(token)
    done = request.method == "POST"
    if done:
        actions.stop_mails(token=token)
    return render_page(request, "notifications/public/stop_mails.html", {"done": done})


@signed_in_page
@require_POST
def mark_all_read(request: Request) -> HttpResponse:
    """Mark everything as read."""
    actions.mark_all_read(actor=request.actor)
    return redirect("inbox")
