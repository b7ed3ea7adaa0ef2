"""The tree of an assembly and its distinct bodies, from the names and places in a STEP file."""

from dataclasses import dataclass, field
from typing import Any

from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher, Sequence_TDF_Label
from OCP.TCollection import TCollection_AsciiString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Label, TDF_Tool
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Shape
from OCP.XCAFDoc import XCAFDoc_ShapeTool

from marketplace.parts.geometry.bodies import UNNAMED, branch, leaf
from marketplace.parts.geometry.brep import SOLID, Distinct, exact_box, number_of, parts_of
from marketplace.parts.geometry.checked import DEEPEST_TREE, MOST_BODIES, MOST_NODES, text_of

BOXES_MEASURED = 100


@dataclass
class Node:
    """A component: a name, how often its parent places it, its children or its solids."""

    name: str
    count: int = 1
    children: list["Node"] = field(default_factory=list)
    solids: list[TopoDS_Shape] = field(default_factory=list)
    cut: bool = False


def tree_of(labels: list[TDF_Label]) -> Node:
    """Return the tree below the free shapes of a document, cut at MOST_NODES and DEEPEST_TREE."""
    root = Node("")
    left = [MOST_NODES - 1]
    for label in labels:
        _add(root, label, 0, left)
    if len(root.children) == 1:
        return root.children[0]
    return root


def _add(parent: Node, label: TDF_Label, depth: int, left: list[int]) -> None:
    target = _referred(label)
    if left[0] <= 0 or depth >= DEEPEST_TREE:
        parent.cut = True
        return
    left[0] -= 1
    node = Node(_name(target) or _name(label) or UNNAMED)
    parent.children.append(node)
    if not XCAFDoc_ShapeTool.IsAssembly_s(target):
        shape = XCAFDoc_ShapeTool.GetShape_s(target)
        node.solids = list(parts_of(shape, SOLID))
        return
    components = Sequence_TDF_Label()
    XCAFDoc_ShapeTool.GetComponents_s(target, components, False)
    counts: dict[str, list[TDF_Label]] = {}
    for component in components:
        counts.setdefault(_entry(_referred(component)), []).append(component)
    for same in counts.values():
        before = len(node.children)
        _add(node, same[0], depth + 1, left)
        if len(node.children) > before:
            node.children[-1].count = len(same)


def _referred(label: TDF_Label) -> TDF_Label:
    target = TDF_Label()
    if XCAFDoc_ShapeTool.IsReference_s(label) and XCAFDoc_ShapeTool.GetReferredShape_s(
        label, target
    ):
        return target
    return label


def _entry(label: TDF_Label) -> str:
    entry = TCollection_AsciiString()
    TDF_Tool.Entry_s(label, entry)
    text: str = entry.ToCString()
    return text


def _name(label: TDF_Label) -> str:
    name = TDataStd_Name()
    if not label.FindAttribute(TDataStd_Name.GetID_s(), name):
        return ""
    return text_of(name.Get().ToExtString(), 120)


def assembled(
    distinct: list[Distinct], tree: Node | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, bool]:
    """Return the distinct bodies, the tree as plain values, and whether either was cut.

    Without a tree in the file several bodies stand side by side. Boxes are those of a body at its
    own place and are measured for the first hundred.
    """
    bodies: list[dict[str, Any]] = [
        {
            "index": body.number,
            "name": f"{UNNAMED} {body.number + 1}",
            "count": body.count,
            "volume_mm3": body.volume,
            "bbox_mm": [float(side) for side in exact_box(body.solid)]
            if len(distinct) > 1 and body.number < BOXES_MEASURED
            else None,
        }
        for body in distinct[:MOST_BODIES]
    ]
    cut = len(distinct) > MOST_BODIES
    if len(distinct) <= 1 and sum(body.count for body in distinct) <= 1 and tree is None:
        return bodies, None, False
    seen = IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher()
    number: dict[int, int] = {}
    for body in distinct[:MOST_BODIES]:
        number[number_of(body.solid, seen)] = body.number
    if tree is None:
        children = [leaf(str(b["name"]), b["count"], b) for b in bodies]
        return bodies, branch("", 1, children), cut
    named: set[int] = set()
    plain, was_cut = _plain(tree, bodies, number, seen, named)
    return bodies, plain, cut or was_cut


def _plain(
    node: Node,
    bodies: list[dict[str, Any]],
    number: dict[int, int],
    seen: IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher,
    named: set[int],
) -> tuple[dict[str, Any], bool]:
    leaves: dict[int, int] = {}
    cut = node.cut
    for solid in node.solids:
        key = number.get(number_of(solid.Located(TopLoc_Location()), seen))
        if key is None:
            cut = True
        else:
            leaves[key] = leaves.get(key, 0) + 1
    for place, key in enumerate(leaves, start=1):
        if key not in named:
            named.add(key)
            bodies[key]["name"] = node.name if len(leaves) == 1 else f"{node.name} ({place})"
    if len(leaves) == 1 and not node.children:
        key, times = next(iter(leaves.items()))
        return leaf(node.name, node.count * times, bodies[key]), cut
    children = [leaf(str(bodies[key]["name"]), times, bodies[key]) for key, times in leaves.items()]
    for child in node.children:
        plain, below = _plain(child, bodies, number, seen, named)
        children.append(plain)
        cut = cut or below
    return branch(node.name, node.count, children), cut
