"""What a part may cost, before anybody is asked."""

from django.http import HttpResponse

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.pages import render_page
from marketplace.files.links import link_to
from quotes import estimates
from quotes.estimating.curve import curve_of
from quotes.estimating.engine import CURVE
from quotes.forms.estimate import EstimateForm
from quotes.models import RFQLine


@buyer_page
def part_estimate(request: Request, part: str) -> HttpResponse:
    """The range of one part with every driver behind it; the choices stand in the address."""
    actor: Actor = request.actor
    revision = estimates.revision_to_estimate(actor, part)
    # Without a choice the list would show its first class while another one is meant.
    given = request.GET.copy()
    if given:
        given.setdefault("tolerance", RFQLine.Tolerance.MEDIUM)
    form = EstimateForm(given or None)
    made = job = None
    status = 200
    if form.is_bound:
        if form.is_valid():
            job = estimates.job_of(revision, **form.choices())
            quantities = form.cleaned_data["quantities"] or CURVE
            made = estimates.calibrated(
                job, estimates.published_rates(), quantities, estimates.factors()
            )
        else:
            status = 422
    context = {
        "part": revision.part,
        "revision": revision,
        "thumbnail": link_to(revision.thumbnail, actor),
        "form": form,
        "job": job,
        "estimate": made,
        "curve": curve_of(made) if made else None,
    }
    return render_page(
        request, "quotes/buyer/part_estimate.html", context, fragment="result", status=status
    )
