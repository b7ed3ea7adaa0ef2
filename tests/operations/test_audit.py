"""The audit's short round, and that each step notices what it is for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import audit
from tests.audit import Outcome


def test_the_short_round_finds_nothing() -> None:
    assert audit.bandit("config", "docker") == Outcome(True)
    assert audit.committed_secrets(".github", "docker") == Outcome(True)
    found = audit.deployment()
    assert found.passed, found.said


def test_what_is_dangerous_or_secret_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", audit.BASELINE):
        (tmp_path / name).write_bytes((audit.ROOT / name).read_bytes())
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    call = "eval(input())"
    (tmp_path / "shop.py").write_text(f"{call}\n")
    found = audit.bandit("shop.py")
    assert not found.passed and "shop.py:1 B307" in found.said
    (tmp_path / "shop.py").write_text(f"{call}  # noqa: S307\n")
    assert audit.bandit("shop.py").passed
    (tmp_path / "shop.py").write_text('key = "AKIA' + 'IOSFODNN7EXAMPLX"\n')
    assert audit.committed_secrets().said == "not asked: this is no git repository"
    for words in (["init", "--quiet"], ["add", "shop.py"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    found = audit.committed_secrets()
    assert not found.passed and "AWS Access Key" in found.said


def test_settings_of_production_that_are_loose_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    loose = {**audit.production(), "SECURE_HSTS_SECONDS": "0"}
    monkeypatch.setattr(audit, "production", lambda: loose)
    found = audit.deployment()
    assert not found.passed and "security.W004" in found.said


def test_what_cannot_be_asked_is_said_and_counts_only_online(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = {
        "packages": ("Faults of packages", lambda: Outcome(None, "not asked: no network")),
        "bandit": ("Dangerous calls", lambda: Outcome(True)),
    }
    monkeypatch.setattr(audit, "STEPS", steps)
    assert audit.main([]) == 0
    assert (
        "-     packages      Faults of packages  not asked: no network" in capsys.readouterr().out
    )
    monkeypatch.setenv("AUDIT_ONLINE", "1")
    assert audit.main([]) == 1
    assert audit.main(["bandit"]) == 0
    steps["bandit"] = ("Dangerous calls", lambda: Outcome(False, "shop.py:2"))
    assert audit.main(["bandit"]) == 1
    assert "--- bandit\nshop.py:2" in capsys.readouterr().out
