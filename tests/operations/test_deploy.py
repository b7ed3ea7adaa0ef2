"""Forward, back and the smoke test, with a stand-in for the engine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from marketplace.operations.embedded import free_port

ROOT = Path(__file__).resolve().parents[2]
ENGINE = """#!/bin/sh
echo "$RELEASE: $*" >> "$ENGINE_LOG"
"""


class Server:
    """A server's clone of a repository with two versions, and an engine that writes down."""

    def __init__(self, folder: Path) -> None:
        self.origin, self.clone, self.log = folder / "origin", folder / "clone", folder / "log"
        (folder / "bin").mkdir()
        (folder / "bin" / "docker").write_text(ENGINE)
        (folder / "bin" / "docker").chmod(0o755)
        person = {"NAME": "Test", "EMAIL": "test@example.com"}
        who = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in person.items()}
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        self.environment = {**os.environ, **who, "PATH": path, "ENGINE_LOG": str(self.log)}
        (self.origin / "docker").mkdir(parents=True)
        shutil.copy(ROOT / "docker" / "deploy.sh", self.origin / "docker")
        self.git(self.origin, "init", "--quiet")
        self.version("v1")
        self.git(folder, "clone", "--quiet", str(self.origin), str(self.clone))
        self.git(self.clone, "checkout", "--quiet", "v1")
        self.version("v2")

    def git(self, folder: Path, *words: str) -> None:
        subprocess.run(["git", *words], cwd=folder, env=self.environment, check=True)

    def version(self, tag: str) -> None:
        (self.origin / "version").write_text(tag)
        self.git(self.origin, "add", ".")
        self.git(self.origin, "commit", "--quiet", "--message", tag)
        self.git(self.origin, "tag", tag)

    def deploy(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [self.clone / "docker" / "deploy.sh", *words]
        return subprocess.run(
            command, env=self.environment, check=False, capture_output=True, text=True
        )

    def heard(self) -> list[str]:
        options = "compose --env-file docker/env.production -f docker/compose.production.yml "
        lines = self.log.read_text().replace(options, "").splitlines()
        self.log.unlink()
        return lines


def test_forward_and_back(tmp_path: Path) -> None:
    server = Server(tmp_path)
    gone = server.deploy("back")
    assert gone.returncode == 1 and "Nothing was deployed before" in gone.stderr
    unknown = server.deploy("forward", "v9")
    assert unknown.returncode == 1 and unknown.stderr == "There is no v9 in the repository.\n"
    assert server.deploy("forward").returncode != 0
    assert server.deploy("forward", "v2").stdout == "Running: v2\n"
    assert server.heard() == ["v2: build", "v2: up --detach --wait"]
    # Once more: the way back still leads to the version before.
    server.deploy("forward", "v2")
    server.log.unlink()
    assert server.deploy("back").stdout == "Running: v1\n"
    assert (server.clone / "version").read_text() == "v1"
    # No migration runs: `migrate` is not among them, and nothing they depend on is started.
    services = "web live worker reader beat nginx"
    assert server.heard() == ["v1: build", f"v1: up --detach --no-deps --wait {services}"]
    server.deploy("forward", "v2")
    server.deploy("forward", "v9")
    assert server.deploy("back").returncode == 1
    assert (server.clone / "version").read_text() == "v2"


@pytest.fixture
def smoke(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("smoke", ROOT / "docker" / "smoke.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    return module


@pytest.mark.django_db(transaction=True)
def test_a_site_that_serves_passes_the_smoke_test(
    smoke: Any, live_server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main([live_server.url]) == 0, capsys.readouterr().out
    smoke.ASKED = (("/nowhere/", 200, ""), ("/", 200, "no such words"))
    assert smoke.main([live_server.url]) == 1
    said = capsys.readouterr().out
    assert "FAILS /nowhere/: 404, 200 was expected\n" in said
    assert "FAILS /: 200, 200 was expected with 'no such words'\n" in said


def test_a_site_that_does_not_answer_fails(smoke: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main([f"http://127.0.0.1:{free_port()}"]) == 1
    assert "FAILS /livez: no answer" in capsys.readouterr().out
    assert smoke.main([]) == smoke.main(["parts.example"]) == 2
