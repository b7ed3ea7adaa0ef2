"""Part files for the demo: a dozen parts as people order them, made with the CAD kernel.

Importing this module loads no kernel. `make_demo_parts` does and therefore belongs in a process
of its own: `python -m marketplace.operations.demo_cad OUT_DIR` writes the files, an `index.json`
that `read_index` understands, and prints the same index.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

INDEX_FILE = "index.json"


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
    from marketplace.operations.demo_cad.making import write_all

    out_dir.mkdir(parents=True, exist_ok=True)
    parts = write_all(out_dir)
    index = [
        {
            key: value.name if isinstance(value, Path) else value
            for key, value in asdict(part).items()
        }
        for part in parts
    ]
    (out_dir / INDEX_FILE).write_text(json.dumps(index, indent=2), encoding="utf-8")
    return parts


def read_index(out_dir: Path) -> list[DemoPart]:
    """Return the parts an earlier run wrote into `out_dir`; raises OSError when there are none."""
    rows = json.loads((out_dir / INDEX_FILE).read_text(encoding="utf-8"))
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
