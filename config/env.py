"""The environment, read and checked once.

`read_environment()` collects every fault before it speaks, so an operator mends one list instead
of meeting the faults one start at a time.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import available_timezones

import environ

from config.env_checks import faults_of_values, origins_of
from config.secret_files import read_secret_files

BASE_DIR = Path(__file__).resolve().parent.parent
# A second installation on one machine, such as the test twin, keeps its things elsewhere.
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")
ENVIRONMENTS = ("development", "testing", "production")
DEVELOPMENT_KEYS = {
    "SECRET_KEY": "development-only-secret-key-never-used-in-production",  # nosec B105
    "JWT_SECRET_KEY": "development-only-jwt-key-never-used-in-production",  # nosec B105
    "ENCRYPTION_KEY": "development-only-encryption-key-never-used-in-production",
}
# Ways to pay by Stripe's names, and where it keeps accounts that European transfers go to.
PAYMENT_WAYS = ("card", "sepa_debit", "customer_balance")
TRANSFER_COUNTRIES = ("BE", "DE", "ES", "FR", "IE", "NL")
LOG_FORMATS = ("text", "json")
SENDERS = ("sendgrid", "ses", "mailgun", "smtp")
SANDBOX_HOST = "http://127.0.0.1:12111"
SANDBOX_SECRET_KEY = "sk_test_" + "sandbox0" * 3
SANDBOX_PUBLIC_KEY = "pk_test_" + "sandbox0" * 3
SANDBOX_WEBHOOK_SECRET = "whsec_sandbox"  # noqa: S105 - of the sandbox, which is no secret


class EnvironmentFault(Exception):
    """The environment cannot serve; the message lists every fault with the variable's name."""

    def __init__(self, faults: list[str]) -> None:
        listed = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"The environment cannot serve:\n{listed}")
        self.faults = faults


@dataclass(frozen=True)
class Environment:
    """Checked values. URLs are strings, sizes bytes, ages seconds, rates basis points."""

    name: str
    debug: bool
    secret_keys: list[str]
    jwt_secret_keys: list[str]
    encryption_keys: list[str]
    database_url: str
    redis_url: str
    live_port: int
    site_url: str
    site_name: str
    allowed_hosts: list[str]
    allowed_origins: list[str]
    cors_allow_credentials: bool
    trusted_proxies: int
    log_level: str
    log_format: str
    log_dir: str
    sentry_dsn: str
    release: str
    metrics_token: str = field(repr=False)
    alert_emails: list[str]
    alert_webhook_url: str
    email_provider: str
    email_from: str
    s3_bucket: str
    commission_bps: int
    payment_ways: list[str]
    bank_transfer_country: str
    stripe_live_mode: bool
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secrets: list[str]
    stripe_api_host: str
    rate_limit_enabled: bool
    rate_limit_per_minute: int
    ssl_redirect: bool
    hsts_seconds: int
    require_staff_second_factor: bool
    google_client_id: str
    google_client_secret: str
    google_analytics_id: str
    mixpanel_token: str
    vapid_private_key: str = field(repr=False)
    webhooks_may_be_private: bool
    mcp_enabled: bool
    mcp_token: str = field(repr=False)
    twin_url: str
    twin_of: str
    twin_key: str = field(repr=False)
    sandbox_host: str
    exchange_rate_url: str
    exchange_rate_max_age_days: int
    digest_time_zone: str
    backup_dir: str
    backup_days: int
    backup_s3_bucket: str
    raw: environ.Env = field(repr=False)


def _takes_files(folder: str) -> bool:
    """Whether the folder is there, or can be made, and takes files."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _faults_of_watching(built: Environment) -> list[str]:
    """What hinders logs, metrics and alerts."""
    faults = []
    if built.log_format not in LOG_FORMATS:
        faults.append(f"LOG_FORMAT is one of {', '.join(LOG_FORMATS)}.")
    if built.log_dir and not _takes_files(built.log_dir):
        faults.append("LOG_DIR must be a folder this process may write to.")
    if built.metrics_token and len(built.metrics_token) < 24:
        faults.append("METRICS_TOKEN must be a random value of at least 24 characters.")
    if any("@" not in address for address in built.alert_emails):
        faults.append("ALERT_EMAILS holds addresses, divided by commas.")
    if built.alert_webhook_url and not built.alert_webhook_url.startswith("http"):
        faults.append("ALERT_WEBHOOK_URL must be a web address.")
    if built.name == "production" and built.alert_webhook_url.startswith("http:"):
        faults.append("ALERT_WEBHOOK_URL must begin with https://.")
    return faults


def read_environment(*, as_production: bool = False) -> Environment:
    """Read the process environment (and `.env` beside manage.py when there is one).

    `as_production` reads it as if ENVIRONMENT said so. Raises EnvironmentFault naming every
    missing, malformed or forbidden variable, and those that hold a template's value.
    """
    env = environ.Env()
    if (BASE_DIR / ".env").exists():
        environ.Env.read_env(BASE_DIR / ".env")
    faults = read_secret_files()
    name = "production" if as_production else env.str("ENVIRONMENT", default="development")
    production = name == "production"
    faults.extend(faults_of_values(env, production=production))
    if name not in ENVIRONMENTS:
        faults.append(f"ENVIRONMENT is {name!r}; use one of {', '.join(ENVIRONMENTS)}.")

    def required(variable: str, default: str) -> str:
        value = env.str(variable, default="" if production else default)
        if production and not value:
            faults.append(f"{variable} is missing.")
        return value

    def keys(variable: str) -> list[str]:
        """The newest key first; older ones, behind commas, still open what they closed."""
        text = required(variable, DEVELOPMENT_KEYS[variable])
        values = [value.strip() for value in text.split(",") if value.strip()]
        weak = [v for v in values if v in DEVELOPMENT_KEYS.values() or len(v) < 32]
        if production and weak:
            faults.append(f"{variable} must be a random value of at least 32 characters.")
        if text and not values:
            faults.append(f"{variable} holds no key.")
        return values

    def number(variable: str, default: int) -> int:
        text = env.str(variable, default=str(default))
        if not text.isdigit():
            faults.append(f"{variable} is {text!r}; it must be a whole number.")
            return default
        return int(text)

    debug = env.bool("DEBUG", default=False)
    if production and debug:
        faults.append("DEBUG must be off in production.")
    live = env.bool("STRIPE_LIVE_MODE", default=False)
    stripe_key = env.str("STRIPE_SECRET_KEY", default="")
    twin_of = env.str("TWIN_OF", default="").rstrip("/")
    sandbox = not stripe_key and (not production or bool(twin_of))
    sandbox_host = env.str("STRIPE_SANDBOX_HOST", default="") or SANDBOX_HOST
    api_host = env.str("STRIPE_API_HOST", default=sandbox_host if sandbox else "")
    if production and not stripe_key and not sandbox:
        faults.append("STRIPE_SECRET_KEY is missing.")
    if not production and ("_live_" in stripe_key or live):
        faults.append("STRIPE_SECRET_KEY and STRIPE_LIVE_MODE: live keys serve only in production.")
    if api_host and (live or "_live_" in stripe_key):
        faults.append("STRIPE_API_HOST redirects Stripe and must be empty with live keys.")
    secrets = env.list("STRIPE_WEBHOOK_SECRET", default=[SANDBOX_WEBHOOK_SECRET] if sandbox else [])
    if not secrets:
        faults.append("STRIPE_WEBHOOK_SECRET is missing (several may stand, divided by commas).")
    own_keys = [keys("SECRET_KEY"), keys("JWT_SECRET_KEY"), keys("ENCRYPTION_KEY")]
    all_keys = [value for values in own_keys for value in values]
    if production and all(own_keys) and len(set(all_keys)) < len(all_keys):
        faults.append("SECRET_KEY, JWT_SECRET_KEY and ENCRYPTION_KEY must differ from each other.")
    port = env.str("PORT", default="8000")
    built = Environment(
        name=name,
        debug=debug,
        secret_keys=own_keys[0],
        jwt_secret_keys=own_keys[1],
        encryption_keys=own_keys[2],
        database_url=required("DATABASE_URL", f"sqlite:///{VAR_DIR / 'marketplace.sqlite3'}"),
        redis_url=required("REDIS_URL", ""),
        live_port=number("LIVE_PORT", 0),
        site_url=required("SITE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        site_name=env.str("SITE_NAME", default="Partlane Test" if twin_of else "Partlane"),
        allowed_hosts=env.list("ALLOWED_HOSTS", default=[] if production else ["*"]),
        allowed_origins=origins_of(env),
        cors_allow_credentials=env.bool("CORS_ALLOW_CREDENTIALS", default=False),
        trusted_proxies=number("TRUSTED_PROXY_COUNT", 1 if production else 0),
        log_level=env.str("LOG_LEVEL", default="INFO"),
        log_format=env.str("LOG_FORMAT", default="text"),
        log_dir=env.str("LOG_DIR", default=""),
        sentry_dsn=env.str("SENTRY_DSN", default=""),
        release=env.str("RELEASE", default="") or "unreleased",
        metrics_token=env.str("METRICS_TOKEN", default=""),
        alert_emails=env.list("ALERT_EMAILS", default=[]),
        alert_webhook_url=env.str("ALERT_WEBHOOK_URL", default=""),
        email_provider=env.str("EMAIL_PROVIDER", default="" if production else "file"),
        email_from=env.str("EMAIL_FROM", default="no-reply@localhost"),
        s3_bucket=env.str("AWS_STORAGE_BUCKET_NAME", default=""),
        commission_bps=number("COMMISSION_BPS", 800),
        payment_ways=env.list(
            "PAYMENT_WAYS", default=["card"] if production else list(PAYMENT_WAYS)
        ),
        bank_transfer_country=env.str("BANK_TRANSFER_COUNTRY", default="DE"),
        stripe_live_mode=live,
        stripe_secret_key=stripe_key or SANDBOX_SECRET_KEY,
        stripe_publishable_key=SANDBOX_PUBLIC_KEY
        if sandbox
        else required("STRIPE_PUBLISHABLE_KEY", SANDBOX_PUBLIC_KEY),
        stripe_webhook_secrets=secrets,
        stripe_api_host=api_host,
        rate_limit_enabled=env.bool("RATE_LIMIT_ENABLED", default=True),
        rate_limit_per_minute=number("RATE_LIMIT_REQUESTS_PER_MINUTE", 100),
        ssl_redirect=env.bool("SECURE_SSL_REDIRECT", default=production),
        hsts_seconds=number("SECURE_HSTS_SECONDS", 63072000 if production else 0),
        require_staff_second_factor=env.bool(
            "REQUIRE_STAFF_SECOND_FACTOR", default=name != "development"
        ),
        google_client_id=env.str("GOOGLE_CLIENT_ID", default=""),
        google_client_secret=env.str("GOOGLE_CLIENT_SECRET", default=""),
        google_analytics_id=env.str("GOOGLE_ANALYTICS_ID", default=""),
        mixpanel_token=env.str("MIXPANEL_TOKEN", default=""),
        vapid_private_key=env.str("VAPID_PRIVATE_KEY", default=""),
        webhooks_may_be_private=env.bool(
            "WEBHOOK_PRIVATE_ADDRESSES", default=name == "development"
        ),
        mcp_enabled=env.bool("MCP_ENABLED", default=False),
        mcp_token=env.str("MCP_TOKEN", default=""),
        twin_url=env.str("TWIN_URL", default="").rstrip("/"),
        twin_of=twin_of,
        twin_key=env.str("TWIN_KEY", default=""),
        sandbox_host=sandbox_host,
        exchange_rate_url=env.str("EXCHANGE_RATE_URL", default=""),
        # Development shows the dated rates it is shipped with; where money is real they expire.
        exchange_rate_max_age_days=number(
            "EXCHANGE_RATE_MAX_AGE_DAYS", 3650 if name == "development" else 7
        ),
        digest_time_zone=env.str("DIGEST_TIME_ZONE", default="UTC"),
        backup_dir=env.str("BACKUP_DIR", default=str(VAR_DIR / "backups")),
        backup_days=number("BACKUP_DAYS", 30),
        backup_s3_bucket=env.str("BACKUP_S3_BUCKET", default=""),
        raw=env,
    )
    if "card" not in built.payment_ways or set(built.payment_ways) - set(PAYMENT_WAYS):
        faults.append(f"PAYMENT_WAYS names card and any of {', '.join(PAYMENT_WAYS[1:])}.")
    if built.bank_transfer_country not in TRANSFER_COUNTRIES:
        faults.append(f"BANK_TRANSFER_COUNTRY is one of {', '.join(TRANSFER_COUNTRIES)}.")
    if built.digest_time_zone not in available_timezones():
        faults.append("DIGEST_TIME_ZONE must be a name such as Europe/Berlin or UTC.")
    if built.backup_days < 1:
        faults.append("BACKUP_DAYS must be at least 1.")
    if built.backup_s3_bucket and built.backup_s3_bucket == built.s3_bucket:
        faults.append("BACKUP_S3_BUCKET must be another bucket than AWS_STORAGE_BUCKET_NAME.")
    if built.exchange_rate_url and not built.exchange_rate_url.startswith("https://"):
        faults.append("EXCHANGE_RATE_URL must begin with https://.")
    if production and built.webhooks_may_be_private:
        faults.append("WEBHOOK_PRIVATE_ADDRESSES must be off in production.")
    if production and not built.require_staff_second_factor:
        faults.append("REQUIRE_STAFF_SECOND_FACTOR must stay on in production.")
    faults.extend(_twin_faults(built))
    if bool(built.google_client_id) != bool(built.google_client_secret):
        faults.append("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: set both.")
    faults += _faults_of_watching(built)
    if production and not built.allowed_hosts:
        faults.append("ALLOWED_HOSTS is missing.")
    if production and built.email_provider not in SENDERS:
        faults.append("EMAIL_PROVIDER must be sendgrid, ses, mailgun or smtp.")
    elif built.email_provider not in (*SENDERS, "console", "file"):
        faults.append("EMAIL_PROVIDER must be sendgrid, ses, mailgun, smtp, console or file.")
    if faults:
        raise EnvironmentFault(faults)
    return built


def production_faults() -> list[str]:
    """What production would refuse in the environment as it is; empty for nothing."""
    try:
        read_environment(as_production=True)
    except EnvironmentFault as error:
        return error.faults
    return []


def _twin_faults(built: Environment) -> list[str]:
    """What is wrong with the test twin's variables, as sentences."""
    faults = []
    if built.twin_url and built.twin_of:
        faults.append("TWIN_URL stands in the real site's environment, TWIN_OF in the twin's.")
    if (built.twin_url or built.twin_of) and len(built.twin_key) < 32:
        faults.append(
            "TWIN_KEY must be a random value of at least 32 characters, the same in both."
        )
    if built.twin_of and (built.stripe_live_mode or "_live_" in built.stripe_secret_key):
        faults.append("STRIPE_SECRET_KEY of a test twin must be a test key, or empty.")
    return faults
