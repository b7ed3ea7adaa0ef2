"""What the project needs of the system, installed where that is possible.

`python -m marketplace.operations.system_packages [--browser]`: the CAD kernel links two shared
libraries that a minimal system lacks, the test of the API's quickstart runs its curl and jq, and
the browser tests need Chromium and one more. As root on Debian or Ubuntu the missing ones are
installed; otherwise a sentence says what to install.

Chromium without a window (the headless shell) is a third cheaper for the same pages, so it comes
first where the distribution has it; a whole Chromium serves as well.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

# shared library -> Debian package
LIBRARIES = {"libGL.so.1": "libgl1", "libX11.so.6": "libx11-6"}
PROGRAMS = ("curl", "jq")
# What Playwright's own Node links.
BROWSER_LIBRARIES = {"libatomic.so.1": "libatomic1"}
SHELL = "chromium-headless-shell"
BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome")


def missing_packages(*, browser: bool) -> list[str]:
    """Debian packages that are needed and not there."""
    libraries = {**LIBRARIES, **(BROWSER_LIBRARIES if browser else {})}
    packages = [package for library, package in libraries.items() if not _loads(library)]
    packages += [program for program in PROGRAMS if not shutil.which(program)]
    if browser and not find_browser():
        packages.append("chromium")
    return packages


def find_browser() -> str | None:
    """The path of the Chromium that is cheapest to run, None without one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _offered(package: str) -> bool:
    """Whether apt's lists have the package."""
    command = ["apt-cache", "show", package]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def main(arguments: Sequence[str]) -> int:
    """Install what is missing. 0 when all is there or nothing could be tried, else apt's code."""
    browser = "--browser" in arguments
    packages = missing_packages(browser=browser)
    may_install = bool(shutil.which("apt-get")) and os.geteuid() == 0
    cheaper = browser and may_install and not shutil.which(SHELL)
    if not packages and not (cheaper and _offered(SHELL)):
        return 0
    if not may_install:
        sys.stderr.write(
            f"Missing on this system: {' '.join(packages)}. Everything else works; without them "
            "STEP files are not read, or the tests that need them fail. On Debian or Ubuntu: "
            f"sudo apt-get install {' '.join(packages)}\n"
        )
        return 0
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*apt, "update"], env=quiet, check=True, stdout=subprocess.DEVNULL)
    if cheaper and _offered(SHELL):
        packages = [*(name for name in packages if name != "chromium"), SHELL]
    command = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    return subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
