"""What docker/Dockerfile and docker/compose.production.yml say, as data."""

import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
# Folders of the image that a step or a command names.
PLACES = re.compile(r"(?<![\w.])/(opt/venv|app|build|tmp|run/secrets|srv|etc/nginx)(?=[/\s\"':]|$)")
# What the tests cannot ask for without being the system: packages and accounts of Debian.
SYSTEM = ("apt-get", "useradd")


@dataclass(frozen=True)
class Step:
    """One instruction: its word (RUN, COPY, ...) and the rest of its lines as one."""

    word: str
    text: str

    @property
    def is_of_the_system(self) -> bool:
        """Whether it installs what a base image lacks."""
        return self.word == "RUN" and self.text.startswith(SYSTEM)


@dataclass
class Stage:
    """One `FROM`: what it begins with, and its steps in order."""

    base: str
    steps: list[Step] = field(default_factory=list)


def stages(text: str) -> dict[str, Stage]:
    """The stages of a Dockerfile by their names."""
    found: dict[str, Stage] = {}
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        if not line.strip():
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            base, name = re.split(r"\s+AS\s+", rest)
            latest = found[name] = Stage(base)
        else:
            latest.steps.append(Step(word, " ".join(rest.split())))
    return found


def moved(text: str, root: Path) -> str:
    """The same with the image's folders inside `root`."""
    return PLACES.sub(lambda match: f"{root}/{match[1]}", text)


def is_left_out(name: str) -> bool:
    """Whether docker/Dockerfile.dockerignore keeps a file of the repository out of the image."""
    patterns = [
        line
        for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    parts = name.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(
        fnmatch.fnmatch(one, pattern.removeprefix("**/"))
        for pattern in patterns
        for one in (parts if pattern.startswith("**/") else above)
    )


@dataclass(frozen=True)
class Service:
    """A service of ours: its command, its health check and how long it may take to stop."""

    name: str
    command: tuple[str, ...]
    health: tuple[str, ...]
    grace_seconds: int


def services(recipe: dict[str, Stage]) -> dict[str, Service]:
    """Those of the compose file that run the image, with what they take over from it."""
    composed = yaml.safe_load((DOCKER / "compose.production.yml").read_text())["services"]
    own = {name: one for name, one in composed.items() if "marketplace-app" in one["image"]}
    steps = {step.word: step.text for step in recipe["app"].steps}
    return {name: _service(name, one, steps) for name, one in own.items()}


def _service(name: str, one: dict[str, Any], steps: dict[str, str]) -> Service:
    told = one.get("healthcheck", {})
    if told.get("disable"):
        health = []
    elif "test" in told:
        health = told["test"]
    else:
        health = ["CMD", *yaml.safe_load(steps["HEALTHCHECK"].split(" CMD ", 1)[1])]
    shell = ["sh", "-c", *health[1:]] if health[:1] == ["CMD-SHELL"] else health[1:]
    command = one.get("command") or yaml.safe_load(steps["CMD"])
    grace = re.fullmatch(r"(\d+)m", one.get("stop_grace_period", ""))
    # What an engine gives a container of which nothing is said.
    return Service(name, tuple(command), tuple(shell), int(grace[1]) * 60 if grace else 10)
