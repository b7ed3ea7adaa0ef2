"""The organization's audit log."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from accounts.audit import AuditFilter, audit_csv, audit_log, audit_people
from accounts.decorators import member_page
from accounts.forms import AuditFilterForm
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.pages import keyset_page, render_page


def _chosen(form: AuditFilterForm) -> AuditFilter:
    """A filter that cannot be read is left out; the form says which."""
    form.is_valid()
    return AuditFilter(**form.cleaned_data)


@member_page
def audit(request: Request) -> HttpResponse:
    """Who did what, filtered by person, fact and period."""
    form = AuditFilterForm(request.GET or None)
    chosen = _chosen(form) if form.is_bound else AuditFilter()
    page = keyset_page(audit_log(request.actor, chosen), request.GET.get("after", ""))
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "page": page,
        "form": form,
        "people": audit_people(request.actor),
        "query": query.urlencode(),
    }
    return render_page(request, "accounts/account/audit.html", context)


@member_page
def export_audit(request: Request) -> HttpResponseBase:
    """The same as CSV, streamed."""
    request.actor.check(Permission.VIEW_AUDIT)
    chosen = _chosen(AuditFilterForm(request.GET))
    response = StreamingHttpResponse(
        audit_csv(request.actor, chosen), content_type="text/csv; charset=utf-8"
    )
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="audit-{day}.csv"'
    return response
