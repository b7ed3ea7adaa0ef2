"""3MF: meshes with a unit in a ZIP of XML (3MF core specification 1.3, production extension).

The XML is read as a stream without document type definitions, and the tree of components is
weighed before it is unfolded, so neither entity bombs nor component bombs get a chance.
"""

import zipfile
from array import array
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.parsers import expat

import numpy as np

from marketplace.parts.geometry.archive import damaged, open_archive
from marketplace.parts.geometry.bodies import bodies_of_things
from marketplace.parts.geometry.checked import text_of
from marketplace.parts.geometry.component_tree import Component, Key, Thing, unfold
from marketplace.parts.geometry.facts import LENGTH_UNITS_MM, GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.mesh_facts import facts_of_mesh
from marketplace.parts.geometry.triangle_limit import check_triangle_count

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
PRODUCTION_PATH = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06 path"
START_PART = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
DEFAULT_PART = "3D/3dmodel.model"
NOT_MADE = ("support", "solidsupport")
UNIT_OF_NAME = {
    "micron": "um",
    "millimeter": "mm",
    "centimeter": "cm",
    "inch": "in",
    "foot": "ft",
    "meter": "m",
}


@dataclass
class Model:
    """One model part: its unit, its objects by id, and what its build places."""

    unit: str = "mm"
    things: dict[Key, Thing] = field(default_factory=dict)
    build: list[Component] = field(default_factory=list)


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of a 3MF file; its own unit always counts.

    Raises GeometryError for bombs, damaged containers, and files with nothing to make.
    """
    model = _model(path, limits)
    build = model.build or [
        Component(key, None) for key, thing in model.things.items() if thing.triangles
    ]
    corners, bodies = unfold(build, model.things, limits)
    facts = facts_of_mesh(
        corners,
        part_format="3mf",
        unit=model.unit,
        given=units,
        warnings=[],
        limits=limits,
        pictures=pictures,
        bodies=bodies,
    )
    scale = LENGTH_UNITS_MM[model.unit]
    found, tree, cut = bodies_of_things(
        build, model.things, scale, closed=facts.volume_mm3 is not None
    )
    return replace(facts, bodies=found, tree=tree, tree_cut=cut)


def bodies_in(path: Path, limits: Limits) -> list[Array]:
    """Return the corners of each distinct object in millimeters, in the order of the bodies."""
    model = _model(path, limits)
    scale = LENGTH_UNITS_MM[model.unit]
    return [
        thing.points[thing.corners] * scale
        for thing in model.things.values()
        if thing.made and thing.triangles
    ]


def _model(path: Path, limits: Limits) -> Model:
    with open_archive(path, limits) as archive:
        names = set(archive.namelist())
        start = _start_part(archive, names)
        return _read_models(archive, names, start, limits)


def _start_part(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Return the name of the model part the package says to begin with."""
    found: list[str] = []

    def start_element(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type") == START_PART:
            found.append(attributes.get("Target", "").lstrip("/"))

    if "_rels/.rels" in names:
        parser = _parser()
        parser.StartElementHandler = start_element
        _feed(parser, archive, "_rels/.rels")
    for name in [*found, DEFAULT_PART]:
        if name in names:
            return name
    raise GeometryError(
        "wrong_format",
        "This ZIP archive holds no 3D model, so it is not a 3MF file. Please export the part "
        "again, or upload the files inside the archive one by one.",
    )


def _read_models(archive: zipfile.ZipFile, names: set[str], start: str, limits: Limits) -> Model:
    """Read the first model part and every part its components point to."""
    first = Model()
    waiting, done = [start], set()
    while waiting:
        name = waiting.pop()
        if name in done or name not in names:
            continue
        done.add(name)
        model = first if name == start else Model()
        _ModelReader(model, name, limits).run(archive)
        first.things.update(model.things)
        for thing in model.things.values():
            waiting.extend(component.key[0] for component in thing.components)
        waiting.extend(component.key[0] for component in model.build)
    return first


class _ModelReader:
    """Collects one model part from the events of the XML parser."""

    def __init__(self, model: Model, part: str, limits: Limits) -> None:
        self.model, self.part, self.limits = model, part, limits
        self.thing = Thing()
        self.vertices, self.corners = array("d"), array("q")
        self.points = 0
        self.handlers = {
            f"{CORE} model": self.on_model,
            f"{CORE} object": self.on_object,
            f"{CORE} vertex": self.on_vertex,
            f"{CORE} triangle": self.on_triangle,
            f"{CORE} component": self.on_component,
            f"{CORE} item": self.on_item,
        }

    def run(self, archive: zipfile.ZipFile) -> None:
        parser = _parser()
        parser.StartElementHandler = self.on_start
        parser.EndElementHandler = self.on_end
        try:
            _feed(parser, archive, self.part)
        except (KeyError, ValueError, OverflowError) as fault:
            raise damaged(fault) from fault

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        handler = self.handlers.get(name)
        if handler is not None:
            handler(attributes)

    def on_end(self, name: str) -> None:
        if name == f"{CORE} mesh":
            points = np.array(self.vertices, dtype=np.float64).reshape(-1, 3)
            triangles = np.array(self.corners, dtype=np.int64).reshape(-1, 3)
            if len(triangles) and (triangles.min() < 0 or triangles.max() >= len(points)):
                raise ValueError("a triangle names a corner that does not exist")
            self.thing.points, self.thing.corners = points, triangles
            self.vertices, self.corners = array("d"), array("q")

    def on_model(self, attributes: dict[str, str]) -> None:
        self.model.unit = UNIT_OF_NAME[attributes.get("unit", "millimeter")]

    def on_object(self, attributes: dict[str, str]) -> None:
        self.thing = Thing(
            made=attributes.get("type", "model") not in NOT_MADE,
            name=text_of(attributes.get("name", ""), 120),
        )
        self.model.things[(self.part, attributes["id"])] = self.thing

    def on_vertex(self, attributes: dict[str, str]) -> None:
        self.points += 1
        if self.points > 3 * self.limits.triangles:
            check_triangle_count(self.points, self.limits)
        self.vertices.extend(
            (float(attributes["x"]), float(attributes["y"]), float(attributes["z"]))
        )

    def on_triangle(self, attributes: dict[str, str]) -> None:
        self.thing.triangles += 1
        if self.thing.triangles > self.limits.triangles:
            check_triangle_count(self.thing.triangles, self.limits)
        self.corners.extend((int(attributes["v1"]), int(attributes["v2"]), int(attributes["v3"])))

    def on_component(self, attributes: dict[str, str]) -> None:
        self.thing.components.append(self._component(attributes))

    def on_item(self, attributes: dict[str, str]) -> None:
        self.model.build.append(self._component(attributes))

    def _component(self, attributes: dict[str, str]) -> Component:
        part = attributes.get(PRODUCTION_PATH, self.part).lstrip("/")
        return Component((part, attributes["objectid"]), _transform(attributes.get("transform")))


def _transform(text: str | None) -> Array | None:
    """Return a 3MF transform as (4, 3): rows x, y, z and shift, for row vectors."""
    if text is None:
        return None
    numbers = np.array([float(word) for word in text.split()])
    if numbers.shape != (12,):
        raise ValueError("a transform does not have twelve numbers")
    return numbers.reshape(4, 3)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.buffer_text = True
    return parser


def _refuse_doctype(*_: object) -> None:
    raise GeometryError(
        "forbidden_xml",
        "This file holds a document type definition, which 3MF does not allow, so we do not read "
        "it. Please export the part again.",
    )


def _feed(parser: expat.XMLParserType, archive: zipfile.ZipFile, name: str) -> None:
    try:
        with archive.open(name) as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError) as fault:
        raise damaged(fault) from fault
    except (NotImplementedError, RuntimeError) as fault:
        raise damaged(fault) from fault
