"""The tests: nothing leaves the process unless a test starts the other side itself."""

from config.env import VAR_DIR
from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, DATABASES, ENV, REST_FRAMEWORK, STORAGES

if ENV.redis_url:
    # Each xdist worker counts in a Redis database of its own.
    WORKER = ENV.raw.str("PYTEST_XDIST_WORKER", default="gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = f"{ENV.redis_url.rsplit('/', 1)[0]}/{int(WORKER) + 1}"
# Tests of live updates start a process of their own, which gets a port; elsewhere nothing is live.
LIVE_REDIS_URL = ENV.redis_url if ENV.live_port else ""
MIGRATION_MODULES = {"djstripe": "payments.djstripe_schema"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
BACKGROUND = "manual"
COUNT_REQUESTS = False
BACKUP_DIR, BACKUP_S3_BUCKET = VAR_DIR / "test-backups", ""
# How busy the machine of the tests is says nothing of the code.
HEALTH_LIMIT_SECONDS = 30
# Tests of the other ways switch them on.
PAYMENT_WAYS = ["card"]
SILENCED_SYSTEM_CHECKS = ["djstripe.W002"]
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"actor": "100000/min"}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file: in memory the live server and the test would share one connection and collide.
    name = DATABASES["default"]["NAME"]
    # Migrated already: tests/run.py puts a copy of a template there for each worker.
    name = str(name).replace(".sqlite3", "-test.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": name, "MIGRATE": False}
if TEMPLATE := ENV.raw.str("TEST_TEMPLATE_DATABASE", default=""):
    # One migrated template a run: each xdist worker copies it instead of migrating again.
    DATABASES["default"]["TEST"] = {"TEMPLATE": TEMPLATE, "MIGRATE": False}
# Passkeys need https or localhost; here the address in the browser may be either name.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
