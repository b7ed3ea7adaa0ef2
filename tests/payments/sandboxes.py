"""Sandboxes by the dozen: one process that has read the program forks one for each test.

Each is a process of its own, with its own port and file, as if started by the command line; only
reading the program anew, most of a start, is saved. `python -m tests.payments.sandboxes SECRET`
takes the file of a database a line on its standard input and answers with the id of the process,
then with the line the sandbox itself prints. It ends with its input.
"""

from __future__ import annotations

import os
import signal
import sys

from payments.sandbox.__main__ import main


def serve(secret: str) -> None:
    """Fork a sandbox for every line until the input ends."""
    # Nobody waits for the children: the kernel forgets them when they end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdout.write(f"{os.getpid()}\n")
            words = ["--port", "0", "--webhook", "", "--secret", secret, "--db", line.strip()]
            code = main(words)
            sys.stdout.flush()
            os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
