"""Measuring estimates against the quotes manufacturers really gave."""

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from marketplace.directory.models import Process
from quotes.estimates import job_of_line, published_rates
from quotes.estimating.calibration import Accuracy, Compared, accuracy_by_process
from quotes.estimating.engine import estimate
from quotes.models import EstimateCalibration, QuoteLine, RFQLine
from quotes.states import QuoteState

# What a shop stands by, or stood by until it lost or its time ended.
REAL = (
    QuoteState.SUBMITTED,
    QuoteState.ACCEPTED,
    QuoteState.PARTIALLY_ACCEPTED,
    QuoteState.DECLINED,
    QuoteState.EXPIRED,
)


def measure_estimates() -> Mapping[str, Accuracy]:
    """Compare every submitted price with the uncalibrated estimate of its line. Writes nothing.

    Sealed prices count too: one figure a process over many shops tells none of them.
    """
    return accuracy_by_process(_compared())


@transaction.atomic
def calibrate_estimates() -> Mapping[str, Accuracy]:
    """Measure, and keep one row a process; what can no longer be measured goes."""
    found = measure_estimates()
    processes = {p.code: p for p in Process.objects.filter(code__in=found)}
    EstimateCalibration.objects.exclude(process__code__in=found).delete()
    for code, accuracy in found.items():
        EstimateCalibration.objects.update_or_create(
            process=processes[code],
            defaults={
                "prices": accuracy.prices,
                "shops": accuracy.shops,
                "median_ratio": accuracy.median_ratio,
                "median_error": accuracy.median_error,
                "inside": accuracy.inside,
                "factor": accuracy.factor,
                "measured_at": timezone.now(),
            },
        )
    return found


def _compared() -> Iterator[Compared]:
    rates = published_rates()
    lines = (
        QuoteLine.objects.filter(quote__state__in=REAL, quote__submitted_at__isnull=False)
        .select_related("quote")
        .prefetch_related(
            "prices",
            Prefetch(
                "rfq_line",
                RFQLine.objects.select_related(
                    "process", "material", "finish", "inspection", "part_revision"
                ).prefetch_related("documents"),
            ),
        )
        .order_by("pk")
    )
    for line in lines.iterator(chunk_size=500):
        job = job_of_line(line.rfq_line)
        prices = {price.quantity: float(price.unit_price) for price in line.prices.all()}
        if job is None or not prices:
            continue
        made = estimate(job, rates, list(prices))
        if made.currency != line.quote.currency:
            continue
        for point in made.points:
            span = point.unit_price
            yield Compared(
                job.process,
                line.quote.manufacturer_id,
                prices[point.quantity],
                span.low,
                span.high,
            )
