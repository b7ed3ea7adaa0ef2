"""The warnings a buyer may get beside the figures, each a sentence with what to do."""

from marketplace.parts.geometry.facts import FactWarning


def no_units(assumed: str) -> FactWarning:
    """Say that the file carries no unit and which one was assumed."""
    return FactWarning(
        "no_units",
        f"This file does not say which unit it was drawn in; we assumed {assumed}. Please check "
        "the dimensions and choose the unit if they are wrong.",
    )


def units_ignored(of_file: str) -> FactWarning:
    """Say that the file names its unit, so the one given was not used."""
    return FactWarning(
        "units_ignored",
        f"The file itself says it was drawn in {of_file}, so that was used instead of the unit "
        "you chose.",
    )


def open_mesh(edges: int) -> FactWarning:
    """Say that a mesh has `edges` edges without a partner, so it encloses no volume."""
    plural = "edge belongs" if edges == 1 else "edges belong"
    return FactWarning(
        "open",
        f"The surface is not closed ({edges:,} {plural} to an odd number of triangles), so it has "
        "no volume and cannot be priced automatically. Please repair the mesh or upload STEP.",
    )


def open_surfaces() -> FactWarning:
    """Say that a CAD file holds surfaces that do not enclose a solid."""
    return FactWarning(
        "open",
        "This file holds surfaces but no closed solid, so it has no volume and cannot be priced "
        "automatically. Please export it as a solid body.",
    )


def loose_surfaces(faces: int) -> FactWarning:
    """Say that `faces` faces outside every solid were left out of the figures."""
    return FactWarning(
        "loose_surfaces",
        f"Beside its solids this file holds {faces:,} loose surface(s). They are not part of the "
        "figures; please check that nothing is missing.",
    )


def open_solids(count: int) -> FactWarning:
    """Say that `count` solids have gaps in their skin."""
    return FactWarning(
        "open",
        f"The surface of {count:,} of the solids has gaps, so the volume is unknown and the part "
        "cannot be priced automatically. Please heal the model and export it again.",
    )


def surfaces_closed() -> FactWarning:
    """Say that surfaces were joined to a solid by us."""
    return FactWarning(
        "surfaces_joined",
        "This file holds separate surfaces; we joined them to a closed solid. Please check the "
        "picture, or export a solid body to be sure.",
    )


def inside_out() -> FactWarning:
    """Say that the outside of the surface was drawn as its inside."""
    return FactWarning(
        "inside_out",
        "The surface of this file is turned inside out. We read it the right way around; please "
        "check the picture and the volume.",
    )


def mixed_orientation() -> FactWarning:
    """Say that neighboring triangles disagree which side is outside."""
    return FactWarning(
        "mixed_orientation",
        "Some triangles of this mesh face the wrong way, so the volume cannot be trusted and is "
        "left out. Please unify the normals in your CAD program or upload STEP.",
    )


def repeated_triangles(count: int) -> FactWarning:
    """Say that `count` triangles occur more than once."""
    return FactWarning(
        "repeated_triangles",
        f"{count:,} triangle(s) of this mesh occur more than once, so the volume cannot be trusted "
        "and is left out. Please remove doubled bodies or upload STEP.",
    )


def several_bodies(count: int) -> FactWarning:
    """Say that the file holds `count` bodies."""
    return FactWarning(
        "several_bodies",
        f"This file holds {count:,} separate bodies. If they are different parts, make a part "
        "of each, so that each gets its own price.",
    )


def degenerate_triangles(count: int) -> FactWarning:
    """Say that `count` triangles have no area."""
    return FactWarning(
        "degenerate_triangles",
        f"{count:,} triangle(s) of this mesh have no area. That does no harm to the figures.",
    )


def preview_simplified() -> FactWarning:
    """Say that the pictures show fewer details than the file holds."""
    return FactWarning(
        "preview_simplified",
        "This file is very detailed; the preview shows a simplified surface. The figures come "
        "from the whole file.",
    )


def extra_data() -> FactWarning:
    """Say that a file goes on after its last triangle."""
    return FactWarning(
        "extra_data",
        "The file goes on after its last triangle; we ignored the rest.",
    )


def partly_read(count: int) -> FactWarning:
    """Say that `count` roots of a CAD file could not be turned into shapes."""
    return FactWarning(
        "partly_read",
        f"{count:,} item(s) of this file could not be read and are not part of the figures. Please "
        "check that nothing is missing in the picture.",
    )


def no_volume() -> FactWarning:
    """Say that a closed surface lies flat on itself."""
    return FactWarning(
        "no_volume",
        "The surface of this file is closed but encloses nothing, as a folded sheet of paper "
        "does. Please export a solid body.",
    )


def measured_in_part() -> FactWarning:
    """Say that some figures are missing because the model is so detailed."""
    return FactWarning(
        "measured_in_part",
        "This model is so detailed that not everything was measured in the time we give a file. "
        "Volume, area and size are complete; what is missing is marked.",
    )


def not_cut(count: int) -> FactWarning:
    """Say that `count` things of a DXF file are no lines to cut."""
    return FactWarning(
        "not_cut",
        f"{count:,} item(s) of this drawing are texts, dimensions or fillings; they are not cut "
        "and not part of the figures.",
    )


def open_contours(count: int) -> FactWarning:
    """Say that `count` contours of a flat sheet do not close."""
    return FactWarning(
        "open_contours",
        f"{count:,} contour(s) of this drawing do not close. Please join their ends, so that it "
        "is clear what falls out of the sheet.",
    )


def repeated_lines(count: int) -> FactWarning:
    """Say that `count` lines of a flat sheet lie on others."""
    return FactWarning(
        "repeated_lines",
        f"{count:,} line(s) of this drawing lie exactly on others; each is counted once. Please "
        "remove the copies, or the sheet is cut twice there.",
    )


def pages_left_out(pages: int, shown: int) -> FactWarning:
    """Say that only the first pages of a drawing are shown and read."""
    return FactWarning(
        "pages_left_out",
        f"This PDF has {pages:,} pages; the first {shown} are shown and searched.",
    )


def page_not_shown(page: int) -> FactWarning:
    """Say that a page of a drawing cannot be drawn."""
    return FactWarning(
        "page_not_shown",
        f"Page {page} of this PDF cannot be shown. Please export the drawing again.",
    )


def no_text() -> FactWarning:
    """Say that a drawing holds pictures or lines only."""
    return FactWarning(
        "no_text",
        "This PDF holds no text we can search, only a picture. Please name material, tolerances "
        "and threads in the request.",
    )
