"""How much of the machine one part file may use."""

from dataclasses import asdict, dataclass
from typing import Any

MEBIBYTE = 1024 * 1024
# What a child says while it works; it is there from its beginning.
LOG_FILE = "log"
# After ten minutes without a file a fork server gives the memory of the kernel back (240 MB).
IDLE_SECONDS = 600.0


@dataclass(frozen=True)
class Limits:
    """Ceilings for reading one file; the defaults suit a worker with 4 GiB.

    Bytes for sizes, seconds for times. The kernel enforces address space, CPU time and the size
    of written files; the parent enforces wall clock time and the size of what it takes over.
    """

    address_space_bytes: int = 3 * 1024 * MEBIBYTE
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    written_file_bytes: int = 200_000_000
    input_bytes: int = 250_000_000
    triangles: int = 5_000_000
    preview_triangles: int = 200_000
    instances: int = 20_000
    step_nesting: int = 64
    archive_bytes: int = 600_000_000
    archive_entries: int = 2_000
    component_depth: int = 16
    report_bytes: int = 1_000_000
    feature_cpu_seconds: float = 8.0
    feature_triangles: int = 400_000
    feature_faces: int = 6_000
    pages: int = 20
    dxf_entities: int = 200_000
    dxf_depth: int = 8

    def as_dict(self) -> dict[str, Any]:
        """Return every limit by name, for handing them to the child."""
        return asdict(self)
