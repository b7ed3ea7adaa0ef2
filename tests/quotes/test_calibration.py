"""Estimates are held against the prices shops really gave."""

from io import StringIO

from django.core.management import call_command

from marketplace.directory.models import PublishedFigure
from marketplace.parts.models import PartRevision
from quotes.actions.calibration import calibrate_estimates
from quotes.estimates import calibrated, factors, job_of_line, published_rates
from quotes.estimating.model import Span
from quotes.models import EstimateCalibration
from quotes.queries import lines_of
from tests.personas import Persona
from tests.quotes.scene import open_rfq, submitted

FACTS = {"volume_mm3": 28_800.0, "area_mm2": 9_000.0, "bbox_mm": [60.0, 40.0, 20.0]}


def test_published_figures_become_rates(db: None) -> None:
    rates = published_rates()
    mill = rates.get("cnc_milling", "3-axis mill")
    assert mill is not None
    assert (mill.span, mill.currency, mill.source) == (Span(50, 80), "USD", "MT1")
    assert rates.get("material", "aluminum") is not None
    assert rates.get("material", "plastic") is not None
    assert rates.get("document", "coc") is not None
    assert rates.get("document", "ppap") is None
    assert PublishedFigure.objects.filter(kind="rate").count() >= 15


def test_few_quotes_are_measured_and_change_nothing(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    request.rfq.__class__.objects.update(currency="USD")
    PartRevision.objects.update(facts=FACTS)
    quote = submitted(request, milo)
    quote.__class__.objects.update(currency="USD")
    found = calibrate_estimates()
    row = EstimateCalibration.objects.get()
    assert found["cnc_milling"].prices == row.prices == 2
    assert row.factor is None
    assert row.median_ratio > 0
    assert factors() == {}
    out = StringIO()
    call_command("compare_estimates", stdout=out)
    assert "cnc_milling" in out.getvalue()
    row.factor = 1.5
    row.save()
    job = job_of_line(lines_of(request.rfq)[0])
    assert job is not None
    plain = calibrated(job, published_rates(), (10,), {}).points[0]
    made = calibrated(job, published_rates(), (10,), factors())
    assert made.points[0].unit_price.low / plain.unit_price.low == 1.5
    assert made.calibrated_by == 2


def test_without_quotes_there_is_nothing_to_say(db: None) -> None:
    out = StringIO()
    call_command("compare_estimates", "--apply", stdout=out)
    assert "No submitted quote" in out.getvalue()
    assert not EstimateCalibration.objects.exists()


def test_quotes_in_another_currency_are_not_compared(bea: Persona, milo: Persona) -> None:
    PartRevision.objects.update(facts=FACTS)
    submitted(open_rfq(bea, milo), milo)
    assert calibrate_estimates() == {}
