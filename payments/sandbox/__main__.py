"""``python -m payments.sandbox``: start the sandbox and serve until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from .server import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, print one ``Ready`` line and serve."""
    parser = argparse.ArgumentParser(prog="python -m payments.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=12111, help="0 chooses a free port")
    parser.add_argument(
        "--webhook",
        default="http://127.0.0.1:8000/webhooks/stripe/",
        help="where events are delivered; empty for nowhere",
    )
    parser.add_argument("--secret", default="whsec_sandbox", help="signs the webhooks")
    parser.add_argument("--db", default="var/sandbox.sqlite3", help="SQLite file of the sandbox")
    options = parser.parse_args(arguments)
    Path(options.db).parent.mkdir(parents=True, exist_ok=True)
    try:
        sandbox = Sandbox(options.port, options.webhook, options.secret, options.db)
    except OSError as error:
        sys.stderr.write(
            f"The sandbox cannot listen on port {options.port}: {error.strerror}." + "\n"
        )
        return 1
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1

    def leave(*_: object) -> None:
        threading.Thread(target=sandbox.stop).start()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    sys.stdout.write(f"Stripe sandbox (no real money): {sandbox.base_url}\n")
    sys.stdout.flush()
    sandbox.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
