"""What the system lacks is named, so that it can be installed."""

import shutil

import pytest

from marketplace.operations import system_packages


def test_programs_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "_loads", lambda _: True)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert system_packages.missing_packages(browser=False) == ["curl", "jq"]
    assert system_packages.missing_packages(browser=True) == ["curl", "jq", "chromium"]
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert system_packages.missing_packages(browser=True) == []
