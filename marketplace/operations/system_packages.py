"""What the project needs of the system, installed where that is possible.

`python -m marketplace.operations.system_packages [--browser | --proxy]`: the CAD kernel links two
shared libraries that a minimal system lacks, the test of the API's quickstart runs its curl and jq,
and the browser tests need Chromium and one more. As root on Debian or Ubuntu the missing ones are
installed; otherwise a sentence says what to install.

nginx and sslscan, which only a test starts, are unpacked into var/ and not installed (--proxy):
that needs no root, and no service begins to run.

Chromium without a window (the headless shell) is a third cheaper for the same pages, so it comes
first where the distribution has it; a whole Chromium serves as well.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# shared library -> Debian package
LIBRARIES = {"libGL.so.1": "libgl1", "libX11.so.6": "libx11-6"}
PROGRAMS = ("curl", "jq")
# What Playwright's own Node links.
BROWSER_LIBRARIES = {"libatomic.so.1": "libatomic1"}
SHELL = "chromium-headless-shell"
BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome")

# Debian packages of the proxy's test -> a file of theirs.
PROXY = {
    "nginx": "usr/sbin/nginx",
    "nginx-common": "etc/nginx/mime.types",
    "libnginx-mod-http-brotli-static": "usr/lib/nginx/modules/ngx_http_brotli_static_module.so",
    "sslscan": "usr/bin/sslscan",
}
PROXY_FOLDER = Path(__file__).resolve().parents[2] / "var" / "proxy-packages"


class NotUnpacked(Exception):
    """A package could not be had; the message says what to do."""


def unpacked(folder: Path) -> Path:
    """`folder` with the files of the PROXY packages as they lie in a system, fetched once.

    Raises NotUnpacked without Debian's or Ubuntu's programs, or without their archive.
    """
    lacking = [package for package, file in PROXY.items() if not (folder / file).exists()]
    if not lacking:
        return folder
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NotUnpacked(f"{' '.join(lacking)} can be had on Debian or Ubuntu only.")
    fetched = folder / "fetched"
    fetched.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and not _offered(lacking[0]):
        subprocess.run(["apt-get", "-qq", "update"], check=False, capture_output=True)
    command = ["apt-get", "-qq", "download", *lacking]
    done = subprocess.run(command, cwd=fetched, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotUnpacked(f"{' '.join(command)} failed: {done.stderr.strip()}")
    for package in fetched.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    shutil.rmtree(fetched)
    return folder


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
    if "--proxy" in arguments:
        return _unpack_proxy()
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


def _unpack_proxy() -> int:
    try:
        unpacked(PROXY_FOLDER)
    except NotUnpacked as error:
        sys.stderr.write(f"The test of the proxy will fail: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
