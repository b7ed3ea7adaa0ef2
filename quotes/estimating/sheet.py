"""Sheet cutting and fabrication: cut time, pierces, bends, sheet with its offcut."""

from quotes.estimating import practice
from quotes.estimating.machining import material_driver, span_text
from quotes.estimating.model import GENERAL_PRACTICE, Driver, Job, Rates, Span, short


def cut(job: Job, rates: Rates) -> tuple[list[Driver], list[str]]:
    """Drivers of a flat part cut from sheet, and what stays unknown."""
    laser = rates.get("sheet_cutting", "laser cutting")
    if laser is None:
        return [], ["No rate is published for cutting."]
    if job.cut_length_mm is None:
        return [], ["The cut length is not known. Upload the flat sheet as DXF."]
    if job.thickness_mm is None:
        return [], [
            "The sheet's thickness is not known, and cutting takes as long as it is thick: a DXF "
            "holds the outline alone. Upload the sheet as STEP."
        ]
    meters = job.cut_length_mm / 1000
    minutes = Span(meters, meters).per(practice.cutting_speed(job.thickness_mm))
    drivers = [
        Driver(
            "Laser cutting",
            "piece",
            minutes * laser.span,
            f"{short(meters)} m of cut in {short(job.thickness_mm, 6)} mm, "
            f"{short(minutes.low, 2)} to {short(minutes.high, 2)} min at {span_text(laser)}",
            f"{laser.source}; speeds: {GENERAL_PRACTICE}",
            minutes * (1 / 60),
        )
    ]
    hole = rates.get("sheet_cutting", "small hole")
    if hole is not None and job.pierces:
        text = f"{job.pierces} × {span_text(hole)}"
        drivers.append(
            Driver("Pierces", "piece", hole.span * float(job.pierces), text, hole.source)
        )
    drivers.append(_sheet(job, rates))
    return drivers, []


def fabricate(job: Job, rates: Rates) -> tuple[list[Driver], list[str]]:
    """A bent part: cutting plus bends. Welding and hardware are on no model and stay unknown."""
    drivers, unknown = cut(job, rates)
    bend = rates.get("sheet_fab", "bend")
    if not drivers or bend is None:
        return drivers, unknown
    if job.bends is None:
        return drivers, ["Bends: how many there are could not be told from the model."]
    text = f"{job.bends} × {span_text(bend)}"
    bends = Driver("Bends", "piece", bend.span * float(job.bends), text, bend.source)
    return [*drivers, bends], ["Welding and pressed-in hardware, which no model shows."]


def _sheet(job: Job, rates: Rates) -> Driver:
    # Bounding box of the part where the flat one is unknown: wider than needed, never too small.
    if job.volume_mm3 is None:
        return Driver("Material", "piece", None, "The sheet", "")
    used = Span(job.volume_mm3, job.volume_mm3).per(practice.SHEET_YIELD)
    return material_driver(job, rates, used, "The part and its share of offcut")
