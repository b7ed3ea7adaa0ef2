"""A mail server of the standard library that keeps what it was given."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes
from email.message import Message


class Postbox(socketserver.ThreadingTCPServer):
    """Listens on a loopback port; `mails` are those it acknowledged."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[Message] = []
        self.port: int = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def got(self, address: str) -> int:
        """How many mails went to an address."""
        return sum(address in (mail["To"] or "") for mail in self.mails)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: Postbox

    def handle(self) -> None:
        self._say("220 postbox")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"DATA"):
                self._say("354 go on")
                self.server.mails.append(message_from_bytes(self._body()))
                self._say("250 kept")
            elif word.startswith(b"QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
