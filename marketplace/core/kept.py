"""What was typed survives a session that ended: the form comes back filled after signing in."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

SESSION_KEY = "typed"
# A form larger than this is not kept: the session is a row, not a warehouse.
MAX_CHARACTERS = 200_000


def keep_typed(request: HttpRequest) -> str:
    """Keep the body of a POST that met a closed door; the path to return to after signing in.

    A page's own path comes back as it is; for a POST the page that held the form (its Referer, if
    it is ours) is the way back. Files and the CSRF token are not kept.
    """
    if request.method != "POST":
        return request.get_full_path()
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    body = typed.urlencode()
    if len(body) <= MAX_CHARACTERS:
        request.session[SESSION_KEY] = {"path": request.path, "body": body}
    page = urlsplit(request.headers.get("Referer", ""))
    return page.path if page.netloc == request.get_host() and page.path else request.path


def kept_typed(request: HttpRequest, path: str = "") -> QueryDict | None:
    """What was kept for a form that posts to `path` (this page unless said), once; else None."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["path"] != (path or request.path):
        return None
    del request.session[SESSION_KEY]
    return QueryDict(kept["body"])
