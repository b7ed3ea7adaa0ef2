"""Secrets that come as files: `SECRET_KEY_FILE=/run/secrets/secret_key` in place of `SECRET_KEY`.

A file is not shown by `docker inspect`, is not handed on to child processes and is in no crash
report. The values are put into the process's environment, where packages read some themselves.
"""

import os
from collections.abc import MutableMapping
from pathlib import Path

SECRETS = (
    "SECRET_KEY",
    "JWT_SECRET_KEY",
    "ENCRYPTION_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "SENTRY_DSN",
    "EMAIL_HOST_PASSWORD",
    "SENDGRID_API_KEY",
    "MAILGUN_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "GOOGLE_CLIENT_SECRET",
    "MCP_TOKEN",
    "METRICS_TOKEN",
    "TWIN_KEY",
    "MIXPANEL_TOKEN",
    "VAPID_PRIVATE_KEY",
)


def read_secret_files(environment: MutableMapping[str, str] = os.environ) -> list[str]:
    """Put the content of every `NAME_FILE` into NAME, without the space around it.

    Returns a sentence for each file that cannot be read, and for each secret given twice.
    """
    faults = []
    for name in SECRETS:
        file = environment.get(f"{name}_FILE", "")
        if not file:
            continue
        try:
            value = Path(file).read_text().strip()
        except OSError as error:
            faults.append(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.")
            continue
        # Read a second time in the same process, the value is there already.
        if environment.get(name, value) not in ("", value):
            faults.append(f"{name} and {name}_FILE are both set; keep one.")
        environment[name] = value
    return faults
