"""What a web process of an installation without a bucket has in memory."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Kernel, meshes, PDF, tables, the cloud's client: loaded where they are used.
HEAVY = ("OCP", "trimesh", "numpy", "fpdf", "openpyxl", "boto3", "botocore", "storages")
START = f"""
import sys
import config.wsgi
from django.core.files.storage import default_storage
from django.urls import get_resolver
default_storage.exists("nothing")
get_resolver().url_patterns
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_a_web_process_loads_nothing_heavy() -> None:
    own = {"ENVIRONMENT": "development", "AWS_STORAGE_BUCKET_NAME": ""}
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
