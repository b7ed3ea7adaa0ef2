"""Documents for programs: PDF on success, problem details otherwise."""

from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer

from marketplace.core.api.views import ApiView

PDF_RESPONSE = {(200, "application/pdf"): OpenApiTypes.BINARY}


class PdfNegotiation(JSONRenderer):
    """Lets a caller ask for `application/pdf`. The view answers with the document itself; what is
    rendered here are errors only, as JSON."""

    media_type = "application/pdf"
    format = "pdf"


class DocumentView(ApiView):
    """A view that answers with a PDF (`pdf_answer`)."""

    answers_json = False
    costs = {"GET": 5}
    renderer_classes = [JSONRenderer, PdfNegotiation]
