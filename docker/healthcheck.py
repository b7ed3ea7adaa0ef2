"""Exit 0 when the web process answers, or the process on the port given; 1 otherwise.

It speaks as the proxy does: with the site's own host name, or Django refuses the request, and as
HTTPS, or Django redirects it.
"""

import os
import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

PORT = "8000"
PATIENCE_SECONDS = 4


def main() -> int:
    """The exit code."""
    address = f"http://127.0.0.1:{sys.argv[1] if len(sys.argv) > 1 else PORT}/livez"
    host = urlsplit(os.environ.get("SITE_URL", "")).netloc or "localhost"
    request = Request(
        address,
        headers={"Host": host, "X-Forwarded-Proto": "https"},
    )
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except (URLError, OSError) as error:
        sys.stderr.write(f"{address}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
