"""What is wrong with the values that are set: malformed ones, and those of a template.

Each fault is a sentence with the variable's name; `config/env.py` gathers them all.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import environ

BOOLEANS = (
    "DEBUG",
    "CORS_ALLOW_CREDENTIALS",
    "STRIPE_LIVE_MODE",
    "RATE_LIMIT_ENABLED",
    "SECURE_SSL_REDIRECT",
    "REQUIRE_STAFF_SECOND_FACTOR",
    "WEBHOOK_PRIVATE_ADDRESSES",
    "MCP_ENABLED",
    "EMAIL_USE_TLS",
    "COMMISSION_RETURNED_ON_REFUND",
)
ON = environ.Env.BOOLEAN_TRUE_STRINGS
OFF = ("false", "off", "no", "n", "0", "")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SCHEMES = {
    "DATABASE_URL": ("postgres", "postgresql", "sqlite"),
    "REDIS_URL": ("redis", "rediss", "unix"),
    "SITE_URL": ("https", "http"),
    "SENTRY_DSN": ("https", "http"),
}
# What stands in templates and guides for a value of one's own.
PLACEHOLDER = re.compile(
    r"change[-_ ]?me|replace[-_ ]?me|<[^<>]*>|\.\.\.|:PASSWORD@|\bexample\.(com|org|net)\b"
    r"|\byour[-_ ]\w+|\btodo\b",
    re.IGNORECASE,
)
FILLED_IN = (
    "SECRET_KEY",
    "JWT_SECRET_KEY",
    "ENCRYPTION_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "ALLOWED_ORIGINS",
    "EMAIL_FROM",
    "EMAIL_HOST",
    "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD",
    "SENDGRID_API_KEY",
    "MAILGUN_API_KEY",
    "MAILGUN_SENDER_DOMAIN",
    "SENTRY_DSN",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "AWS_STORAGE_BUCKET_NAME",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
)
STRIPE_KEYS = {
    "STRIPE_SECRET_KEY": ("sk_test_", "sk_live_", "rk_test_", "rk_live_"),
    "STRIPE_PUBLISHABLE_KEY": ("pk_test_", "pk_live_"),
}
# How the ids look that stand in pages.
IDS = {
    "GOOGLE_ANALYTICS_ID": (r"G-[A-Z0-9]{4,20}", "looks like G-XXXXXXXXXX"),
    "MIXPANEL_TOKEN": (r"[0-9a-f]{32}", "has 32 digits 0 to 9 and a to f"),
    "VAPID_PRIVATE_KEY": (r"[A-Za-z0-9_-]{43}", "is 32 random bytes in base64url, 43 characters"),
}
# What each way of sending mail cannot do without.
OF_PROVIDER = {
    "sendgrid": ("SENDGRID_API_KEY",),
    "mailgun": ("MAILGUN_API_KEY", "MAILGUN_SENDER_DOMAIN"),
}


def faults_of_values(env: environ.Env, *, production: bool) -> Iterator[str]:
    """Every fault of form; in production also templates' values and what does not fit together."""
    yield from _faults_of_form(env)
    if production:
        yield from _placeholders(env)
        yield from _faults_of_addresses(env)
        yield from _faults_of_keys(env)


def _faults_of_form(env: environ.Env) -> Iterator[str]:
    for name in BOOLEANS:
        value = env.str(name, default="")
        if value.lower() not in (*ON, *OFF):
            yield f"{name} is {value!r}; it is on or off."
    for name, schemes in SCHEMES.items():
        value = env.str(name, default="")
        if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            yield f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)}."
    for origin in origins_of(env):
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", origin):
            yield (
                f"ALLOWED_ORIGINS has {origin!r}; an origin is https://host or https://host:port, "
                "one for each, without a path and without *."
            )
    for name, (pattern, shape) in IDS.items():
        value = env.str(name, default="")
        if value and not re.fullmatch(pattern, value):
            yield f"{name} {shape}."
    level = env.str("LOG_LEVEL", default="INFO")
    if level not in LEVELS:
        yield f"LOG_LEVEL is {level!r}; it is one of {', '.join(LEVELS)}."
    port = env.str("EMAIL_PORT", default="25")
    if not port.isdigit():
        yield f"EMAIL_PORT is {port!r}; it must be a whole number."


def origins_of(env: environ.Env) -> list[str]:
    """ALLOWED_ORIGINS as browsers send origins; spaces and a closing slash are forgiven."""
    told = (origin.strip() for origin in env.list("ALLOWED_ORIGINS", default=[]))
    return [origin.rstrip("/") for origin in told if origin]


def _placeholders(env: environ.Env) -> Iterator[str]:
    for name in FILLED_IN:
        if PLACEHOLDER.search(env.str(name, default="")):
            yield f"{name} still holds the value of the template; put your own in its place."


def _faults_of_addresses(env: environ.Env) -> Iterator[str]:
    if any(origin.startswith("http:") for origin in origins_of(env)):
        yield "ALLOWED_ORIGINS must begin with https:// in production."
    site, hosts = env.str("SITE_URL", default=""), env.list("ALLOWED_HOSTS", default=[])
    if not site:
        return
    parts = urlsplit(site)
    if parts.scheme != "https":
        yield "SITE_URL must begin with https:// in production."
    if parts.path not in ("", "/") or parts.query:
        yield "SITE_URL is an address without a path."
    if "*" in hosts:
        yield "ALLOWED_HOSTS must name the hosts; * serves any name somebody points here."
    elif hosts and not any(_serves(host, parts.hostname or "") for host in hosts):
        yield f"ALLOWED_HOSTS must contain {parts.hostname}, the host of SITE_URL."


def _serves(pattern: str, host: str) -> bool:
    """As Django reads ALLOWED_HOSTS: ".x.y" is the domain and everything below it."""
    return host == pattern or (
        pattern.startswith(".") and (host == pattern[1:] or host.endswith(pattern))
    )


def _faults_of_keys(env: environ.Env) -> Iterator[str]:
    live = env.str("STRIPE_LIVE_MODE", default="").lower() in ON
    for name, beginnings in STRIPE_KEYS.items():
        value = env.str(name, default="")
        if not value:
            continue
        if not value.startswith(beginnings):
            yield f"{name} begins with {' or '.join(beginnings)}; see Stripe's dashboard."
        elif ("_live_" in value[:9]) != live:
            yield (
                f"{name} is a {'live' if '_live_' in value[:9] else 'test'} key and "
                f"STRIPE_LIVE_MODE is {'on' if live else 'off'}; they must fit together."
            )
    secrets = env.list("STRIPE_WEBHOOK_SECRET", default=[])
    if any(not secret.startswith("whsec_") for secret in secrets):
        yield "STRIPE_WEBHOOK_SECRET begins with whsec_; `manage.py bootstrap_stripe` prints them."
    for name in OF_PROVIDER.get(env.str("EMAIL_PROVIDER", default=""), ()):
        if not env.str(name, default=""):
            yield f"{name} is missing; EMAIL_PROVIDER needs it."
