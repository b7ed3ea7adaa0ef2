"""The API: who calls, how much at once, and what its OpenAPI document says of the whole."""

from config.settings.environment import ENV

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasOrganization"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "marketplace.core.api.pagination.KeysetPagination",
    "PAGE_SIZE": 25,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "marketplace.core.api.errors.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["marketplace.core.api.throttles.ActorThrottle"]
    if ENV.rate_limit_enabled
    else [],
    "NUM_PROXIES": ENV.trusted_proxies,
    "DEFAULT_THROTTLE_RATES": {"actor": f"{ENV.rate_limit_per_minute}/min"},
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
# Which pages of other origins a browser lets read the API (CORS): none outside of it, no wildcard.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOWED_ORIGINS = ENV.allowed_origins
# A program in a page sends a token. Switched on, a page of a sister host may come with the cookie
# of whoever is signed in here; other sites cannot, for the cookie is SameSite.
CORS_ALLOW_CREDENTIALS = ENV.cors_allow_credentials
CORS_ALLOW_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "upload-offset",
    "x-csrftoken",
    "x-request-id",
]
# What the API's answers have and a page could not read otherwise.
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "Dry-Run",
    "ETag",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Limit",
    "RateLimit-Policy",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
]
# A browser asks again after an hour, so an origin that was taken away is soon refused.
CORS_PREFLIGHT_MAX_AGE = 3600
# Takes out of an answer what the clock alone changes, before its ETag is made.
API_STAMPS = "marketplace.files.links.without_stamps"
# What `?expand=` can add to which thing.
API_EXPANSIONS = "config.expansions.EXPANSIONS"
# The chapters of the document: the first step of a path, and what is behind it.
API_CHAPTERS = {
    "access-tokens": "Short-lived credentials made from a token or a sign-in.",
    "addresses": "The organization's places of delivery.",
    "approval-rules": "Above which amount an award waits for whom.",
    "approvals": "Awards that wait for the caller's approval.",
    "audit": "What happened in the organization, by whom, newest first.",
    "blanket-orders": "Quantities agreed on for a period, and calls for a part of them.",
    "certifications": "The codes of certifications, such as ISO 9001.",
    "credit-account": "Buying on account: the application, the limit, what of it is free.",
    "estimates": "What a part may cost, and why.",
    "finishes": "The codes of surface finishes.",
    "inspection-levels": "The codes of inspection levels.",
    "invitations": "People who were asked to join the organization.",
    "manufacturer": "The caller's own profile, company, certificates and rates as a manufacturer.",
    "manufacturers": "The directory of verified manufacturers, with their reviews.",
    "materials": "The codes of materials.",
    "me": "Who is calling, and what the call may do.",
    "members": "The organization's people and their roles.",
    "notifications": "What the caller was told, and which mails they get.",
    "orders": "Orders from payment to acceptance: making, quality, shipping, problems, changes.",
    "organization": "The caller's organization.",
    "parts": "The buyer's parts: files, revisions, what was read in them, what is hard to make.",
    "payment-attempts": "One attempt to pay, with the address of its page.",
    "payments": "Payments of every order: what is held, released and to be paid.",
    "payout-account": "Where the manufacturer's money goes.",
    "payout-statements": "What was paid out, by month.",
    "payouts": "Transfers to the manufacturer.",
    "processes": "The codes of manufacturing processes.",
    "purchase-documents": "Invoices and credit notes of what was bought.",
    "quotes": "The manufacturer's own quotes, and negotiating them.",
    "receivables": "What is owed for orders on account.",
    "requests": "What the manufacturer was asked to quote on.",
    "rfqs": "The buyer's requests for quotation: lines, invitations, quotes, comparison, award.",
    "sales-documents": "Invoices and credit notes of what was sold.",
    "supplier-lists": "The buyer's own lists of manufacturers.",
    "tokens": "The organization's API tokens.",
    "uploads": "One file through an address of its own.",
    "webhook-endpoints": "Where the organization's systems are told of facts, and how that went.",
    "webhook-facts": "The facts an endpoint can choose.",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{ENV.site_name} API",
    "DESCRIPTION": (
        "Everything the pages do, for programs. What all operations have in common (errors, pages, "
        "`Idempotency-Key`, `dry_run`, `ETag`, limits) is in docs/api.md."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": ENV.site_url, "description": ENV.site_name}],
    "TAGS": [{"name": name, "description": words} for name, words in API_CHAPTERS.items()],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketplace.core.api.schema.add_headers",
    ],
    # Choices that no TextChoices class declares; without a name here one is made of the member's.
    "ENUM_NAME_OVERRIDES": {
        "AcceptanceQualityLimit": "orders.sampling.AQLS",
        "BulkDeed": "marketplace.parts.api.inputs.DEEDS",
        "CharacteristicResult": ["in", "out", "open"],
        "CreditAccountState": "payments.api.credit_serializers.ACCOUNT_STATES",
        "Currency": "marketplace.core.money.CURRENCY_CHOICES",
        "EstimatedPer": ["order", "piece"],
        "FindingSeverity": ["info", "warning", "must_change"],
        "Incoterm": "quotes.models.quote.INCOTERMS",
        "InstalmentMoment": "orders.milestones.WHEN.items",
        "LengthUnit": "marketplace.parts.actions.parts.UNITS",
        "MailPreference": "marketplace.notifications.groups.MailChoice",
        "NameRule": "marketplace.parts.actions.library.NAME_RULES",
        "OrderPaper": "orders.quality.PAPERS.items",
        "OrderSide": ["buyer", "manufacturer"],
        "TrackingStatus": "orders.api.shipments.STATUSES",
        "WebhookFact": "marketplace.integrations.facts.PUBLISHED",
    },
}
