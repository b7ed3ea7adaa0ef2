"""Production: everything from the environment, strict transport, errors reported."""

from config.error_reports import start_error_reports
from config.settings.base import *  # noqa: F403
from config.settings.base import ENV, ENVIRONMENT

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
    start_error_reports(ENV.sentry_dsn, environment=ENVIRONMENT, release=ENV.release)
