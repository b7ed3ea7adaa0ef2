"""Commission, the platform as a company, exchange rates, and Stripe."""

from config.env import SANDBOX_WEBHOOK_SECRET
from config.settings.environment import ENV

COMMISSION_BPS = ENV.commission_bps
# Whether the platform gives its commission back with what a buyer gets back after the release.
COMMISSION_RETURNED_ON_REFUND = ENV.raw.bool("COMMISSION_RETURNED_ON_REFUND", default=True)
# The company that runs the platform, as its commission invoices name it; without a name none are
# written. The address may have lines, divided by "|".
PLATFORM_COMPANY = {
    "name": ENV.raw.str("PLATFORM_COMPANY_NAME", default=""),
    "address": ENV.raw.str("PLATFORM_ADDRESS", default="").replace("|", "\n"),
    "city": ENV.raw.str("PLATFORM_CITY", default=""),
    "country": ENV.raw.str("PLATFORM_COUNTRY", default="DE"),
    "vat_id": ENV.raw.str("PLATFORM_VAT_ID", default=""),
    "registration": ENV.raw.str("PLATFORM_REGISTRATION", default=""),
}
# Our bank account, for buyers on account who pay by transfer; empty: they ask us for it.
PLATFORM_IBAN = ENV.raw.str("PLATFORM_IBAN", default="").replace(" ", "").upper()
# What one person of staff may settle by hand, minor units; above it a second one confirms.
MANUAL_SETTLEMENT_LIMIT = {"EUR": 100_000, "USD": 100_000, "GBP": 100_000}
# Where the reference rates of the day are fetched; empty: staff upload them.
EXCHANGE_RATE_URL = ENV.exchange_rate_url
EXCHANGE_RATE_MAX_AGE_DAYS = ENV.exchange_rate_max_age_days
# A bank transfer goes to an account of the payment service in this country: BE, DE, ES, FR, IE, NL.
BANK_TRANSFER_COUNTRY = ENV.bank_transfer_country
# The ways to pay that are switched on, by Stripe's names; `payments/ways.py` says which currencies
# each takes.
PAYMENT_WAYS = ENV.payment_ways
STRIPE_LIVE_MODE = ENV.stripe_live_mode
STRIPE_PUBLISHABLE_KEY = ENV.stripe_publishable_key
STRIPE_TEST_SECRET_KEY = "" if ENV.stripe_live_mode else ENV.stripe_secret_key
STRIPE_LIVE_SECRET_KEY = ENV.stripe_secret_key if ENV.stripe_live_mode else ""
STRIPE_WEBHOOK_SECRETS = ENV.stripe_webhook_secrets
# The version the pinned SDK speaks; the webhook endpoint is created with the same one.
STRIPE_API_VERSION = "2026-08-26.dahlia"
if ENV.stripe_api_host:
    # Absent, not empty: dj-stripe redirects the SDK whenever the setting exists.
    STRIPE_API_HOST = ENV.stripe_api_host
# Where the development stand-in for Stripe listens; in use when STRIPE_API_HOST equals it.
STRIPE_SANDBOX_HOST = ENV.sandbox_host
STRIPE_SANDBOX_WEBHOOK_SECRET = SANDBOX_WEBHOOK_SECRET
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
DJSTRIPE_USE_NATIVE_JSONFIELD = True
