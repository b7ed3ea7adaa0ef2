"""What the demo parts are called, what they are made of and in which file each comes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from OCP.TopoDS import TopoDS_Shape

from marketplace.operations.demo_cad import shapes
from marketplace.operations.demo_cad.drawing import Dimension


@dataclass(frozen=True)
class Entry:
    """One part: its file's ending decides the writer; dimensions make it a drawing as well.

    `process` and `material` are codes of the taxonomy.
    """

    number: str
    name: str
    build: Callable[[], TopoDS_Shape]
    ending: str
    process: str
    material: str
    material_name: str = ""
    dimensions: list[Dimension] = field(default_factory=list)
    notes: tuple[str, ...] = ()


ENTRIES = [
    Entry("DP-1001", "L-bracket with gusset", shapes.l_bracket, "step", "cnc_milling", "al_6061"),
    Entry("DP-1002", "Instrument housing", shapes.housing, "step", "cnc_milling", "al_6061"),
    Entry("DP-1003", "Housing lid", shapes.housing_lid, "step", "cnc_milling", "al_6061"),
    Entry(
        "DP-1004",
        "Drive shaft with keyways",
        shapes.stepped_shaft,
        "step",
        "cnc_turning",
        "st_1018",
        "Steel 1018",
        [
            Dimension("front", (0, 0, 0), (160, 0, 0), "160", 30),
            Dimension("front", (62, 0, 0), (112, 0, 0), "50", 20),
            Dimension("front", (0, 0, 0), (34, 0, 0), "34", 20),
            Dimension("front", (112, 0, 12.5), (112, 0, -12.5), "\u00f825 k6", -26),
            Dimension("side", (0, -18, 0), (0, 18, 0), "\u00f836", 26),
            Dimension("top", (69, 0, 0), (105, 0, 0), "36", 24),
        ],
        ("Keyways 8 P9 and 6 P9, 4 deep", "Bearing seats Ra 0.8", "Center holes ISO 6411 A3.15"),
    ),
    Entry(
        "DP-1005",
        "Hub flange",
        shapes.flange,
        "step",
        "cnc_turning",
        "ss_316",
        "Stainless 316L",
        [
            Dimension("front", (-65, 0, 0), (65, 0, 0), "\u00f8130", 24),
            Dimension("front", (65, 0, 0), (65, 0, 48), "48", 26),
            Dimension("front", (-65, 0, 2), (-65, 0, 18), "16", -26),
            Dimension("top", (-20, 0, 0), (20, 0, 0), "\u00f840 H7", 74),
        ],
        (
            "6 x \u00f811 on \u00f8104, spot face \u00f820",
            "Raised face Ra 1.6",
            "Break sharp edges 0.3",
        ),
    ),
    Entry("DP-1006", "Sensor bracket, bent", shapes.sheet_bracket, "step", "sheet_fab", "st_dc01"),
    Entry("DP-1007", "Spur gear m2 z28", shapes.spur_gear, "step", "cnc_milling", "st_4140"),
    Entry("DP-1008", "Hydraulic manifold", shapes.manifold, "step", "cnc_milling", "al_7075"),
    Entry("DP-1009", "Heat sink", shapes.heat_sink, "step", "extrusion", "al_6063"),
    Entry("DP-1010", "V-belt pulley", shapes.pulley, "stl", "sls", "pl_pa12"),
    Entry("DP-1011", "Hex standoff M5", shapes.hex_standoff, "step", "cnc_turning", "br_c360"),
    Entry("DP-1012", "Clevis", shapes.clevis, "3mf", "mjf", "pl_pa12"),
    Entry("DP-1013", "Lever arm", shapes.hinge_arm, "obj", "fdm", "pl_petg"),
    Entry("DP-1016", "Connector block", shapes.connector_block, "step", "cnc_milling", "al_6061"),
]
