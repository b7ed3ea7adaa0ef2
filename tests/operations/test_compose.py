"""The installation on one machine, as docker/compose.production.yml describes it."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.env import EnvironmentFault, read_environment
from config.secret_files import SECRETS, read_secret_files
from tests.operations.test_environment import production

__all__ = ["production"]
ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.production.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "web", "live", "worker", "reader", "beat"}


def test_every_service_is_there() -> None:
    assert set(SERVICES) == OURS | {"db", "redis", "nginx"}


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("db", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert SERVICES["nginx"]["networks"] == ["outside"]
    assert "network_mode" not in str(COMPOSE)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_is_bounded(name: str) -> None:
    service = SERVICES[name]
    # The migration runs once; everything else comes back.
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert "no-new-privileges:true" in service["security_opt"]
    limits = service["deploy"]["resources"]["limits"]
    assert limits["memory"] and limits["cpus"]
    assert service.get("privileged") is None
    if name != "db":
        assert service["read_only"] is True
    if name in OURS | {"nginx"}:
        assert service["cap_drop"] == ["ALL"]
    assert "healthcheck" in service or name == "web"


def test_nothing_starts_before_the_tables_are_there() -> None:
    for name in OURS - {"migrate"}:
        waits = SERVICES[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert waits["db"]["condition"] == waits["redis"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["command"][-2:] == ["migrate", "--no-input"]
    assert SERVICES["redis"]["command"][1:3] == ["--appendonly", "yes"]


def test_every_volume_is_declared_and_mounted() -> None:
    mounted = {
        mount.split(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", ())
        if mount[0] not in "./"
    }
    assert mounted == set(COMPOSE["volumes"])
    for name in ("web", "reader"):
        assert "backups:/app/var/backups" in SERVICES[name]["volumes"]


def test_no_image_floats_and_every_secret_stays_out() -> None:
    for line in (DOCKER / "Dockerfile").read_text().splitlines():
        if line.startswith("FROM"):
            assert ":" in line.split()[1] and "latest" not in line, line
    for service in SERVICES.values():
        assert ":" in service["image"] or service["image"].startswith("marketplace-")
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text().split()
    kept_out = (ROOT / ".gitignore").read_text().split()
    for place in ("docker/env.production", "docker/tls", "docker/secrets"):
        assert place in ignored
        assert place in kept_out or f"{place}/" in kept_out


def test_gunicorn_takes_the_cores_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def workers() -> int:
        spec = importlib.util.spec_from_file_location("web", DOCKER / "gunicorn.conf.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return int(module.workers)

    monkeypatch.delenv("WEB_WORKERS", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(2)))
    assert workers() == 4
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)))
    assert workers() == 16
    monkeypatch.setenv("WEB_WORKERS", "3")
    assert workers() == 3


def test_a_secret_comes_as_a_file(production: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("f" * 50 + "\n")
    production.delenv("SECRET_KEY")
    production.setenv("SECRET_KEY_FILE", str(tmp_path / "secret_key"))
    assert read_environment().secret_keys == ["f" * 50]
    # As the settings are read again.
    assert read_environment().secret_keys == ["f" * 50]


def test_faults_of_secret_files_are_told_with_the_others(
    production: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("f" * 50)
    production.setenv("JWT_SECRET_KEY_FILE", str(tmp_path / "key"))
    production.setenv("ENCRYPTION_KEY_FILE", str(tmp_path / "nowhere"))
    production.setenv("DEBUG", "on")
    with pytest.raises(EnvironmentFault) as raised:
        read_environment()
    text = str(raised.value)
    assert "JWT_SECRET_KEY and JWT_SECRET_KEY_FILE are both set" in text
    assert "nowhere, which cannot be read: No such file" in text
    assert "DEBUG must be off" in text


def test_every_secret_of_the_example_may_be_a_file() -> None:
    example = (DOCKER / "env.production.example").read_text()
    names = {line.split("=")[0] for line in example.splitlines() if "=" in line and line[0] != "#"}
    secret = {n for n in names if n.endswith(("_KEY", "_SECRET", "_PASSWORD", "_TOKEN", "_DSN"))}
    # What a browser gets anyway, and what compose itself hands to the database.
    open_ones = {"STRIPE_PUBLISHABLE_KEY", "POSTGRES_PASSWORD"}
    assert secret - open_ones <= set(SECRETS)
    assert read_secret_files({}) == []
