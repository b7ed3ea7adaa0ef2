"""What every environment shares. Values come from config/env.py, never from os.environ."""

from pathlib import Path
from typing import Any

import environ

from config.env import BASE_DIR, VAR_DIR
from config.logging import logging_settings
from config.settings.analytics import *  # noqa: F403
from config.settings.api import *  # noqa: F403
from config.settings.environment import ENV
from config.settings.money import *  # noqa: F403
from config.settings.people import *  # noqa: F403

ENVIRONMENT = ENV.name
# What production would refuse in the environment; the launch check asks.
ENVIRONMENT_FAULTS = "config.env.production_faults"
SENTRY_DSN = ENV.sentry_dsn
DEBUG = ENV.debug
SECRET_KEY, *SECRET_KEY_FALLBACKS = ENV.secret_keys
JWT_SECRET_KEYS = ENV.jwt_secret_keys
ENCRYPTION_KEYS = ENV.encryption_keys
ALLOWED_HOSTS = ENV.allowed_hosts
SITE_URL = ENV.site_url
SITE_NAME = ENV.site_name
CSRF_TRUSTED_ORIGINS = [origin for origin in {ENV.site_url, *ENV.allowed_origins} if origin]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

LOCAL_APPS = [
    "marketplace.core",
    "accounts",
    "marketplace.files",
    "marketplace.notifications",
    "marketplace.directory",
    "marketplace.messaging",
    "marketplace.integrations",
    "marketplace.parts",
    "orders",
    "quotes",
    "payments",
    "marketplace.pages",
    "marketplace.operations",
]
INSTALLED_APPS = [
    "marketplace.operations.admin_site.MarketplaceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "axes",
    "rest_framework",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "djstripe",
    *LOCAL_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.core.middleware.RequestIdMiddleware",
    "marketplace.operations.watching.counting.CountingMiddleware",
    # Before whatever may answer by itself: a refusal can be read in a browser too.
    "corsheaders.middleware.CorsMiddleware",
    "marketplace.core.uploads.WholeUploadMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionLifeMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "marketplace.pages.analytics.AnalyticsMiddleware",
    "marketplace.core.middleware.SentenceMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Explicit, because the two packages' automatic patching undo each other.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.notifications.context.site",
                "marketplace.pages.analytics.analytics",
            ],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "marketplace.core.templatetags.formats",
                "accounts.templatetags.settings_pages",
                "orders.templatetags.order_pages",
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data ---------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": environ.Env.db_url_config(ENV.database_url)}
# WAL and a busy timeout let the web process and the worker share one file; IMMEDIATE takes the
# write lock at the start, so a transaction waits its turn instead of failing half-way.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = dict(SQLITE_OPTIONS)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that is gone without a word is given up: while connecting, while a question is not
    # even acknowledged (milliseconds), and while an answer is waited for. A busy one goes on
    # acknowledging, so a long query is not cut.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=3,
        tcp_user_timeout=10_000,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
DJSTRIPE_SCHEMA_DIR = BASE_DIR / "payments" / "djstripe_schema"
CACHES = {
    "default": {
        "BACKEND": "marketplace.core.cache.ForgetfulRedisCache",
        "LOCATION": ENV.redis_url,
        "OPTIONS": {"socket_timeout": 0.4, "socket_connect_timeout": 0.4},
    }
    if ENV.redis_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
MEDIA_ROOT = VAR_DIR / "files"
# How files lie in a bucket. Signed addresses for uploads bind size and hash, which version 4 of the
# signature can; left to itself the library signs them by version 2 in most regions.
BUCKET_OPTIONS: dict[str, Any] = {
    "signature_version": "s3v4",
    "default_acl": "private",
    "querystring_auth": True,
    "querystring_expire": 300,
    "file_overwrite": False,
    # What is larger is read through a file and not kept in memory.
    "max_memory_size": 8 * 1024 * 1024,
}
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "marketplace.files.bucket_storage.BucketStorage",
        "OPTIONS": {"bucket_name": ENV.s3_bucket, **BUCKET_OPTIONS},
    }
    if ENV.s3_bucket
    else {"BACKEND": "marketplace.files.disk_storage.DiskStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MAX_UPLOAD_BYTES = 200 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "marketplace.core.uploads.TidyUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500

# --- Backups ------------------------------------------------------------------------------------
BACKUP_DIR = Path(ENV.backup_dir)
BACKUP_DAYS = ENV.backup_days
BACKUP_S3_BUCKET = ENV.backup_s3_bucket

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Mail ---------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = ENV.email_from
SERVER_EMAIL = ENV.email_from
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = {
    "sendgrid": "anymail.backends.sendgrid.EmailBackend",
    "ses": "anymail.backends.amazon_ses.EmailBackend",
    "mailgun": "anymail.backends.mailgun.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
}[ENV.email_provider]
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = ENV.raw.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = ENV.raw.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = ENV.raw.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = ENV.raw.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = ENV.raw.bool("EMAIL_USE_TLS", default=False)
ANYMAIL = {
    "SENDGRID_API_KEY": ENV.raw.str("SENDGRID_API_KEY", default=""),
    "MAILGUN_API_KEY": ENV.raw.str("MAILGUN_API_KEY", default=""),
    "MAILGUN_SENDER_DOMAIN": ENV.raw.str("MAILGUN_SENDER_DOMAIN", default=""),
}

# --- Background work ----------------------------------------------------------------------------
# "celery" publishes to the broker; "thread" delivers in this process when there is no broker;
# "manual" leaves everything to sweep(), which the tests call.
BACKGROUND = "celery" if ENV.redis_url else "thread"
FACT_SUBSCRIPTIONS = "config.subscriptions.SUBSCRIPTIONS"
FACT_SLOW_HANDLERS = "config.subscriptions.SLOW_HANDLERS"
# With a key, browsers that were asked to are nudged when there is news (web push).
VAPID_PRIVATE_KEY = ENV.vapid_private_key
# Open pages are nudged over Redis by the live process (manage.py live); without Redis they are not.
LIVE_REDIS_URL = ENV.redis_url
LIVE_CHANNEL = "live"
LIVE_TOPICS = "config.live.LIVE_TOPICS"
# 0: the proxy hands /ws/ of the site's own address to the live process. Otherwise the port it has
# on the host of the page.
LIVE_PORT = ENV.live_port
CELERY_BROKER_URL = ENV.redis_url or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A publish is only a nudge: it may cost a request less than half a second, never more.
# Without max_retries kombu goes on trying for seconds while the page waits (measured: 6.5 s). The
# worker has a reconnection loop of its own and does not need them.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 0.4,
    "socket_connect_timeout": 0.4,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
# Everything else is in Celery's own queue, "celery".
SLOW_QUEUE = "slow"
CELERY_TASK_ROUTES = {
    "marketplace.core.tasks.deliver_slow_facts": {"queue": SLOW_QUEUE},
    "marketplace.core.tasks.sweep_slow_deliveries": {"queue": SLOW_QUEUE},
    "marketplace.operations.tasks.back_up": {"queue": SLOW_QUEUE},
    "marketplace.operations.tasks.verify_newest_backup": {"queue": SLOW_QUEUE},
    # Waits for the disk for minutes, beside mail and money.
    "marketplace.operations.tasks.care_weekly": {"queue": SLOW_QUEUE},
}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 600

# --- Watching -----------------------------------------------------------------------------------
RELEASE = ENV.release
# What the monitoring shows at /metrics and /api/v1/health/detailed; empty: only staff get in.
METRICS_TOKEN = ENV.metrics_token
# Who is told of alerts: addresses, and an address that takes a POST.
ALERT_EMAILS, ALERT_WEBHOOK_URL = ENV.alert_emails, ENV.alert_webhook_url
SCHEDULE = "config.schedule.TWIN_SCHEDULE" if ENV.twin_of else "config.schedule.SCHEDULE"
# So long a request waits for database and cache together when it is asked whether they answer.
HEALTH_LIMIT_SECONDS = 0.5
# Whether this process counts what it answers (marketplace/operations/watching/counting.py).
COUNT_REQUESTS = True
# How long minutes, runs and ended alerts are kept (days); figures of days stay.
MINUTES_KEPT_DAYS = 15
RUNS_KEPT_DAYS = 90

# --- Programs of others -------------------------------------------------------------------------
# Whether webhooks may go to this machine and its neighbours, as on an integrator's desk.
WEBHOOKS_MAY_BE_PRIVATE = ENV.webhooks_may_be_private
MCP_ENABLED, MCP_TOKEN = ENV.mcp_enabled, ENV.mcp_token
# The test twin: where the real site's is, and in the twin, whose it is; both know the key.
TWIN_URL, TWIN_OF, TWIN_KEY = ENV.twin_url, ENV.twin_of, ENV.twin_key

# --- Timers of the product (days) ---------------------------------------------------------------
PAYMENT_DUE_DAYS = 7
ACCEPTANCE_WINDOW_DAYS = 14
# How long after the acceptance hidden defects can be claimed.
DISPUTE_WINDOW_DAYS = 21
# Days to answer a claim about goods, to take or leave the offer made for it, and to answer a
# proposal to change or end an order.
NCR_ANSWER_DAYS = 5
NCR_DECIDE_DAYS = 7
PROPOSAL_DAYS = 7
# Days to answer a submitted milestone before silence approves it, and how long before its due date
# (or an order's day to ship) both sides are warned.
MILESTONE_DAYS = 5
MILESTONE_WARNING_DAYS = 3
# Days to pay what a change order costs more; after that the order goes on as it was.
SUPPLEMENT_DAYS = 7
# Days to pay an instalment once it has fallen due, how long before that the buyer is reminded, and
# how long after it both sides are told that it is still missing.
INSTALMENT_DAYS = 7
INSTALMENT_REMINDER_DAYS = 2
INSTALMENT_OVERDUE_DAYS = 14
REVIEW_WINDOW_DAYS = 14
QUOTE_VALIDITY_DAYS = 30
# How long a counter-offer waits for an answer unless its author says so.
COUNTER_OFFER_DAYS = 3
# How long before a deadline those who have not answered are reminded.
RFQ_REMINDER_HOURS = 24
# How long after the deadline the link of a shop without an account still opens its request.
GUEST_LINK_DAYS = 14
# How long a person's copy of their data lies ready, and how long they may think over being deleted.
EXPORT_KEPT_DAYS = 7
DELETION_GRACE_DAYS = 7
TEAM_INVITATION_DAYS = 7
# The hour of the day, in this time zone, from which the daily digests of notifications are mailed.
DIGEST_HOUR = 7
DIGEST_TIME_ZONE = ENV.digest_time_zone
# How far back the figures of a scorecard and of a buyer's record look.
SCORECARD_DAYS = 365
# When both sides of a blanket order are reminded: of its last day, and of what is left.
BLANKET_REMINDER_DAYS = 30
BLANKET_USED_PERCENT = 80

LOG_DIR = ENV.log_dir
LOGGING = logging_settings(level=ENV.log_level, form=ENV.log_format, folder=ENV.log_dir)
