"""Does the steps of docker/Dockerfile in an empty folder."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.image.recipe import ROOT, Stage, Step, is_left_out, moved

# What the base images bring: an interpreter named `python`, and Node (of the locked packages here).
PYTHON = Path(sys._base_executable)  # type: ignore[attr-defined]
NODE = Path(sys.executable).parent
USER = 10001


class NotBuilt(Exception):
    """A step failed; the message has its last lines."""


def build(recipe: dict[str, Stage], root: Path) -> Iterator[tuple[str, str]]:
    """Each step of both images, with what became of it. Raises NotBuilt."""
    tools = root / "base"
    tools.mkdir()
    (tools / "python").symlink_to(PYTHON)
    context = root / "context"
    take_tree(context)
    for name in ("front", "packages", "app", "proxy"):
        environment = {"PATH": f"{tools}:{NODE}:{os.environ['PATH']}", "HOME": str(root)}
        environment |= {
            name: value
            for name, value in os.environ.items()
            # Where this machine's packages come from, and whom it trusts.
            if name.startswith(("PIP_", "SSL_", "NODE_"))
        }
        place = root
        for step in recipe[name].steps:
            if step.word == "WORKDIR":
                place = Path(moved(step.text, root))
                place.mkdir(parents=True, exist_ok=True)
            elif step.word == "ENV":
                _set(environment, moved(step.text, root))
            elif step.word in ("COPY", "RUN"):
                yield f"{name}: {step.text[:60]}", _do(step, place, context, root, environment)


def take_tree(context: Path) -> None:
    """The files of the repository that an engine would be given."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if not is_left_out(name) and (ROOT / name).is_file():
            target = context / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)


def _set(environment: dict[str, str], text: str) -> None:
    for pair in shlex.split(text):
        name, value = pair.split("=", 1)
        environment[name] = value.replace("$PATH", environment["PATH"])


def _do(step: Step, place: Path, context: Path, root: Path, environment: dict[str, str]) -> str:
    if step.is_of_the_system:
        return "passed over: Debian's packages are this machine's"
    if step.word == "COPY":
        _copy(step.text, place, context, root)
        return "done"
    text = moved(step.text, root)
    # The account is one of the system: its number does, where one may give files away.
    owner = f"--owner={USER} --group={USER}" if os.geteuid() == 0 else ""
    text = text.replace("--owner=app --group=app", owner)
    (root / "tmp").mkdir(exist_ok=True)
    done = subprocess.run(
        ["sh", "-ec", text], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotBuilt(f"{step.text}\n{(done.stdout + done.stderr)[-2000:]}")
    return "done"


def _copy(text: str, place: Path, context: Path, root: Path) -> None:
    """`COPY [--from=STAGE] SOURCE... TARGET`; stages share their folders here."""
    words = text.split()
    staged = words[0].startswith("--from=")
    *sources, target = words[1:] if staged else words
    end = Path(moved(target, root)) if target.startswith("/") else place / target
    for source in sources:
        start = Path(moved(source, root)) if staged else context / source
        if start == end:
            continue
        if start.is_dir():
            shutil.copytree(start, end, dirs_exist_ok=True, symlinks=True)
        else:
            into = end / start.name if target.endswith("/") or end.is_dir() else end
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(start, into)
