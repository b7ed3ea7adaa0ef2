"""Injection molding and powder printing: what is published about them, and nothing more."""

from quotes.estimating import practice
from quotes.estimating.machining import material_driver, span_text
from quotes.estimating.model import Driver, Job, Rates, Span, short


def mold(job: Job, rates: Rates) -> tuple[list[Driver], list[str]]:
    """A molded part: the mold once, resin a shot. Press time has no published rate."""
    tool = rates.get("injection_molding", "prototype single-cavity mold")
    if tool is None:
        return [], ["No price of molds is published."]
    if job.volume_mm3 is None:
        return [], ["The model has no volume, so the shot cannot be weighed."]
    shot = practice.SHOT_WASTE * job.volume_mm3
    drivers = [
        Driver(
            "Tooling",
            "order",
            tool.span,
            f"A prototype mold with one cavity, {span_text(tool)}",
            tool.source,
        ),
        material_driver(job, rates, shot, "The part with its runner"),
    ]
    return drivers, ["Press time and mold changes: no rate is published."]


def sinter(job: Job, rates: Rates) -> tuple[list[Driver], list[str]]:
    """A part of laser-sintered powder, by the published price of its bounding box."""
    price = rates.get("sls", "bounding box, SLS PA12: (X+1)(Y+1)(Z+1) mm x 0.00011")
    if price is None:
        return [], ["No price of printing is published."]
    if job.box_mm is None:
        return [], ["The model has no bounding box."]
    x, y, z = (edge + 1 for edge in job.box_mm)
    volume = x * y * z / 1000
    box = " × ".join(short(edge, 4) for edge in (x, y, z))
    how = f"({box}) mm = {short(volume, 4)} cm³ at {span_text(price)}"
    driver = Driver("Printing", "piece", Span(volume, volume) * price.span, how, price.source)
    return [driver], ["A minimum price a shop may ask, and finishing of the surface."]
