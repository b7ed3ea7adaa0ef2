"""STEP (AP203, AP214, AP242): exact figures from the boundary representation."""

import importlib
from pathlib import Path

from marketplace.parts.geometry.facts import PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.step_text import check_step_text, is_assembly


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of a STEP file; `units` only serves a file that names none.

    The kernel is loaded only for text it survives; loading it costs more than most refusals.
    Raises GeometryError for files that hold no shape or must not reach the kernel.
    """
    data = path.read_bytes()
    check_step_text(data, nesting=limits.step_nesting, instances=limits.instances)
    kernel = importlib.import_module("marketplace.parts.geometry.step_kernel")
    facts: PartFacts = kernel.read_with_kernel(
        path, units, limits, pictures, assembly=is_assembly(data)
    )
    return facts
