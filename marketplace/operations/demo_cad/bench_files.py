"""Files of known kinds and sizes for the benchmark of the CAD reader.

`python -m marketplace.operations.demo_cad.bench_files OUT_DIR`
"""

import struct
import sys
from pathlib import Path

import ezdxf
import numpy as np
from OCP.STEPControl import STEPControl_StepModelType, STEPControl_Writer
from OCP.TopoDS import TopoDS_Shape
from PIL import Image

from marketplace.operations.demo_cad import shapes
from marketplace.operations.demo_cad.solids import box, cylinder, drilled


def perforated(rows: int) -> TopoDS_Shape:
    """Return a plate with rows x rows holes."""
    plate = box((0, 0, 0), (10.0 * rows, 10.0 * rows, 6))
    holes = [cylinder((10 * x + 5, 10 * y + 5, -1), 3, 9) for x in range(rows) for y in range(rows)]
    return drilled(plate, *holes)


def write_step(shape: TopoDS_Shape, path: Path) -> None:
    """Write a shape as STEP AP214."""
    writer = STEPControl_Writer()
    writer.Transfer(shape, STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))


def write_wavy_stl(path: Path, steps: int) -> None:
    """Write a closed ball with waves on it: 2 * steps * (steps - 1) triangles."""
    around = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    down = np.linspace(0, np.pi, steps + 1)[1:-1]
    a, d = np.meshgrid(around, down)
    radius = 50 + 2 * np.sin(9 * a) * np.sin(d) ** 2
    places = np.stack(
        [radius * np.sin(d) * np.cos(a), radius * np.sin(d) * np.sin(a), radius * np.cos(d)], axis=2
    )
    upper, lower = places[:-1], places[1:]
    right_upper, right_lower = np.roll(upper, -1, axis=1), np.roll(lower, -1, axis=1)
    blocks = [
        np.stack([upper, lower, right_lower], axis=2).reshape(-1, 3, 3),
        np.stack([upper, right_lower, right_upper], axis=2).reshape(-1, 3, 3),
    ]
    for ring, pole, turned in ((places[0], (0, 0, 50.0), False), (places[-1], (0, 0, -50.0), True)):
        end = np.broadcast_to(np.array(pole), ring.shape)
        after = np.roll(ring, -1, axis=0)
        blocks.append(np.stack([end, after, ring] if turned else [end, ring, after], axis=1))
    corners = np.concatenate(blocks)
    rows = np.zeros(
        len(corners),
        dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")],
    )
    rows["corners"] = corners
    path.write_bytes(b"bench".ljust(80) + struct.pack("<I", len(rows)) + rows.tobytes())


def write_dxf(path: Path, rows: int) -> None:
    """Write a sheet with rows x rows round holes."""
    document = ezdxf.new("R2010", units=4)
    space = document.modelspace()
    side = 10.0 * rows
    space.add_lwpolyline([(0, 0), (side, 0), (side, side), (0, side)], close=True)
    for x in range(rows):
        for y in range(rows):
            space.add_circle((10 * x + 5, 10 * y + 5), 3)
    document.saveas(path)


def write_pdf(path: Path, pages: int) -> None:
    """Write a PDF of page pictures, as scanned drawings are."""
    sheets = [Image.new("RGB", (1190, 842), (255, 255 - 5 * page, 255)) for page in range(pages)]
    sheets[0].save(path, "PDF", save_all=True, append_images=sheets[1:])


def main() -> None:
    """Write every file into the folder named on the command line."""
    out = Path(sys.argv[1])
    write_step(shapes.l_bracket(), out / "1-small.step")
    write_step(perforated(8), out / "2-medium.step")
    write_step(perforated(24), out / "3-large.step")
    write_wavy_stl(out / "4-small-10k.stl", 71)
    write_wavy_stl(out / "5-large-1m.stl", 708)
    write_dxf(out / "6-sheet.dxf", 40)
    write_pdf(out / "7-drawing.pdf", 3)


if __name__ == "__main__":
    main()
