"""NDAs for both sides, and the file room of a request: who opened what."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, quoting_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.core.spreadsheets import csv_line
from marketplace.core.templatetags.formats import moment_text
from marketplace.files.models import FileAccess
from quotes import admission, queries
from quotes.actions import secrecy as actions
from quotes.forms.published import NDAForm
from quotes.models import NDA, RFQ, NDAAcceptance
from quotes.queries import secrecy as reads

# Words of our own for buyers who have no agreement; not legal advice.
SAMPLE = "quotes/sample_nda.txt"
# A file of more rows is read by nobody; the page shows the rest.
MAX_EXPORTED = 50_000
MOST_ACCEPTANCES = 200
HEADER = ("time (UTC)", "company", "person", "file", "kind", "sha256")


@buyer_page
def nda_settings(request: Request) -> HttpResponse:
    """The organization's NDA: read it, write a new version."""
    actor: Actor = request.actor
    versions = list(reads.ndas_of(actor)[:20])
    newest = versions[0] if versions else None
    status = 200
    if request.method == "POST":
        form = NDAForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                nda = actions.write_nda(actor=actor, **form.cleaned_data)
            except DomainError as error:
                add_errors(form, error)
            else:
                messages.success(request, f"Version {nda.version} is saved. New requests use it.")
                return redirect("nda_settings")
    else:
        typed = kept_typed(request)
        text = newest.text if newest else render_to_string(SAMPLE)
        form = NDAForm(typed) if typed else NDAForm(initial={"text": text})
    context = {
        "form": form,
        "versions": versions,
        "newest": newest,
        "may_manage": actor.may(Permission.MANAGE_ORGANIZATION),
    }
    return render_page(request, "quotes/buyer/nda_settings.html", context, status=status)


@buyer_page
def rfq_room(request: Request, rfq: str) -> HttpResponse:
    """Who accepted the NDA, who opened which file when."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    page = keyset_page(reads.file_receipts(actor, found), request.GET.get("after", ""))
    context = {
        "rfq": found,
        "page": page,
        "acceptances": list(reads.acceptances_on(actor, found)[:MOST_ACCEPTANCES]),
    }
    return render_page(request, "quotes/buyer/rfq_room.html", context)


def _csv(rows: Any) -> Iterator[str]:
    yield csv_line(HEADER)
    for row in rows.iterator(chunk_size=1000):
        yield csv_line(_cells(row))


def _cells(row: FileAccess) -> list[str]:
    return [
        row.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        row.organization.name if row.organization else "",
        row.person,
        row.file.name,
        row.file.get_kind_display(),
        row.file.sha256,
    ]


@buyer_page
def export_room(request: Request, rfq: str) -> HttpResponseBase:
    """The receipts as CSV, newest first, streamed."""
    found = queries.get_rfq(request.actor, rfq)
    rows = reads.file_receipts(request.actor, found).order_by("-pk")[:MAX_EXPORTED]
    response = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}-files.csv"'
    return response


def _as_text(rfq: RFQ, nda: NDA, acceptances: list[NDAAcceptance]) -> HttpResponse:
    """The agreement and who accepted it, as a plain text file."""
    signed = [
        f"Accepted by {a.name} for {a.organization.name}, {moment_text(a.at)}" for a in acceptances
    ]
    text = "\n".join(
        [
            f"Non-disclosure agreement of {rfq.organization.name}, version {nda.version}",
            f"Request {rfq.reference}: {rfq.title}",
            "",
            nda.text,
            "",
            *(signed or ["Not accepted yet."]),
            "",
        ]
    )
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"{rfq.reference}-nda-{nda.version}.txt"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@buyer_page
def download_rfq_nda(request: Request, rfq: str) -> HttpResponse:
    """The buyer's copy, with everybody who accepted."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    if found.nda is None:
        return redirect("rfq_room", rfq)
    rows = list(reads.acceptances_on(actor, found)[:MOST_ACCEPTANCES])
    return _as_text(found, found.nda, rows)


@quoting_page
def request_nda(request: Request, rfq: str) -> HttpResponse:
    """The agreement of a request, and the receipt of one's own acceptance."""
    actor: Actor = request.actor
    invitation = queries.get_invitation(actor, rfq)
    nda = reads.nda_of_request(invitation)
    context = {
        "rfq": invitation.rfq,
        "nda": nda,
        "acceptance": admission.accepted_by(actor, nda),
        "can_accept_nda": actor.may(Permission.QUOTE) and actor.visit is None,
    }
    return render_page(request, "quotes/portal/request_nda.html", context)


@quoting_page
def download_request_nda(request: Request, rfq: str) -> HttpResponse:
    """The shop's copy, with one's own acceptance."""
    actor: Actor = request.actor
    invitation = queries.get_invitation(actor, rfq)
    nda = reads.nda_of_request(invitation)
    accepted = admission.accepted_by(actor, nda)
    return _as_text(invitation.rfq, nda, [accepted] if accepted else [])


@quoting_page
@require_POST
def accept_nda(request: Request, rfq: str) -> HttpResponse:
    """Accept the version that was on the page; the files open."""
    try:
        actions.accept_nda(actor=request.actor, rfq_id=rfq, seen=request.POST.get("seen", "")[:40])
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(request, "Accepted. The files are open; your copy is under Agreement.")
    return redirect("portal_request_detail", rfq)
