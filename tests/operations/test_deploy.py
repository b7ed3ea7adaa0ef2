"""docker/deploy.sh with a `docker` that writes down what it is asked, and fails on demand."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = """#!/bin/sh
printf '%s %s\\n' "$RELEASE" "$*" >> "$CALLS"
[ -z "${FAILS:-}" ] || ! printf '%s %s' "$RELEASE" "$*" | grep -q -e "$FAILS"
"""


@dataclass
class Server:
    """A checked-out repository with the script, and what was asked of docker."""

    folder: Path

    def deploy(self, *words: str, fails: str = "") -> tuple[int, list[str], str]:
        """Exit code, the calls without what they have in common, and what was said."""
        calls = self.folder / "calls"
        calls.write_text("")
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "FAILS": fails,
        }
        environment.pop("RELEASE", None)
        done = subprocess.run(
            ["docker/deploy.sh", *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        common = "compose --env-file docker/env.production -f docker/compose.production.yml "
        heard = calls.read_text().replace(common, "").splitlines()
        return done.returncode, heard, done.stderr

    def commit(self) -> str:
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(
            [*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=self.folder, check=True
        )
        found = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return found.stdout.strip()

    @property
    def release(self) -> str:
        return (self.folder / "docker" / ".release").read_text().strip()


@pytest.fixture
def server(tmp_path: Path) -> Server:
    for folder in ("bin", "docker"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    shutil.copy(ROOT / "docker" / "deploy.sh", tmp_path / "docker")
    (tmp_path / "docker" / "env.production").write_text("SITE_URL=https://parts.example\n")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    return Server(tmp_path)


def at(calls: list[str], words: str) -> int:
    return next(n for n, call in enumerate(calls) if words in call)


def test_the_first_release_and_the_next(server: Server) -> None:
    first = server.commit()
    code, calls, said = server.deploy()
    assert (code, server.release) == (0, first), said
    assert not any("manage.py backup" in call for call in calls)
    second = server.commit()
    code, calls, said = server.deploy()
    assert (code, server.release) == (0, second)
    assert f"release {second} serves" in said
    order = ["build", "check --deploy", "--plan", "backup", "migrate --no-input", "--wait-timeout"]
    assert [at(calls, words) for words in order] == sorted(at(calls, words) for words in order)
    tried = calls[at(calls, "/readyz")]
    assert "Host: parts.example" in tried
    assert f"tag marketplace-app:{second} marketplace-app:latest" in calls[-2]
    assert all(call.startswith(second) for call in calls)


@pytest.mark.parametrize("where", ["--wait-timeout", "exec .*readyz"])
def test_a_release_that_does_not_serve_gives_way_to_the_one_before(
    server: Server, where: str
) -> None:
    first = server.commit()
    assert server.deploy()[0] == 0
    second = server.commit()
    code, calls, said = server.deploy(fails=f"^{second} .*{where}")
    # The try at the end is of the first release, with the proxy of the first release.
    assert (code, server.release) == (1, first), said
    back = [call for call in calls if call.startswith(f"{first} up")]
    assert len(back) == 1 and "--no-deps" in back[0] and "--no-build" in back[0]
    assert at(calls, f"{first} exec") > at(calls, f"{first} up")
    assert "does not serve" in said and f"going back to release {first}" in said


@pytest.mark.parametrize("where", ["build", "check --deploy", "--plan", "backup", "--no-input"])
def test_what_fails_before_the_start_leaves_everything_as_it_is(server: Server, where: str) -> None:
    first = server.commit()
    assert server.deploy()[0] == 0
    server.commit()
    code, calls, _ = server.deploy(fails=where)
    assert code != 0 and server.release == first
    assert not any("--wait-timeout" in call for call in calls)


def test_back_by_hand(server: Server) -> None:
    assert server.deploy("--rollback")[0] == 1
    first = server.commit()
    server.deploy()
    server.commit()
    server.deploy()
    code, _, said = server.deploy("--rollback")
    assert (code, server.release) == (0, first)
    assert f"release {first} serves" in said


def test_the_workflow_deploys_what_passed() -> None:
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    workflow = yaml.safe_load(text)
    # "on" is a word for true in YAML 1.1.
    assert workflow[True]["workflow_run"]["workflows"] == ["ci"]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    targets = (ROOT / "Makefile").read_text()
    for target in ("deploy", "rollback"):
        assert f"\n{target}:" in targets
    # What people type reaches the shell through variables only.
    script = workflow["jobs"]["deploy"]["steps"][0]["run"]
    assert "${{" not in script
