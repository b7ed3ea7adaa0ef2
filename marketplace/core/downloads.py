"""Documents as an answer: offered as a download, kept by no cache."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from marketplace.core.pdf import Document, pdf_bytes


def pdf_answer(document: Document, name: str) -> HttpResponse:
    """The document as a PDF to download under `name`."""
    answer = HttpResponse(pdf_bytes(document), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "private, no-store"
    return answer
