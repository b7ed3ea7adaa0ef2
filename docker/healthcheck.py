"""Exit 0 when the web process answers, 1 otherwise. Run by the image's HEALTHCHECK.

It speaks as the proxy does: with the site's own host name, or Django refuses the request, and as
HTTPS, or Django redirects it.
"""

import os
import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

ADDRESS = "http://127.0.0.1:8000/livez"
PATIENCE_SECONDS = 4


def main() -> int:
    """The exit code."""
    host = urlsplit(os.environ.get("SITE_URL", "")).netloc or "localhost"
    request = Request(ADDRESS, headers={"Host": host, "X-Forwarded-Proto": "https"})
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except (URLError, OSError) as error:
        sys.stderr.write(f"{ADDRESS}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
