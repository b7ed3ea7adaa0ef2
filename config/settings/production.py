"""Production: everything from the environment, strict transport, errors reported."""

import sentry_sdk

from config.settings.base import *  # noqa: F403
from config.settings.base import ENV, ENVIRONMENT
from marketplace.core.scrubbing import scrub_report

SECURE_SSL_REDIRECT = ENV.ssl_redirect
SECURE_HSTS_SECONDS = ENV.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# A browser takes such a name only over https, for this host alone.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
if ENV.stripe_api_host:
    # Of the test twin only, whose payments go to the sandbox; config/env.py refuses live keys.
    SILENCED_SYSTEM_CHECKS = ["djstripe.W002"]
if ENV.sentry_dsn:
    sentry_sdk.init(
        dsn=ENV.sentry_dsn,
        environment=ENVIRONMENT,
        traces_sample_rate=0.1,
        send_default_pii=False,
        # Local variables of a frame may hold a password somebody just typed.
        include_local_variables=False,
        before_send=scrub_report,
        before_send_transaction=scrub_report,
    )
