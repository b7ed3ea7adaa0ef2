"""How many triangles a mesh may have, asked before they are read."""

from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.limits import Limits


def check_triangle_count(count: int, limits: Limits) -> None:
    """Refuse meshes with nothing in them or with more triangles than we read."""
    if count == 0:
        raise GeometryError("empty", "This file holds no triangles. Please export the part again.")
    if count > limits.triangles:
        raise GeometryError(
            "too_many_triangles",
            f"This mesh has {count:,} triangles; we read up to {limits.triangles:,}. Please export "
            "it with a coarser tolerance, or upload STEP.",
        )
