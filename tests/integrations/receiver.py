"""A customer's system: a process that keeps what it is sent and answers as it was told.

`python -m tests.integrations.receiver FOLDER` prints its port. FOLDER/answer is a JSON list
[status, body, seconds to wait, location], read anew for each request; FOLDER/taken has a line of
JSON a request.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Keep the request, then answer."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with (FOLDER / "taken").open("a") as taken:
            taken.write(json.dumps({"path": self.path, "headers": headers, "body": body}) + "\n")
        status, text, seconds, location = json.loads((FOLDER / "answer").read_text())
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        try:
            for letter in text:
                self.wfile.write(letter.encode())
                self.wfile.flush()
                time.sleep(seconds)
        except OSError:
            pass  # whoever asked has had enough

    def log_message(self, *args: object) -> None:
        """Say nothing."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)  # noqa: T201
server.serve_forever()
