"""The typed Python client of the API, made from its OpenAPI document by openapi-python-client.

`python -m tests.generated_client FOLDER` writes the installable project `partlane-client` there
(`make client`: var/client). Nothing of it is committed: it is as new as the document.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONFIG = Path(__file__).with_suffix(".yml")
KEPT = ROOT / "var" / "test-client"
PACKAGE = "partlane_client"


def document() -> dict[str, Any]:
    """The OpenAPI document as the generator needs it.

    Its modules import `quote` of urllib, so `{quote}` in a path has to have another name. And an
    answer without a body (304) would make the type of every GET "anything": a caller that sends
    `If-None-Match` reads the status of `sync_detailed`.
    """
    from marketplace.core.api.schema import described

    found = deepcopy(described())
    paths = {}
    for path, operations in found["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("304", None)
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] == "quote":
                    parameter["name"] = "quote_id"
        paths[path.replace("{quote}", "{quote_id}")] = operations
    return {**found, "paths": paths}


def write_client(written: bytes, folder: Path) -> None:
    """Make the project of the document `written` (JSON) in `folder`, in place of what is there.

    Raises AssertionError with the generator's words when it leaves anything out.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    source = folder.with_name(f"{folder.name}.json")
    source.write_bytes(written)
    command = [
        *(sys.executable, "-c", "from openapi_python_client.cli import app; app()", "generate"),
        *("--path", str(source), "--config", str(CONFIG)),
        *("--output-path", str(folder), "--overwrite", "--fail-on-warning"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    source.unlink()


def kept_client() -> Path:
    """The folder with the package of today's document: made once until the document, the
    generator's settings or the locked packages change."""
    written = json.dumps(document(), sort_keys=True).encode()
    sha = hashlib.sha256(written + CONFIG.read_bytes())
    sha.update((ROOT / "requirements" / "development.txt").read_bytes())
    folder = KEPT / sha.hexdigest()[:16]
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in KEPT.iterdir():
                shutil.rmtree(old, ignore_errors=True)
            making = KEPT / "making"
            write_client(written, making)
            making.rename(folder)
    return folder


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    write_client(json.dumps(document()).encode(), Path(sys.argv[1]).resolve())
