"""`python -m tests.image`: the image built and its services started, without an engine.

No engine is needed where this runs. Each step of docker/Dockerfile is done in an empty folder that
the image's folders are moved into; packages of Debian are passed over and named. Then every service
of docker/compose.production.yml that runs the image is started by its own command, with
docker/env.production.example filled in, as a person who may write to var/ alone; its health check
is asked, and it is stopped as an engine stops it. PostgreSQL and Redis are the embedded ones. In
front stands nginx of Debian with what the proxy's image has. A table comes at the end; the exit
code is 1 unless everything in it is well.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from marketplace.operations.embedded import free_port, start_postgres, start_redis
from tests.audit import production
from tests.image import proxy
from tests.image.build import PYTHON, USER, NotBuilt, build
from tests.image.recipe import DOCKER, Service, Stage, moved, services, stages

PATIENCE_SECONDS = 120
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
BY_COMMAND = {"web": "--bind=127.0.0.1:{port}", "live": "--port={port}"}


@dataclass
class Running:
    """A started service, and where it listens."""

    service: Service
    process: subprocess.Popen[bytes]
    port: int
    environment: dict[str, str]


def main() -> int:
    """0 when every step was done, every service healthy, and every one stopped by itself."""
    recipe = stages((DOCKER / "Dockerfile").read_text())
    rows: list[tuple[str, str, float]] = []
    root = Path(tempfile.mkdtemp(prefix="image-"))
    root.chmod(0o755)
    try:
        for row in _all(recipe, root):
            rows.append(row)
            sys.stdout.write(f"{row[2]:7.1f} s  {row[1]:<12} {row[0]}\n")
            sys.stdout.flush()
    except NotBuilt as fault:
        rows.append((str(fault), "FAILS", 0))
        sys.stdout.write(f"FAILS {fault}\n")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    failed = sum(row[1] == "FAILS" for row in rows)
    sys.stdout.write(f"{len(rows)} steps, {failed} failed.\n")
    return 1 if failed else 0


def _all(recipe: dict[str, Stage], root: Path) -> Iterator[tuple[str, str, float]]:
    since = time.monotonic()
    for name, became in build(recipe, root):
        yield name, became, time.monotonic() - since
        since = time.monotonic()
    with ExitStack() as stack:
        database, redis = start_postgres(), start_redis()
        stack.callback(database.stop)
        stack.callback(redis.stop)
        environment = _environment(root, database.url, redis.url)
        found = services(recipe)
        yield _timed("migrate, from nothing", lambda: _migrate(found.pop("migrate"), environment))
        running = [_start(service, root, environment) for service in found.values()]
        stack.callback(lambda: [each.process.kill() for each in running])
        for each in running:
            yield _timed(f"{each.service.name} is healthy", lambda each=each: _healthy(each))
            if each.process.poll() is not None:
                sys.stdout.write((root / f"{each.service.name}.log").read_text()[-2000:])
        web = next(each for each in running if each.service.name == "web")
        for path in ("/readyz", "/", "/api/v1/schema/"):
            yield _timed(f"web answers {path}", lambda path=path: _answers(web, path))
        yield _timed("the code cannot be written to", lambda: _is_closed(root))
        live = next(each for each in running if each.service.name == "live")
        host = environment["ALLOWED_HOSTS"].split(",")[0]
        front = proxy.start(recipe["proxy"], root, host, web.port, live.port)
        stack.callback(front.process.kill)
        yield _timed("proxy is healthy", lambda: front.ask("/nginx-health").status == 204)
        yield _timed("proxy answers / by web", lambda: front.ask("/").status == 200)
        yield _timed("proxy has the static files", front.serves_what_was_collected)
        for each in running:
            yield _timed(f"{each.service.name} stops by itself", lambda each=each: _stops(each))
        yield _timed("proxy says that web is away", front.says_that_the_site_is_away)
        yield _timed("proxy stops by itself", front.stops)


def _timed(name: str, act: Callable[[], bool]) -> tuple[str, str, float]:
    since = time.monotonic()
    return name, "ok" if act() else "FAILS", time.monotonic() - since


def _environment(root: Path, database: str, redis: str) -> dict[str, str]:
    """What a container is given, and the two servers' addresses."""
    own = {name: moved(value, root) for name, value in production().items()}
    return {
        "PATH": f"{root}/opt/venv/bin:{os.environ['PATH']}",
        "HOME": str(root / "tmp"),
        "TMPDIR": str(root / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **own,
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        # Nobody outside is asked with keys that are made up.
        "STRIPE_LIVE_MODE": "off",
        "STRIPE_SECRET_KEY": own["STRIPE_SECRET_KEY"].replace("_live_", "_test_"),
        "STRIPE_PUBLISHABLE_KEY": own["STRIPE_PUBLISHABLE_KEY"].replace("_live_", "_test_"),
        "STRIPE_API_HOST": f"http://127.0.0.1:{free_port()}",
    }


def _account() -> dict[str, int]:
    """The image's user, where one may become it and it may read the interpreter."""
    readable = all(folder.stat().st_mode & 0o005 == 0o005 for folder in PYTHON.resolve().parents)
    return {"user": USER, "group": USER} if os.geteuid() == 0 and readable else {}


def _run(
    command: tuple[str, ...], environment: dict[str, str], **more: object
) -> subprocess.Popen[bytes]:
    place = Path(environment["PATH"].split("/opt/venv", 1)[0]) / "app"
    return subprocess.Popen(command, cwd=place, env=environment, **_account(), **more)  # type: ignore[call-overload, no-any-return]


def _migrate(service: Service, environment: dict[str, str]) -> bool:
    return _run(service.command, environment, stdout=subprocess.DEVNULL).wait(timeout=900) == 0


def _start(service: Service, root: Path, environment: dict[str, str]) -> Running:
    port = free_port()
    command = [moved(word, root) for word in service.command]
    own = {**environment, "HOSTNAME": service.name}
    if service.name in BY_COMMAND:
        command = [word for word in command if not word.startswith(("--port", "--host"))]
        command.append(BY_COMMAND[service.name].format(port=port))
    elif "worker" in command:
        # Containers have names of their own; here all have the machine's.
        command.append(f"--hostname=celery@{service.name}")
    log = (root / f"{service.name}.log").open("wb")
    return Running(service, _run(tuple(command), own, stdout=log, stderr=log), port, own)


def _healthy(each: Running) -> bool:
    """Whether its health check passes in time; one without is well while it lives."""
    until = time.monotonic() + PATIENCE_SECONDS
    command = [word.replace("$$", "$") for word in each.service.health]
    if each.service.name in BY_COMMAND:
        command = [*command[:2], str(each.port)]
    while each.process.poll() is None and time.monotonic() < until:
        if (
            not command
            or _run(
                tuple(command),
                each.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ).wait()
            == 0
        ):
            return True
        time.sleep(1)
    return False


def _answers(web: Running, path: str) -> bool:
    host = web.environment["ALLOWED_HOSTS"].split(",")[0]
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    request = Request(f"http://127.0.0.1:{web.port}{path}", headers=headers)
    with urlopen(request, timeout=30) as answer:
        return bool(answer.status == 200)


def _is_closed(root: Path) -> bool:
    """Whether the services' account may write to var/ alone."""
    environment = {"PATH": f"{root}/opt/venv/bin:{os.environ['PATH']}"}
    inside = _run(("touch", "var/files/x"), environment).wait()
    beside = _run(("touch", "config/x"), environment, stderr=subprocess.DEVNULL).wait()
    # Root may write everywhere, whatever the folder says.
    return inside == 0 and (beside != 0 or not _account())


def _stops(each: Running) -> bool:
    each.process.terminate()
    try:
        return each.process.wait(timeout=each.service.grace_seconds) == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(main())
