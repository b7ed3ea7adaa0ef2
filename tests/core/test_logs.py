"""Lines carry the id of their request through web, worker and mail, and files are shared safely."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.actions.account_mail import write_mail
from config.celery import send_request_id, take_request_id
from config.logging import JsonFormatter, RequestIdFilter, TextFormatter, logging_settings
from marketplace.core.request_id import current_request_id, set_request_id

ROOT = Path(__file__).resolve().parents[2]
# Writes its lines through the handler that several processes share; small files rotate often.
WRITER = """
import logging, sys
from config.logging import SharedRotatingFile
handler = SharedRotatingFile(sys.argv[1], maxBytes=20_000, backupCount=200, delay=True)
logger = logging.getLogger("x")
logger.addHandler(handler)
logger.setLevel("INFO")
for number in range(500):
    logger.info("%s-%d %s", sys.argv[2], number, "x" * 60)
"""


def record(message: str = "hello", **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("some.logger", logging.INFO, "f.py", 1, message, (), None)
    for name, value in fields.items():
        setattr(made, name, value)
    RequestIdFilter().filter(made)
    return made


def test_a_line_of_json_has_everything_in_its_place() -> None:
    set_request_id("req_1234567890")
    entry = json.loads(JsonFormatter().format(record('a "quoted" word')))
    assert (entry["level"], entry["logger"], entry["message"]) == (
        "INFO",
        "some.logger",
        'a "quoted" word',
    )
    assert entry["request_id"] == "req_1234567890"
    assert entry["time"].endswith("+00:00")


def test_a_line_of_text_has_its_time_in_utc_and_its_id() -> None:
    set_request_id("req_1234567890")
    form = logging_settings(level="INFO", form="text", folder="")["formatters"]["text"]["format"]
    line = TextFormatter(form).format(record())
    assert line.endswith("INFO some.logger [req_1234567890] hello")
    assert "+00:00" in line


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter("%(message)s")])
def test_a_traceback_is_scrubbed(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("bea@example.com sent gear-housing.step")
    except ValueError:
        made = record(exc_info=sys.exc_info())
    line = formatter.format(made)
    assert "ValueError" in line
    assert "bea@" not in line and "gear-housing" not in line


def test_the_id_goes_along_with_a_task() -> None:
    set_request_id("req_from_a_page")
    headers: dict[str, Any] = {}
    send_request_id(headers=headers)
    set_request_id("-")

    class Task:
        class request:
            request_id = headers["request_id"]

    take_request_id(task=Task())
    assert current_request_id() == "req_from_a_page"


def test_the_id_of_the_page_stands_in_its_mail(db: None, work: Any) -> None:
    set_request_id("req_from_a_page")
    write_mail(kind="password_set", to="bea@example.com", path="/", link_text="Open")
    set_request_id("-")
    work()
    assert mail.outbox[0].extra_headers["X-Request-ID"] == "req_from_a_page"


def test_an_answer_is_a_line_without_secrets(caplog: pytest.LogCaptureFixture, db: None) -> None:
    with caplog.at_level("INFO", logger="marketplace.requests"):
        Client().get("/no/such/page/?token=secret")
        Client().get("/livez")
    [line] = [one for one in caplog.records if one.name == "marketplace.requests"]
    assert line.getMessage().startswith("GET /no/such/page/ 404 in ")


def test_files_for_all_and_for_errors_are_ten_megabytes_and_five_kept(tmp_path: Path) -> None:
    made = logging_settings(level="INFO", form="json", folder=str(tmp_path / "log"))
    files = {name: h for name, h in made["handlers"].items() if "filename" in h}
    assert {Path(h["filename"]).name for h in files.values()} == {"all.log", "errors.log"}
    for handler in files.values():
        assert (handler["maxBytes"], handler["backupCount"]) == (10 * 1024 * 1024, 5)
    assert files["errors"]["level"] == "ERROR"
    assert list(logging_settings(level="INFO", form="json", folder="")["handlers"]) == ["stdout"]


def test_processes_that_rotate_one_file_lose_no_line(tmp_path: Path) -> None:
    target = tmp_path / "all.log"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(target), f"w{number}"], cwd=ROOT)
        for number in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    files = list(tmp_path.glob("all.log*"))
    lines = [
        line.split()[0]
        for path in files
        if path.suffix != ".lock"
        for line in path.read_text().splitlines()
    ]
    assert len(files) > 3
    assert sorted(lines) == sorted(f"w{w}-{n}" for w in range(3) for n in range(500))


def test_no_access_log_of_the_web_server_passes_the_scrubbing_by() -> None:
    """It would write links that open something as they came; our own line has what it had."""
    docker, serve = ROOT / "docker", "marketplace/operations/management/commands/serve.py"
    for path in (*docker.glob("*.py"), *docker.glob("*.yml"), docker / "Dockerfile", ROOT / serve):
        text = path.read_text()
        assert "access-logfile" not in text, path
        assert not re.search(r"^accesslog\s*=\s*[\"']", text, re.MULTILINE), path
