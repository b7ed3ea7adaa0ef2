"""The proxy as it is shipped: Debian's nginx with docker/nginx/ in front of a real gunicorn.

Only addresses, ports and folders are other than in the image.
"""

from __future__ import annotations

import gzip
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from marketplace.operations.embedded import free_port, wait_for_port
from marketplace.operations.system_packages import PROXY_FOLDER, unpacked
from tests.operations.nginx_here import SITE, certificate, configured, trusting
from tests.operations.test_real_migrations import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]
HSTS = "max-age=63072000; includeSubDomains; preload"
MEGABYTE = 1 << 20
pytestmark = pytest.mark.slow


@dataclass
class Front:
    """nginx, what stands behind it, and how to ask it."""

    plain: int
    secure: int
    web: int
    folder: Path
    tools: Path

    def ask(
        self, path: str, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.secure, context=trusting(), timeout=75
        )
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": SITE, **headers})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def last_heard(self) -> str:
        """What gunicorn wrote down of the last request; "" until it has."""
        log = self.folder / "gunicorn.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return lines[-1] if lines else ""


def start_gunicorn(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """As the image does, with one worker; its log has the headers it was given."""
    environment = {**os.environ, **PRODUCTION, "DATABASE_URL": f"sqlite:///{folder}/x.sqlite3"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    heard = "%(m)s %(U)s for=%({x-forwarded-for}i)s proto=%({x-forwarded-proto}i)s host=%({host}i)s"
    command = ["-m", "gunicorn", "config.wsgi:application", "--config=docker/gunicorn.conf.py"]
    return subprocess.Popen(
        [
            *(sys.executable, *command, f"--bind=127.0.0.1:{port}", "--workers=1"),
            *("--access-logfile", str(folder / "gunicorn.log"), "--access-logformat", heard),
        ],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )


def furnished(folder: Path) -> Path:
    """The folders of the image: certificate, pages, static files."""
    certificate(folder / "tls")
    shutil.copytree(ROOT / "docker" / "nginx" / "pages", folder / "srv" / "pages")
    static = folder / "srv" / "static"
    static.mkdir()
    (static / "app.0123.js").write_text("plain")
    (static / "app.0123.js.gz").write_bytes(gzip.compress(b"zipped"))
    (static / "app.0123.js.br").write_bytes(b"as brotli")
    (static / "viewer.0123.mjs").write_text("export {}")
    return folder


@contextmanager
def proxy(folder: Path, web: int, live: int) -> Iterator[Front]:
    """nginx in front of what listens on these ports, its file checked before."""
    tools = unpacked(PROXY_FOLDER)
    ports = {"plain": free_port(), "secure": free_port(), "web": web, "live": live}
    text = (ROOT / "docker" / "nginx" / "nginx.conf").read_text()
    file = configured(text, furnished(folder), tools, ports)
    words = [tools / "usr/sbin/nginx", "-p", folder, "-c", file]
    checked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert "test is successful" in checked.stderr, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    process = subprocess.Popen([*words, "-g", "daemon off;"])
    try:
        wait_for_port(ports["secure"], process)
        yield Front(ports["plain"], ports["secure"], web, folder, tools)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder, web, live = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    gunicorn = start_gunicorn(folder, web)
    sockets = serve(echo_headers, "127.0.0.1", live)
    Thread(target=sockets.serve_forever, daemon=True).start()
    try:
        with proxy(folder, web, live) as found:
            wait_for_port(web, gunicorn)
            yield found
    finally:
        gunicorn.terminate()
        gunicorn.wait(timeout=20)
        sockets.shutdown()


def echo_headers(socket: ServerConnection) -> None:
    assert socket.request is not None
    for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto"):
        socket.send(socket.request.headers[name])


def handshake(front: Front, version: ssl.TLSVersion) -> str:
    context = trusting()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    # This side would offer it; only the other one refuses.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", front.secure)) as bare,
        context.wrap_socket(bare, server_hostname=SITE) as found,
    ):
        return f"{found.version()} {found.selected_alpn_protocol()}"


def test_only_tls_1_2_and_1_3_with_http_2(front: Front) -> None:
    assert handshake(front, ssl.TLSVersion.TLSv1_2) == "TLSv1.2 h2"
    assert handshake(front, ssl.TLSVersion.TLSv1_3) == "TLSv1.3 h2"
    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
            handshake(front, old)


def test_a_scan_of_tls_finds_nothing_weak(front: Front) -> None:
    address = f"127.0.0.1:{front.secure}"
    words = ["--xml=-", "--no-colour", f"--sni-name={SITE}", address]
    found = subprocess.run(
        [front.tools / "usr/bin/sslscan", *words], capture_output=True, check=True, timeout=60
    )
    scan = ElementTree.fromstring(found.stdout)  # noqa: S314 - what our own program printed
    enabled = {
        f"{p.get('type')}{p.get('version')}"
        for p in scan.iter("protocol")
        if p.get("enabled") == "1"
    }
    assert enabled == {"tls1.2", "tls1.3"}
    ciphers = list(scan.iter("cipher"))
    assert len(ciphers) >= 6
    assert {each.get("strength") for each in ciphers} <= {"strong", "acceptable"}
    assert all(int(each.get("bits", "0")) >= 128 for each in ciphers)
    assert all("GCM" in c.get("cipher", "") or "POLY1305" in c.get("cipher", "") for c in ciphers)
    assert {each.get("vulnerable") for each in scan.iter("heartbleed")} <= {"0"}
    assert {each.get("supported") for each in scan.iter("compression")} <= {"0"}


def test_plain_http_is_sent_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
    connection.request("GET", "/orders/?page=2", headers={"Host": SITE})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{SITE}/orders/?page=2"
    connection.close()


def test_each_header_of_safety_comes_once(front: Front) -> None:
    answer, _ = front.ask("/livez")
    assert answer.status == 200
    once = {
        "Strict-Transport-Security": HSTS,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    assert {name: answer.headers.get_all(name) for name in once} == {
        name: [value] for name, value in once.items()
    }
    assert len(answer.headers.get_all("Content-Security-Policy") or ()) == 1
    assert answer.headers["Server"] == "nginx"


def test_static_files_are_kept_and_sent_small(front: Front) -> None:
    path = "/static/app.0123.js"
    for accepted, encoding, content in (
        ("identity", None, b"plain"),
        ("gzip", "gzip", gzip.compress(b"zipped")),
        ("gzip, br", "br", b"as brotli"),
    ):
        answer, found = front.ask(path, Accept_Encoding=accepted)
        assert answer.headers["Content-Encoding"] == encoding
        assert gzip.decompress(found) == b"zipped" if encoding == "gzip" else found == content
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers.get_all("Strict-Transport-Security") == [HSTS]
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert front.ask("/static/viewer.0123.mjs")[0].headers["Content-Type"].startswith("text/javas")
    assert b"worker_processes" not in front.ask("/static/../../nginx.conf")[1]
    gone, _ = front.ask("/static/gone.js")
    assert gone.status == 404 and gone.headers["Cache-Control"] is None


def test_http_2_carries_requests(front: Front) -> None:
    words = ["--http2", "--insecure", "--silent", "--header", f"Host: {SITE}"]
    told = ["--output", os.devnull, "--write-out", "%{http_version} %{http_code}"]
    address = f"https://127.0.0.1:{front.secure}/livez"
    found = subprocess.run(["curl", *words, *told, address], capture_output=True, check=True)
    assert found.stdout == b"2 200"


def test_what_a_client_says_of_itself_is_not_passed_on(front: Front) -> None:
    forged = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "http", "Forwarded": "for=6.6.6.6"}
    answer, _ = front.ask("/livez", **forged, X_Forwarded_Host="evil.example", Proxy="http://evil")
    # http would have been sent on to https.
    assert answer.status == 200
    wait_until_heard(front, "GET /livez")
    assert front.last_heard() == f"GET /livez for=127.0.0.1 proto=https host={SITE}"


def wait_until_heard(front: Front, words: str) -> None:
    for _ in range(100):
        if words in front.last_heard():
            return
        time.sleep(0.05)
    raise AssertionError(f"gunicorn did not write down {words}.")


class Zeros:
    """A body that is not kept in memory on its way."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = 65536) -> bytes:
        size = min(size, self.left, MEGABYTE)
        self.left -= size
        return bytes(size)


def test_200_megabytes_pass_and_201_are_refused_with_a_sentence(front: Front) -> None:
    path = "/api/v1/parts/uploads/files/upl_none/"
    for size, status in ((200 * MEGABYTE + 4096, 401), (201 * MEGABYTE + 1, 413)):
        body = Zeros(size)
        length = {"Content_Length": str(size), "Expect": "100-continue"}
        # A client that waits for leave to send learns of the refusal before it sent anything.
        answer, content = front.ask(path, "PUT", body if status == 401 else b"", **length)
        assert answer.status == status, content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b"a file may have 200 MB" in content
    answer, content = front.ask("/parts/", "POST", b"", Content_Length=str(201 * MEGABYTE + 1))
    assert answer.status == 413
    assert b"<h1>Too large</h1>" in content and b"200 MB" in content
    assert answer.headers.get_all("Strict-Transport-Security") == [HSTS]


def test_who_is_refused_can_send_all_the_same(front: Front) -> None:
    """Cut off while it sends, nginx would say 502 in place of the refusal (seen now and then)."""
    said = f"PUT /api/v1/parts/uploads/files/upl_none/ HTTP/1.1\r\nHost: {SITE}\r\n"
    said += f"X-Forwarded-Proto: https\r\nContent-Length: {60 * MEGABYTE}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", front.web), timeout=20) as line:
        line.sendall(said.encode())
        for _ in range(60):
            line.sendall(bytes(MEGABYTE))
        assert line.recv(1 << 16).startswith(b"HTTP/1.1 401 ")


def test_sockets_of_open_pages_pass(front: Front) -> None:
    address = f"wss://127.0.0.1:{front.secure}/ws/"
    with connect(address, ssl=trusting(), additional_headers={"X-Forwarded-For": "6.6.6.6"}) as ws:
        heard = [ws.recv(timeout=10) for _ in range(3)]
    assert heard == ["127.0.0.1", "127.0.0.1", "https"]


def test_without_the_application_and_in_a_flood_a_file_says_so(tmp_path: Path) -> None:
    with proxy(tmp_path, free_port(), free_port()) as front:
        answer, content = front.ask("/home/")
        assert answer.status == 502
        assert b"<h1>Back in a moment</h1>" in content
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
            "10",
            "no-store",
        )
        assert answer.headers.get_all("Strict-Transport-Security") == [HSTS]
        answer, content = front.ask("/api/v1/orders/")
        assert (answer.status, answer.headers["Content-Type"]) == (502, "application/problem+json")
        assert b"same Idempotency-Key" in content
        # The pages have no address of their own.
        assert front.ask("/nginx-pages/502.html")[0].status == 404

        said = flood(front, 300)
        assert said.count(b"HTTP/1.1 502") >= 120
        refused = said[said.index(b"HTTP/1.1 429") :]
        assert b"Retry-After: 5" in refused and b"<h1>Too many requests</h1>" in refused
        assert b"Strict-Transport-Security" in refused
        assert front.ask("/static/app.0123.js")[0].status == 200


def flood(front: Front, count: int) -> bytes:
    """Requests one behind the other on one line, without waiting for an answer; all answers."""
    one = f"GET /home/ HTTP/1.1\r\nHost: {SITE}\r\n"
    asked = f"{one}\r\n" * (count - 1) + f"{one}Connection: close\r\n\r\n"
    said = bytearray()
    with (
        socket.create_connection(("127.0.0.1", front.secure), timeout=60) as bare,
        trusting().wrap_socket(bare, server_hostname=SITE) as line,
    ):
        # Some 15 KB, which wait in the sockets. One thread: OpenSSL's object serves one at a time.
        line.sendall(asked.encode())
        while piece := line.recv(65536):
            said += piece
    return bytes(said)
