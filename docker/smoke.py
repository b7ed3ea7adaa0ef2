"""Whether a site that was just deployed serves: `python3 docker/smoke.py https://parts.example`.

Asks the pages and operations that everybody meets first, over the network and without signing in;
the standard library is enough. Prints a line for each and ends with 1 unless all answer as they
must. A site that is just starting is asked again for a minute.
"""

import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

# Path, status, and words that stand in the answer.
ASKED = (
    ("/livez", 200, ""),
    ("/readyz", 200, ""),
    ("/api/v1/health", 200, "status"),
    ("/", 200, "<h1"),
    ("/manufacturers/", 200, "<h1"),
    ("/accounts/login/", 200, "csrfmiddlewaretoken"),
    ("/accounts/signup/", 200, "csrfmiddlewaretoken"),
    ("/status/", 200, "<h1"),
    ("/api/v1/orders/", 401, "title"),
)
SECONDS, PATIENCE, PAUSE = 15.0, 60.0, 2.0


def main(arguments: list[str]) -> int:
    """0 when the site at the address serves, 1 otherwise, 2 without an address."""
    if len(arguments) != 1 or urlsplit(arguments[0]).scheme not in ("http", "https"):
        sys.stderr.write("Say the address of the site: smoke.py https://parts.example\n")
        return 2
    site = arguments[0].rstrip("/")
    wait_for(site)
    failed = 0
    for path, status, words in ASKED:
        found, text = ask(site + path)
        well = found == status and words in text
        failed += not well
        wanted = "" if well else f", {status} was expected{f' with {words!r}' if words else ''}"
        sys.stdout.write(f"{'ok' if well else 'FAILS':6}{path}: {found or text}{wanted}\n")
    return 1 if failed else 0


def wait_for(site: str) -> None:
    """Return when the site answers that it lives, or when a minute is over."""
    until = time.monotonic() + PATIENCE
    while ask(f"{site}/livez")[0] != 200 and time.monotonic() < until:
        time.sleep(PAUSE)


def ask(url: str) -> tuple[int, str]:
    """Status and text of an answer; 0 and the reason when there was none."""
    try:
        request = Request(url, headers={"User-Agent": "smoke test"})  # noqa: S310 - http(s) above
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read().decode(errors="replace")
    except HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (URLError, OSError, HTTPException) as error:
        return 0, f"no answer ({error})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
