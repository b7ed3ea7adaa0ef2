"""CAD files that tests make with the kernel: made once for every run until their makers change."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "test-files"


def made_by(module: str, makers: Path) -> Path:
    """The folder that `python -m module FOLDER` fills; `makers` is the file or folder of its code.

    Kept under var/ by the hash of that code and of the locked requirements (the kernel is one of
    them), so a second run and the second worker find it. Nobody may write into it.
    """
    sources = sorted(makers.rglob("*.py")) if makers.is_dir() else [makers]
    sha = hashlib.sha256((ROOT / "requirements" / "production.txt").read_bytes())
    for source in sources:
        sha.update(source.read_bytes())
    folder = KEPT / f"{module}-{sha.hexdigest()[:16]}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{module}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = KEPT / f"{module}-making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            command = [sys.executable, "-m", module, str(making)]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
            making.rename(folder)
    return folder
