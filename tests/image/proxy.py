"""The proxy's image: this machine's nginx with the file, pages and static files its stage took."""

import http.client
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from marketplace.operations.embedded import free_port, wait_for_port
from marketplace.operations.system_packages import PROXY_FOLDER, NotUnpacked, unpacked
from tests.image.build import NotBuilt
from tests.image.recipe import Stage
from tests.operations.nginx_here import certificate, configured, trusting

GRACE_SECONDS = 10


@dataclass
class Proxy:
    """nginx in front of the started services."""

    process: subprocess.Popen[bytes]
    root: Path
    port: int
    host: str
    end: signal.Signals

    def ask(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """What it answers over TLS, read to its end."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=trusting(), timeout=30
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": self.host, **named})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def serves_what_was_collected(self) -> bool:
        """A style sheet of the application's image, packed, and kept for as long as one may."""
        packed = next((self.root / "srv" / "static").rglob("*.css.br"))
        name = packed.relative_to(self.root / "srv").as_posix().removesuffix(".br")
        answer = self.ask(f"/{name}", Accept_Encoding="br")
        return (
            answer.status == 200
            and answer.headers["Content-Encoding"] == "br"
            and "immutable" in answer.headers["Cache-Control"]
        )

    def says_that_the_site_is_away(self) -> bool:
        """A page of its own, with when to try again."""
        answer = self.ask("/")
        return answer.status == 502 and bool(answer.headers["Retry-After"])

    def stops(self) -> bool:
        """Whether it ends by the image's own signal within the grace an engine gives."""
        self.process.send_signal(self.end)
        try:
            return self.process.wait(timeout=GRACE_SECONDS) == 0
        except subprocess.TimeoutExpired:
            return False


def start(stage: Stage, root: Path, host: str, web: int, live: int) -> Proxy:
    """nginx as the stage `proxy` ends, in front of these two ports. Raises NotBuilt."""
    try:
        tools = unpacked(PROXY_FOLDER)
    except NotUnpacked as fault:
        raise NotBuilt(str(fault)) from fault
    ports = {"plain": free_port(), "secure": free_port(), "web": web, "live": live}
    certificate(root / "tls")
    text = (root / "etc" / "nginx" / "nginx.conf").read_text()
    file = configured(text, root, tools, ports)
    steps = {step.word: step.text for step in stage.steps}
    words = [str(tools / "usr/sbin/nginx"), "-p", str(root), "-c", str(file)]
    process = subprocess.Popen(
        [*words, *yaml.safe_load(steps["CMD"])[1:]], stderr=subprocess.DEVNULL
    )
    wait_for_port(ports["secure"], process)
    return Proxy(process, root, ports["secure"], host, signal.Signals[steps["STOPSIGNAL"]])
