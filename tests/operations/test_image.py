"""What stands in Dockerfile and compose file is what `python -m tests.image` does and starts."""

import os
import subprocess
import sys
from pathlib import Path

from tests.audit import production
from tests.image.recipe import DOCKER, is_left_out, moved, services, stages

RECIPE = stages((DOCKER / "Dockerfile").read_text())


def test_every_step_is_done_but_debians_packages() -> None:
    assert set(RECIPE) == {"front", "packages", "app", "proxy"}
    passed_over = [
        (name, step.text.split()[0])
        for name, stage in RECIPE.items()
        for step in stage.steps
        if step.is_of_the_system
    ]
    assert passed_over == [("app", "apt-get"), ("proxy", "apt-get")]
    done = {step.word for step in RECIPE["app"].steps}
    assert done == {"RUN", "ENV", "WORKDIR", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
    done = {step.word for step in RECIPE["proxy"].steps}
    assert done == {"RUN", "COPY", "EXPOSE", "STOPSIGNAL", "CMD"}


def test_every_service_of_ours_has_its_command_and_health() -> None:
    found = services(RECIPE)
    assert set(found) == {"migrate", "web", "live", "worker", "reader", "beat"}
    assert found["web"].command[0] == "gunicorn" and found["web"].grace_seconds == 10
    assert found["web"].health == ("python", "docker/healthcheck.py")
    assert found["worker"].health[:2] == ("sh", "-c") and found["worker"].grace_seconds == 120
    assert not found["beat"].health and not found["migrate"].health


def test_the_images_folders_lie_in_another(tmp_path: Path) -> None:
    assert moved("sqlite:////build/x /opt/venv/bin/pip /app", tmp_path) == (
        f"sqlite:///{tmp_path}/build/x {tmp_path}/opt/venv/bin/pip {tmp_path}/app"
    )
    assert moved("config/app.py /application", tmp_path) == "config/app.py /application"


def test_what_an_engine_is_not_given() -> None:
    for name in ("payments/sandbox/app.py", "tests/conftest.py", "docker/env.production", ".env"):
        assert is_left_out(name), name
    for name in ("manage.py", "docker/gunicorn.conf.py", "docker/env.production.example"):
        assert not is_left_out(name), name


def test_gunicorn_bears_what_is_not_filled_in() -> None:
    """It reads variables of its own when it is imported, and ends on an empty one."""
    done = subprocess.run(
        [sys.executable, "-c", "import gunicorn.config"],
        env={"PATH": os.environ["PATH"], **production()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
