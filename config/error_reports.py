"""Error reports: to SENTRY_DSN, without what is private (marketplace/core/scrubbing.py)."""

from typing import Any

import sentry_sdk

from marketplace.core.scrubbing import scrub_report


def _scrub_crumb(crumb: Any, hint: Any = None) -> Any:
    return scrub_report(crumb)


def start_error_reports(dsn: str, *, environment: str, release: str, **options: Any) -> None:
    """Report errors of this process to `dsn`, and one in ten of its requests with its times."""
    sentry_sdk.init(
        **{
            "dsn": dsn,
            "environment": environment,
            "release": release,
            "traces_sample_rate": 0.1,
            "send_default_pii": False,
            # Local variables of a frame may hold a password somebody just typed, bodies a part.
            "include_local_variables": False,
            "max_request_body_size": "never",
            "before_send": scrub_report,
            "before_send_transaction": scrub_report,
            "before_breadcrumb": _scrub_crumb,
            **options,
        }
    )
