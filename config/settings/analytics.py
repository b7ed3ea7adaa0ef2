"""Measuring who visits the public pages: off without an id, and without each visitor's word."""

from config.settings.environment import ENV

GOOGLE_ANALYTICS_ID = ENV.google_analytics_id
MIXPANEL_TOKEN = ENV.mixpanel_token
# What a page that is measured may load and call, beside what every page may.
ANALYTICS_SOURCES = {
    "google": {
        "script-src": ["https://www.googletagmanager.com"],
        "connect-src": [
            "https://www.google-analytics.com",
            "https://region1.google-analytics.com",
        ],
    },
    "mixpanel": {"connect-src": ["https://api-js.mixpanel.com"]},
}
# How long a visitor's yes or no is kept, seconds: half a year, then we ask again.
ANALYTICS_CHOICE_AGE = 180 * 24 * 3600
