"""The shipped nginx on this machine: its file with other places, a certificate, a client."""

from __future__ import annotations

import os
import shutil
import ssl
from pathlib import Path

from tests.operations.far_side import make_certificate

SITE = "parts.example"


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate(folder: Path) -> None:
    """A self-signed one for a day; nginx finds both, chain and key, in each of its files."""
    folder.mkdir()
    made = make_certificate(folder, days=1)
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copy(made, folder / name)


def configured(text: str, folder: Path, tools: Path, ports: dict[str, int]) -> Path:
    """The shipped file, its `text`, with this machine's places in it; each must be there to be
    replaced."""
    places = {
        "listen 80 default_server": f"listen 127.0.0.1:{ports['plain']} default_server",
        "        listen [::]:80 default_server;\n": "",
        "listen 443 ssl http2 default_server": f"listen 127.0.0.1:{ports['secure']} ssl http2",
        "        listen [::]:443 ssl http2 default_server;\n": "",
        "set $web web:8000": f"set $web 127.0.0.1:{ports['web']}",
        "set $live live:8001": f"set $live 127.0.0.1:{ports['live']}",
        "/etc/nginx/tls/": f"{folder}/tls/",
        "/srv/": f"{folder}/srv/",
        "user www-data;\n": "user root;\n" if os.geteuid() == 0 else "",
        "pid /run/nginx.pid": f"pid {folder}/nginx.pid",
        "access_log /dev/stdout": f"access_log {folder}/access.log",
        "error_log stderr": f"error_log {folder}/error.log",
    }
    for shipped, here in places.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        text = text.replace("http {", f"http {{\n    {name}_temp_path {folder}/{name};", 1)
    (folder / "nginx.conf").write_text(text)
    shutil.copy(tools / "etc/nginx/mime.types", folder)
    (folder / "modules").symlink_to(tools / "usr/lib/nginx/modules")
    return folder / "nginx.conf"
