"""A developer's machine and `make run`: embedded services, files under var/, no keys."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DEBUG, SITE_NAME, STORAGES
from config.settings.money import PLATFORM_COMPANY

# dj-stripe's own migrations take over a minute from zero; `make install` generates one migration
# with the identical schema instead. Production keeps the real ones.
MIGRATION_MODULES = {"djstripe": "payments.djstripe_schema"}
if not PLATFORM_COMPANY["name"]:
    # So that the demo shows commission invoices; a VAT id with right check digits and of nobody.
    PLATFORM_COMPANY.update(
        name=f"{SITE_NAME} Demo GmbH",
        address="Demostr. 1\n10115 Berlin",
        city="Berlin",
        country="DE",
        vat_id="DE111111125",
        registration="HRB 00000 (demo)",
    )
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
else:
    # As production serves them, but for compressing every file, which takes twenty seconds.
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    }

# The Stripe sandbox serves development and tests; dj-stripe's warning is about production, where
# config/env.py refuses STRIPE_API_HOST together with live keys.
SILENCED_SYSTEM_CHECKS = ["djstripe.W002"]
# Passkeys need https or localhost; here the address in the browser may be either name.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
