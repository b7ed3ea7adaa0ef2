"""A TCP proxy that misbehaves on demand: it stands between the product and what the product needs.

`Proxy(port)` listens on a port of its own and hands everything on. What it does instead is its
`fault`: refuse, hang, delay, cut off, keep answers back, answer with an HTTP status.
"""

from __future__ import annotations

import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 65536
LOOPBACK = "127.0.0.1"
# On closing a socket with this the other side gets a reset, as from a machine that died.
AT_ONCE = struct.pack("ii", 1, 0)


class Proxy:
    """Hands connections on to a port, of this machine unless said; `target` may be changed while
    it runs.

    `passed` counts connections that were opened, `swallowed` the answers its last fault kept back.
    """

    def __init__(
        self, target: int, *, host: str = LOOPBACK, listens: str = LOOPBACK, port: int = 0
    ) -> None:
        self._host, self._listens = host, listens
        self.target, self.passed, self.swallowed = target, 0, 0
        self.fault, self._detail, self._skipped = "", "", 0
        self._guard, self._open = threading.Lock(), set[socket.socket]()
        self._listener = _listen(listens, port)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens, and connections that are open are reset."""
        self._close()
        try:
            yield
        finally:
            self._listener = _listen(self._listens, self.port)
            self._thread = threading.Thread(
                target=self._accept, args=(self._listener,), daemon=True
            )
            self._thread.start()

    @contextmanager
    def faulty(self, fault: str, detail: str = "", after: int = 0) -> Iterator[None]:
        """One of these inside the block:

        - hang: connections are taken, and nothing is handed on any more;
        - delay: each piece waits `detail` seconds;
        - lose_answer: what is asked arrives; where it holds `detail`, for the first time after
          `after` others, the connection is reset instead of the answer being handed on;
        - status: `HTTP/1.1 <detail>` is the answer to everything.
        """
        self.fault, self._detail, self._skipped, self.swallowed = fault, detail, after, 0
        try:
            yield
        finally:
            self.fault, self._detail = "", ""
            if fault == "hang":
                # What was kept back would arrive out of its order.
                self.cut()

    def cut(self) -> None:
        """Reset every connection that is open."""
        with self._guard:
            found, self._open = self._open, set()
        for one in found:
            _reset(one)

    def stop(self) -> None:
        """Listen no more, and let nothing stay open."""
        self._close()

    def _close(self) -> None:
        # Shut down first: closing alone leaves the thread waiting in accept().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.passed += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._guard:
            self._open.add(client)
        if self.fault == "hang":
            return
        if self.fault == "status":
            _answer(client, self._detail)
            return
        try:
            server = socket.create_connection((self._host, self.target))
        except OSError:
            _reset(client)
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._guard:
            self._open.add(server)
        loses = threading.Event()
        for source, sink, asks in ((client, server, True), (server, client, False)):
            words = (source, sink, loses, asks)
            threading.Thread(target=self._hand_on, args=words, daemon=True).start()

    def _hand_on(
        self, source: socket.socket, sink: socket.socket, loses: threading.Event, asks: bool
    ) -> None:
        try:
            while piece := source.recv(PIECE):
                if self.fault == "hang":
                    return
                if self.fault == "delay":
                    time.sleep(float(self._detail))
                if self.fault == "lose_answer" and asks and self._detail.encode() in piece:
                    self._skipped -= 1
                    if self._skipped < 0 and not self.swallowed:
                        loses.set()
                if loses.is_set() and not asks:
                    self.swallowed += 1
                    _reset(sink)
                    _reset(source)
                    return
                sink.sendall(piece)
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            _reset(sink)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    return listener


def _answer(client: socket.socket, status: str) -> None:
    with suppress(OSError):
        client.settimeout(5)
        client.recv(PIECE)
        head = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        client.shutdown(socket.SHUT_WR)
        # A reset before the whole request was read would take the answer away again.
        while client.recv(PIECE):
            pass
    client.close()


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    with suppress(OSError):
        # Wakes the thread that reads from it.
        one.shutdown(socket.SHUT_RD)
    one.close()


if __name__ == "__main__":
    # In a network of its own: where it listens, its port, whom it hands on to.
    listens, own, host, port = sys.argv[1:]
    Proxy(int(port), host=host, listens=listens, port=int(own))
    signal.pause()
