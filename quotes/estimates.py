"""Reads for estimates: published rates and parts as the plain values `estimating` works on."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.directory.exchange import rate_between
from marketplace.directory.models import (
    Finish,
    InspectionLevel,
    Material,
    Process,
    PublishedFigure,
    QualityDocument,
)
from marketplace.directory.queries.exchange import current_rates
from marketplace.parts.models import PartRevision
from marketplace.parts.queries import get_part
from quotes.compared import UsedRate
from quotes.estimating.engine import CURVE, estimate
from quotes.estimating.model import Estimate, Job, Rate, Rates, Span
from quotes.models import RFQ, EstimateCalibration, RFQLine

RATE_KINDS = ("rate", "material_price_hints", "cost_multipliers", "document_price")


def published_rates() -> Rates:
    """Every published rate of the taxonomy an estimate can use. One query."""
    found: dict[tuple[str, str], Rate] = {}
    for figure in PublishedFigure.objects.filter(kind__in=RATE_KINDS):
        read = _READ[figure.kind](figure)
        if read is not None:
            key, rate = read
            found[key] = rate
    return Rates(found)


def factors() -> dict[str, EstimateCalibration]:
    """Process code -> the calibration that applies. One query."""
    rows = EstimateCalibration.objects.filter(factor__isnull=False).select_related("process")
    return {row.process.code: row for row in rows}


def job_of(
    revision: PartRevision,
    process: Process,
    material: Material | None,
    *,
    tolerance: str = "m",
    finish: Finish | None = None,
    inspection: InspectionLevel | None = None,
    documents: Sequence[QualityDocument] = (),
) -> Job:
    """One revision and how it is to be made, as an estimate takes it."""
    facts = revision.facts
    thickness = figure(facts, "sheet_thickness")
    return Job(
        process=process.code,
        material=material.name if material else "",
        family=material.family if material else "",
        density_g_cm3=_float(material.density_g_cm3) if material else None,
        volume_mm3=_float(facts.get("volume_mm3")),
        area_mm2=_float(facts.get("area_mm2")),
        box_mm=revision.box_mm,
        axis_count=_int(figure(facts, "axis_count")),
        thickness_mm=_float(thickness),
        cut_length_mm=_float(figure(facts, "cut_length")),
        pierces=_int(figure(facts, "pierces")),
        bends=_int(figure(facts, "bend_count")),
        tolerance=tolerance,
        finish=finish.name if finish else "",
        inspection=inspection.code if inspection else "",
        documents={document.code: document.name for document in documents},
    )


def job_of_line(line: RFQLine) -> Job | None:
    """A request's line as an estimate takes it; None while no process is chosen."""
    if line.process is None:
        return None
    return job_of(
        line.part_revision,
        line.process,
        line.material,
        tolerance=line.tolerance,
        finish=line.finish,
        inspection=line.inspection,
        documents=list(line.documents.all()),
    )


def estimate_lines(lines: Sequence[RFQLine]) -> dict[int, Estimate]:
    """Line (pk) -> estimate at its own quantities, for lines with a process. Two queries."""
    rates, calibrations = published_rates(), factors()
    found = {}
    for line in lines:
        job = job_of_line(line)
        if job is not None:
            found[line.pk] = calibrated(job, rates, line.quantities or CURVE, calibrations)
    return found


def estimates_beside(rfq: RFQ, lines: Sequence[RFQLine]) -> tuple[dict[int, Estimate], list[str]]:
    """As `estimate_lines`, in the currency of the request whose lines they stand beside, and the
    sentences that say at which rate. Without a rate an estimate stays in its own currency. One
    query more where a rate is needed."""
    made = estimate_lines(lines)
    foreign = sorted({each.currency for each in made.values() if each.points} - {rfq.currency})
    rates = current_rates() if foreign else None
    found = {code: rate_between(code, rfq.currency, rates) for code in foreign}
    shown = {
        pk: each.exchanged(rate.target, float(rate.rate))
        if (rate := found.get(each.currency))
        else each
        for pk, each in made.items()
    }
    return shown, [_rate_words(UsedRate(code, rfq.currency, found[code])) for code in foreign]


def _rate_words(used: UsedRate) -> str:
    if used.rate is None:
        return (
            f"Estimates are in {used.currency}, the currency the rates behind them are published "
            f"in; there is no current exchange rate to {used.target}, in which quotes come."
        )
    return f"Estimates come from rates published in {used.currency}, at {used.sentence}"


def calibrated(
    job: Job,
    rates: Rates,
    quantities: Sequence[int],
    calibrations: Mapping[str, EstimateCalibration],
) -> Estimate:
    """The estimate of a job, multiplied with what real quotes of its process taught."""
    row = calibrations.get(job.process)
    if row is None or row.factor is None:
        return estimate(job, rates, quantities)
    return estimate(job, rates, quantities, factor=row.factor, calibrated_by=row.prices)


def revision_to_estimate(actor: Actor, part_id: str) -> PartRevision:
    """The current revision of the acting buyer's own part. Raises NotFound."""
    part = get_part(actor, part_id)
    if part.current is None:
        raise NotFound()
    part.current.part = part
    return part.current


def figure(facts: Mapping[str, Any], name: str) -> Any:
    """A measured figure of a revision's facts, None where it could not be had."""
    found = facts.get("figures", {}).get(name)
    return found.get("value") if isinstance(found, dict) else None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def _rate(row: PublishedFigure) -> tuple[tuple[str, str], Rate] | None:
    """A process's own rate, such as 50 to 80 USD/h. An upper end left open counts as given."""
    data = row.data
    span = Span(float(data["low"]), float(data["high"]))
    currency = data["unit"][:3] if data["unit"][:3].isupper() else ""
    return (row.subject, data["item"]), Rate(span, data["unit"], row.source, currency)


def _material(row: PublishedFigure) -> tuple[tuple[str, str], Rate] | None:
    data = row.data
    family = data["family"].partition(" (")[0]
    span = Span(float(data["low"]), float(data["high"]))
    return ("material", family), Rate(span, data["unit"], row.source, data["unit"][:3])


def _multiplier(row: PublishedFigure) -> tuple[tuple[str, str], Rate] | None:
    data = row.data
    span = Span(float(data["low"]), float(data["high"]))
    return ("multiplier", data["rule"]), Rate(span, "h", row.source)


def _document(row: PublishedFigure) -> tuple[tuple[str, str], Rate] | None:
    data = row.data
    price = data.get("published_price")
    if price is None:
        return None
    unit = str(data["price_unit"])
    return ("document", data["code"]), Rate(
        Span(float(price), float(price)), unit, row.source, unit[:3]
    )


_READ = {
    "rate": _rate,
    "material_price_hints": _material,
    "cost_multipliers": _multiplier,
    "document_price": _document,
}
