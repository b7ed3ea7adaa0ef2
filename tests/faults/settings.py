"""Settings of the processes that are hurt: production's, but without https."""

from config.settings.base import EMAIL_TIMEOUT as TIMEOUT
from config.settings.base import ENV, HEALTH_LIMIT_SECONDS
from config.settings.testing import *  # noqa: F403
from config.settings.testing import LOGGING, REST_FRAMEWORK

BACKGROUND = "celery" if ENV.redis_url else "thread"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = TIMEOUT
# Of a loaded machine, which may be late itself.
HEALTH_LIMIT_SECONDS = HEALTH_LIMIT_SECONDS * 4
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"actor": "100000/min"}
# What beat sends is counted in what it writes.
LOGGING["loggers"]["celery.beat"] = {"level": "INFO"}
