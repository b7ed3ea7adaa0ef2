"""A dozen parts as people order them, each a function that returns one solid in millimeters."""

import math

from OCP.TopoDS import TopoDS_Shape

from marketplace.operations.demo_cad.solids import (
    Point,
    arc,
    box,
    chamfered,
    cone,
    cylinder,
    drilled,
    filleted,
    fused,
    line,
    moved,
    prism,
    ring,
    rotated,
    slot,
    spline,
    swept,
    turned,
    wire,
)


def l_bracket() -> TopoDS_Shape:
    """Mounting bracket with a gusset, two bolt holes below and two slots above."""
    body = fused(box((0, 0, 0), (90, 64, 10)), box((0, 0, 0), (10, 64, 78)))
    body = filleted(body, 8, lambda e: e.along("y") and e.middle[0] == 10 and e.middle[2] == 10)
    rib = prism([(8, 27, 8), (70, 27, 8), (8, 27, 62)], (0, 10, 0))
    body = fused(body, rib)
    body = filleted(body, 12, lambda e: e.along("z") and e.middle[0] > 89)
    body = filleted(body, 12, lambda e: e.along("x") and e.middle[2] > 77)
    body = drilled(
        body,
        *(cylinder((66, y, -1), 4.5, 12) for y in (14, 50)),
        *(cylinder((66, y, 6), 7.5, 5) for y in (14, 50)),
        *(rotated(slot((-56, y, -1), 20, 7, 14, "z"), 90, "y") for y in (14, 50)),
        *(cylinder((30, y, -1), 3.4, 12) for y in (14, 50)),
    )
    return chamfered(body, 0.8, lambda e: e.round(7.5) and abs(e.middle[2] - 10) < 0.01)


def housing() -> TopoDS_Shape:
    """Milled instrument housing: pocket, four corner bosses, a rib, a gland and a connector."""
    body = filleted(box((0, 0, 0), (130, 86, 42)), 12, lambda e: e.along("z"))
    body = chamfered(body, 1.2, lambda e: e.middle[2] == 0)
    pocket = filleted(box((5, 5, 5), (120, 76, 60)), 8, lambda e: e.along("z"))
    pocket = filleted(pocket, 3, lambda e: abs(e.middle[2] - 5) < 0.01)
    bosses = [(14, 14), (116, 14), (14, 72), (116, 72)]
    body = fused(drilled(body, pocket), *(cylinder((x, y, 4), 7.5, 36) for x, y in bosses))
    body = fused(body, *(cylinder((x, y, 4), 5, 9) for x in (40, 90) for y in (28, 58)))
    body = fused(body, box((63, 5, 5), (4, 76, 16)))
    return drilled(
        body,
        *(cylinder((x, y, 14), 2.1, 30) for x, y in bosses),
        *(cylinder((x, y, 6), 1.6, 10) for x in (40, 90) for y in (28, 58)),
        cylinder((34, -1, 22), 8, 10, "y"),
        filleted(box((78, -1, 13), (34, 10, 18)), 4, lambda e: e.along("y")),
        *(cylinder((x, -1, 22), 1.6, 10, "y") for x in (72.5, 117.5)),
    )


def housing_lid() -> TopoDS_Shape:
    """Lid of the housing: locating lip, countersunk screws, a label recess, cooling slots."""
    plate = filleted(box((0, 0, 0), (130, 86, 5)), 12, lambda e: e.along("z"))
    lip = filleted(box((5.3, 5.3, -3), (119.4, 75.4, 3)), 7.7, lambda e: e.along("z"))
    plate = fused(plate, lip)
    corners = [(14, 14), (116, 14), (14, 72), (116, 72)]
    recess = filleted(box((24, 22, 4), (46, 42, 3)), 4, lambda e: e.along("z"))
    plate = drilled(
        plate,
        *(cylinder((x, y, -4), 8.2, 4) for x, y in corners),
        *(cylinder((x, y, -4), 2.2, 12) for x, y in corners),
        *(cone((x, y, 2.7), 2.2, 4.6, 2.4) for x, y in corners),
        recess,
        *(slot((96, 26 + 8.5 * row, -4), 30, 3.4, 12, "z") for row in range(5)),
    )
    return chamfered(plate, 0.8, lambda e: e.middle[2] == 5 and _outer(e.middle, 130, 86))


def _outer(middle: Point, length: float, width: float) -> bool:
    x, y, _ = middle
    return x < 4 or x > length - 4 or y < 4 or y > width - 4


def stepped_shaft() -> TopoDS_Shape:
    """Drive shaft: bearing seats, a shoulder, two keyways, a groove, center holes."""
    profile = [
        (0, 0), (9, 0), (10, 1), (10, 34), (12.5, 34), (12.5, 52), (17.5, 52), (18, 52.5),
        (18, 61.5), (17.5, 62), (15, 62), (15, 112), (12.5, 112), (12.5, 127), (11.6, 127),
        (11.6, 128.6), (12.5, 128.6), (12.5, 131.2), (11.7, 132), (8, 132), (8, 159), (7, 160),
        (0, 160),
    ]  # fmt: skip
    body = turned(profile, "x")
    body = filleted(
        body,
        1,
        lambda e: (
            (e.round(15) and abs(e.middle[0] - 62) < 0.01)
            or (e.round(12.5) and abs(e.middle[0] - 52) < 0.01)
        ),
    )
    return drilled(
        body,
        moved(rotated(slot((0, 0, 0), 36, 8, 10, "z"), 0), (87, 0, 11)),
        moved(slot((0, 0, 0), 22, 6, 10, "z"), (17, 0, 6.5)),
        cylinder((-1, 0, 0), 1.6, 6, "x"),
        cone((0, 0, 0), 3.4, 1.6, 3.1, "x"),
        cylinder((161, 0, 0), 1.25, -6, "x"),
        cone((157.6, 0, 0), 1.25, 2.65, 2.4, "x"),
    )


def flange() -> TopoDS_Shape:
    """Pipe flange with hub, raised face and six bolt holes."""
    profile = [
        (20, 0), (42, 0), (42, 2), (64, 2), (65, 3), (65, 17), (64, 18), (36, 18), (31, 46),
        (30, 48), (22, 48), (20, 46),
    ]  # fmt: skip
    body = turned(profile)
    body = filleted(body, 4, lambda e: e.round(36) and abs(e.middle[2] - 18) < 0.01)
    holes = ring(6, 52, 30)
    body = drilled(body, *(cylinder((x, y, -1), 5.5, 30) for x, y in holes))
    body = drilled(body, *(cylinder((x, y, 16.5), 10, 8) for x, y in holes))
    return chamfered(body, 0.8, lambda e: e.round(5.5) and e.middle[2] > 10)


def sheet_bracket() -> TopoDS_Shape:
    """Bracket bent of 2 mm sheet: hat profile, slots, reliefs, rounded corners."""
    thick = 2.0
    outline = [
        (-58, 0), (-30, 0), (-30, 34), (30, 34), (30, 0), (58, 0), (58, thick), (30 + thick, thick),
        (30 + thick, 34 + thick), (-30 - thick, 34 + thick), (-30 - thick, thick), (-58, thick),
    ]  # fmt: skip
    body = prism([(x, 0, z) for x, z in outline], (0, 70, 0))
    inner = {(-32.0, 2.0), (-30.0, 34.0), (30.0, 34.0), (32.0, 2.0)}
    outer = {(-30.0, 0.0), (-32.0, 36.0), (32.0, 36.0), (30.0, 0.0)}

    def spot(point: Point) -> tuple[float, float]:
        return (round(point[0], 3), round(point[2], 3))

    body = filleted(body, 2.5, lambda e: e.along("y") and spot(e.middle) in inner)
    body = filleted(body, 4.5, lambda e: e.along("y") and spot(e.middle) in outer)
    body = filleted(body, 8, lambda e: e.along("z") and abs(e.middle[0]) > 57)
    window = filleted(box((-14, 22, 30), (28, 26, 10)), 4, lambda e: e.along("z"))
    return drilled(
        body,
        *(rotated(slot((y, -x, -1), 14, 6.6, 5, "z"), 90) for x in (-46, 46) for y in (18, 52)),
        window,
        *(cylinder((x, y, 30), 2.6, 10) for x in (-20, 20) for y in (11, 59)),
        *(cylinder((-34, y, 18), 4, 70, "x") for y in (20, 50)),
    )


def spur_gear() -> TopoDS_Shape:
    """Spur gear, module 2, 28 teeth, pressure angle 20 degrees, with hub, bore and keyway."""
    module, teeth, width = 2.0, 28, 16.0
    edges: list[TopoDS_Shape] = []
    for tooth in range(teeth):
        edges += _tooth(module, teeth, 360.0 / teeth * tooth)
    body = swept(wire(edges), (0, 0, width))
    body = fused(body, cylinder((0, 0, width - 1), 15, 11))
    body = drilled(body, *(_web(side, width) for side in (0, 1)))
    body = drilled(body, *(cylinder((x, y, -1), 2.6, 30) for x, y in ring(6, 18.5, 30)))
    body = drilled(body, cylinder((0, 0, -1), 8, 40), box((-2.5, 0, -1), (5, 10.3, 40)))
    body = drilled(body, cylinder((0, 0, 21), 2.1, 20, "x"))
    return chamfered(body, 1, lambda e: e.round(15) and e.middle[2] > 25)


def _web(side: int, width: float) -> TopoDS_Shape:
    """Return the ring turned out of one face between rim and hub."""
    low = -1.0 if side == 0 else width - 3
    return drilled(cylinder((0, 0, low), 22, 4), cylinder((0, 0, low), 15, 4))


def _tooth(module: float, teeth: int, degrees: float) -> list[TopoDS_Shape]:
    """Return the edges of one tooth and the gap after it; involute flanks from the base circle."""
    pitch = module * teeth / 2
    base = pitch * math.cos(math.radians(20))
    tip, root = pitch + module, pitch - 1.25 * module
    gap = 2 * math.pi / teeth
    at_pitch = math.tan(math.acos(base / pitch)) - math.acos(base / pitch)
    half = gap / 4 + at_pitch
    turn = math.radians(degrees)

    def spot(radius: float, angle: float) -> Point:
        return (radius * math.cos(angle + turn), radius * math.sin(angle + turn), 0.0)

    radii = [base + (tip - base) * (step / 9) ** 1.3 for step in range(10)]
    rolls = [math.sqrt((radius / base) ** 2 - 1) for radius in radii]
    offsets = [half - (roll - math.atan(roll)) for roll in rolls]
    right = [spot(r, -o) for r, o in zip(radii, offsets, strict=True)]
    left = [spot(r, o) for r, o in zip(radii, offsets, strict=True)]
    return [
        line(spot(root, -half), right[0]),
        spline(right),
        arc(right[-1], spot(tip, 0), left[-1]),
        spline(left[::-1]),
        line(left[0], spot(root, half)),
        arc(spot(root, half), spot(root, gap / 2), spot(root, gap - half)),
    ]


def manifold() -> TopoDS_Shape:
    """Hydraulic manifold: crossing bores, ports with spot faces, mounting holes."""
    body = filleted(box((0, 0, 0), (110, 60, 52)), 3, lambda e: e.along("z"))
    body = chamfered(body, 1.5, lambda e: e.middle[2] in (0.0, 52.0))
    bores = [cylinder((-1, 30, 18), 6, 100, "x")]
    for x in (26, 55, 84):
        bores += [
            cylinder((x, 30, 18), 5, 40),
            cylinder((x, 30, 51), 14, 2),
            cylinder((x, 30, 36), 8.5, 20),
            cone((x, 30, 49.4), 8.5, 10.2, 1.7),
        ]
    for x in (40, 70):
        bores += [
            cylinder((x, -1, 18), 4.5, 32, "y"),
            cylinder((x, -1, 18), 12, 2, "y"),
            cylinder((x, -1, 18), 7, 15, "y"),
        ]
    bores += [cylinder((-1, 30, 18), 12.5, 2, "x"), cylinder((-1, 30, 18), 8.5, 17, "x")]
    bores += [cylinder((x, y, -1), 3.3, 60) for x in (9, 101) for y in (9, 51)]
    bores += [cylinder((x, y, 45), 5.5, 10) for x in (9, 101) for y in (9, 51)]
    return drilled(body, *bores)


def heat_sink() -> TopoDS_Shape:
    """Extruded heat sink: base with mounting holes and thirteen tapered fins."""
    length, width, base, height = 100.0, 80.0, 7.0, 36.0
    outline: list[tuple[float, float]] = [(0, 0), (width, 0), (width, base)]
    count, foot, top = 13, 2.6, 1.6
    pitch = (width - foot) / (count - 1)
    for index in reversed(range(count)):
        middle = foot / 2 + pitch * index
        outline += [
            (middle + foot / 2, base), (middle + top / 2, height), (middle - top / 2, height),
            (middle - foot / 2, base),
        ]  # fmt: skip
    outline = [point for place, point in enumerate(outline) if point != outline[place - 1]]
    body = prism([(0, y, z) for y, z in outline], (length, 0, 0))
    spots = [(x, y) for x in (14, 86) for y in (8.9, width - 8.9)]
    gaps = [box((x - 7, y - 7.6, base), (14, 15.2, 40)) for x, y in spots]
    return drilled(body, *gaps, *(cylinder((x, y, -1), 2.2, 20) for x, y in spots))


def pulley() -> TopoDS_Shape:
    """V-belt pulley with hub, web, lightening holes and set screw."""
    profile = [
        (10, 0), (20, 0), (21, 1), (21, 9), (43, 9), (46, 6), (46, 2), (47, 1), (54, 1), (55, 2),
        (55, 4), (46.5, 8.3), (46.5, 13.7), (55, 18), (55, 20), (54, 21), (47, 21), (46, 20),
        (46, 16), (43, 13), (21, 13), (21, 27), (20, 28), (10, 28),
    ]  # fmt: skip
    body = turned(profile)
    body = filleted(body, 2, lambda e: e.round(21) and e.middle[2] in (9.0, 13.0))
    body = drilled(body, *(cylinder((x, y, 0), 7.5, 30) for x, y in ring(6, 32)))
    return drilled(body, box((-3, 0, -1), (6, 12.8, 40)), cylinder((0, 0, 21), 2.5, 30, "x"))


def hex_standoff() -> TopoDS_Shape:
    """Brass standoff, hexagon 10 mm, threaded bore on one side and stud on the other."""
    corner = 10 / 2 / math.cos(math.radians(30))
    body = prism([(x, y, 0.0) for x, y in ring(6, corner)], (0, 0, 30))
    rounding = turned([(0, 0), (5.1, 0), (6.4, 1.3), (6.4, 28.7), (5.1, 30), (0, 30)])
    body = drilled(body, drilled(box((-10, -10, -1), (20, 20, 32)), rounding))
    stud = turned([(0, -9), (2.3, -9), (2.9, -8.2), (2.9, -1.6), (2.3, -1.2), (2.3, 0.5), (0, 0.5)])
    return drilled(
        fused(body, stud), cylinder((0, 0, 16), 2.5, 20), cone((0, 0, 29.2), 2.5, 3.4, 0.9)
    )


def clevis() -> TopoDS_Shape:
    """Fork head: two cheeks with a pin bore, a round shank with a threaded bore."""
    head = fused(box((-16, -18, 0), (32, 36, 34)), cylinder((-16, 0, 34), 18, 32, "x"))
    shank = turned([(0, -34), (13, -34), (14, -33), (14, -6), (16, 0), (16, 1), (0, 1)])
    body = fused(head, shank)
    gap = fused(box((-8, -30, 14), (16, 60, 60)), cylinder((0, -30, 14), 8, 60, "y"))
    body = drilled(body, gap)
    body = drilled(body, cylinder((-20, 0, 34), 7, 60, "x"), cylinder((0, 0, -40), 6.8, 34))
    body = chamfered(body, 1, lambda e: e.round(18))
    return chamfered(body, 0.8, lambda e: e.round(7) and abs(e.middle[0]) > 15.9)


def hinge_arm() -> TopoDS_Shape:
    """Lever with two eyes of different size, a ribbed web and a bushing recess."""
    big, small = cylinder((0, 0, 0), 20, 24), cylinder((95, 0, 4), 12, 16)
    web = prism([(0, 15, 7), (95, 8.5, 7), (95, -8.5, 7), (0, -15, 7)], (0, 0, 10))
    body = fused(web, big, small)
    pocket = prism([(28, 7, 13), (76, 4, 13), (76, -4, 13), (28, -7, 13)], (0, 0, 10))
    pocket = filleted(pocket, 3, lambda e: e.along("z"))
    body = drilled(body, pocket, moved(pocket, (0, 0, -16)))
    body = drilled(body, cylinder((0, 0, -1), 11, 40), cylinder((95, 0, -1), 6, 40))
    body = chamfered(body, 1.2, lambda e: e.round(20) and e.middle[2] in (0.0, 24.0))
    return chamfered(body, 1, lambda e: e.round(12) and e.middle[2] in (4.0, 20.0))


def connector_block() -> TopoDS_Shape:
    """Block that is hard to mill: a deep pocket with tight corners, a narrow slot, a thin wall."""
    pocket = filleted(box((12, 14, 4), (34, 30, 40)), 1, lambda e: e.along("z"))
    slot_cut = box((58, 10, 8), (2, 38, 40))
    body = drilled(box((0, 0, 0), (84, 58, 32)), pocket, slot_cut)
    thin = box((60.4, 10, 8), (13, 38, 40))
    body = drilled(body, thin, *(cylinder((x, y, -1), 2.2, 40) for x in (6, 78) for y in (6, 52)))
    return chamfered(body, 0.5, lambda e: e.round(2.2) and e.middle[2] > 31.9)
