"""What leaves for the service of error reports, read on the wire by a receiver of our own."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A process of its own: reporting is switched on once and for all in the process that does it.
REPORTER = """
import gzip, json, logging, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from wsgiref.simple_server import WSGIRequestHandler, make_server

import brotli
import django
from django.conf import settings
from django.urls import path

GOT = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}
        body = unpack[self.headers.get("Content-Encoding")](body)
        GOT.append(body.decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def fail(request, secret):
    password = request.POST["password"]
    logging.getLogger("x").warning("%s uploaded gear-housing.step", "bea@example.com")
    raise ValueError(
        f"cannot read gear-housing.STEP of bea@example.com with mkt_{'a' * 43}, {len(password)}"
    )


urlpatterns = [path("join/<str:secret>/", fail)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="k" * 50, LOGGING={})
django.setup()
server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()

import requests
import sentry_sdk
from django.core.wsgi import get_wsgi_application

from config.error_reports import start_error_reports

dsn = f"http://public@127.0.0.1:{server.server_port}/1"
where = {"environment": "production", "release": "v7"}
start_error_reports(dsn, **where)
rate = sentry_sdk.get_client().options["traces_sample_rate"]
start_error_reports(dsn, traces_sample_rate=1.0, **where)
site = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
threading.Thread(target=site.serve_forever, daemon=True).start()
answer = requests.post(
    f"http://127.0.0.1:{site.server_port}/join/SECRET-OF-A-LINK/?key=QUERY-VALUE",
    data={"password": "TYPED-PASSWORD"},
    files={"file": ("gear-housing.step", b"PART")},
    headers={
        "Authorization": "Bearer HEADER-VALUE",
        "Cookie": "sessionid=COOKIE-VALUE",
        "X-Forwarded-For": "203.0.113.9",
        "X-Real-IP": "203.0.113.9",
    },
    timeout=20,
)
sentry_sdk.flush(10)
print(json.dumps({"status": answer.status_code, "rate": rate, "got": GOT}))
"""
PRIVATE = (
    "gear-housing",
    "bea@example.com",
    "mkt_a",
    "SECRET-OF-A-LINK",
    "QUERY-VALUE",
    "TYPED-PASSWORD",
    "COOKIE-VALUE",
    "HEADER-VALUE",
    "203.0.113.9",
)


def test_reports_say_what_broke_and_nothing_private(tmp_path: Path) -> None:
    script = tmp_path / "reporter.py"
    script.write_text(REPORTER)
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["status"], told["rate"]) == (500, 0.1)
    wire = "\n".join(told["got"])
    # The error and the request with its times both came, and say where and what.
    assert '"type":"event"' in wire and '"type":"transaction"' in wire
    assert (
        "ValueError" in wire and '"environment":"production"' in wire and '"release":"v7"' in wire
    )
    assert [one for one in PRIVATE if one in wire] == []
