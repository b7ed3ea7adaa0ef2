"""What the system lacks is named, so that it can be installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from marketplace.operations import system_packages


def test_programs_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "_loads", lambda _: True)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert system_packages.missing_packages(browser=False) == ["curl", "jq"]
    assert system_packages.missing_packages(browser=True) == ["curl", "jq", "chromium"]
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert system_packages.missing_packages(browser=True) == []


def test_the_browser_without_a_window_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"chromium", "chromium-headless-shell"}
    monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
    assert system_packages.find_browser() == "chromium-headless-shell"
    there.remove("chromium-headless-shell")
    assert system_packages.find_browser() == "chromium"
    there.clear()
    assert system_packages.find_browser() is None


@pytest.mark.parametrize(
    ("there", "offered", "installed"),
    [
        (set(), True, ["chromium-headless-shell"]),
        (set(), False, ["chromium"]),
        ({"chromium"}, True, ["chromium-headless-shell"]),
        ({"chromium"}, False, None),
        ({"chromium-headless-shell"}, True, None),
    ],
)
def test_it_is_installed_where_the_distribution_has_it(
    monkeypatch: pytest.MonkeyPatch, there: set[str], offered: bool, installed: list[str] | None
) -> None:
    there = {*there, "apt-get", "curl", "jq"}
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0 if offered else 100)

    monkeypatch.setattr(system_packages, "_loads", lambda _: True)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(subprocess, "run", run)
    system_packages.main(["--browser"])
    done = [
        call[call.index("--no-install-recommends") + 1 :] for call in calls if "install" in call
    ]
    assert done == ([installed] if installed else [])


def test_what_is_unpacked_already_is_not_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        fetched.append(command)
        return subprocess.CompletedProcess(command, 100, "", "Unable to locate package")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    for file in list(system_packages.PROXY.values())[1:]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    with pytest.raises(system_packages.NotUnpacked, match="Unable to locate"):
        system_packages.unpacked(tmp_path)
    assert fetched == [["apt-get", "-qq", "download", "nginx"]]
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(system_packages.NotUnpacked, match="Debian or Ubuntu only"):
        system_packages.unpacked(tmp_path)
