"""Part files for the demo: a dozen parts as people order them, made with the CAD kernel.

Importing this module loads no kernel. `make_demo_parts` does and therefore belongs in a process
of its own: `python -m marketplace.operations.demo_cad OUT_DIR` writes the files, an `index.json`
that `read_index` understands, and prints the same index.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

INDEX_FILE = "index.json"
EXTRAS_FILE = "extras.json"


@dataclass(frozen=True)
class DemoPart:
    """One demo part: `process_code` and `material_code` are codes of the taxonomy.

    `drawing_path` is a PDF drawing of the part or None.
    """

    number: str
    name: str
    path: Path
    process_code: str
    material_code: str
    drawing_path: Path | None = None


def make_demo_parts(out_dir: Path) -> list[DemoPart]:
    """Write all demo parts, two drawings and the index into `out_dir` and return the parts.

    Raises OSError when a file cannot be written.
    """
    from marketplace.operations.demo_cad.extras import write_extras
    from marketplace.operations.demo_cad.making import write_all

    out_dir.mkdir(parents=True, exist_ok=True)
    parts = write_all(out_dir)
    _write_index(out_dir / INDEX_FILE, parts)
    _write_index(out_dir / EXTRAS_FILE, write_extras(out_dir))
    return parts


def _write_index(path: Path, parts: list[DemoPart]) -> None:
    index = [
        {
            key: value.name if isinstance(value, Path) else value
            for key, value in asdict(part).items()
        }
        for part in parts
    ]
    path.write_text(json.dumps(index, indent=2), encoding="utf-8")


def read_index(out_dir: Path) -> list[DemoPart]:
    """Return the parts an earlier run wrote into `out_dir`; raises OSError when there are none."""
    return _read(out_dir, INDEX_FILE)


def read_extras(out_dir: Path) -> list[DemoPart]:
    """Return the flat sheet (DXF) and the assembly (STEP) an earlier run wrote; raises OSError."""
    return _read(out_dir, EXTRAS_FILE)


def _read(out_dir: Path, name: str) -> list[DemoPart]:
    rows = json.loads((out_dir / name).read_text(encoding="utf-8"))
    return [
        DemoPart(
            number=row["number"],
            name=row["name"],
            path=out_dir / row["path"],
            process_code=row["process_code"],
            material_code=row["material_code"],
            drawing_path=out_dir / row["drawing_path"] if row["drawing_path"] else None,
        )
        for row in rows
    ]
