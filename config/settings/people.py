"""Signing in, sessions, locks, cookies and the content security policy."""

from datetime import timedelta

from csp.constants import NONCE, NONE, SELF

from config.settings.environment import ENV

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # Permissions too; a second backend would hash every wrong password twice.
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.CharacterClassesValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
    {"NAME": "accounts.passwords.PasswordHistoryValidator"},
]
LOGIN_URL = "account_login"
if ENV.twin_of:
    # On a developer's machine the twin differs in its port only, and cookies know no ports.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "twin_sessionid", "twin_csrftoken"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
# One address a person: a new one takes the old one's place once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# The session in hand goes on after a change of password; our action ends the others.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
PASSWORD_RESET_TIMEOUT = 4 * 3600
# Dangerous acts ask again for a sign-in older than this many seconds.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENV.site_url.startswith("https") else "http"
# Axes owns the lock-out; two systems would count the same failure twice. Allauth's other limits
# (sign-up, reset, mails, sign-in by address) stay as they are.
ACCOUNT_RATE_LIMITS = {"login_failed": False}
TRUSTED_PROXY_COUNT = ENV.trusted_proxies
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_factor_forms.SignInCodeForm",
    "reauthenticate": "accounts.second_factor_forms.ConfirmCodeForm",
    "activate_totp": "accounts.second_factor_forms.SetUpAppForm",
    "add_webauthn": "accounts.second_factor_forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
# Nobody signs in before their address is confirmed, so nobody can fence off a stranger's address;
# without this a person with a second factor could never change their own.
MFA_ALLOW_UNVERIFIED_EMAIL = True
REQUIRE_STAFF_SECOND_FACTOR = ENV.require_staff_second_factor
# Offered only with keys; config/urls.py leaves its pages out without them.
GOOGLE_SIGN_IN = bool(ENV.google_client_id and ENV.google_client_secret)
SOCIALACCOUNT_ADAPTER = "accounts.adapter.GoogleAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "APPS": [{"client_id": ENV.google_client_id, "secret": ENV.google_client_secret, "key": ""}]
        if GOOGLE_SIGN_IN
        else [],
        "SCOPE": ["profile", "email"],
        "AUTH_PARAMS": {"prompt": "select_account"},
        "OAUTH_PKCE_ENABLED": True,
    }
}
# The lock: accounts/lockout.py says what it counts.
SIGN_IN_LOCK = timedelta(seconds=900)
ACCOUNT_FAILURE_LIMIT = 20
AXES_HANDLER = "accounts.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.counted_address"
AXES_USERNAME_CALLABLE = "accounts.lockout.account_tried"
AXES_USERNAME_FORM_FIELD = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = SIGN_IN_LOCK
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out_response"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "code",
    "credential",
    "csrfmiddlewaretoken",
    "oldpassword",
    "password1",
    "password2",
]
AXES_ENABLE_ADMIN = True
AXES_VERBOSE = False
# Ends after an hour without use, and SESSION_MAX_AGE seconds after signing in even in use.
SESSION_COOKIE_AGE = 3600
SESSION_MAX_AGE = 12 * 3600
MAX_SESSIONS = 3
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "marketplace.pages.views.public.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# 'self' means the live process too in today's browsers; older ones want its address spelled out.
# On a port of its own it has the host of the page, whichever name that was reached by.
LIVE_SOURCE = f"ws://*:{ENV.live_port}" if ENV.live_port else f"ws{ENV.site_url[4:]}"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF, "blob:", LIVE_SOURCE],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The pay button answers with a redirect to the hosted payment page.
        "form-action": [
            SELF,
            "https://checkout.stripe.com",
            "https://connect.stripe.com",
            *(["https://accounts.google.com"] if GOOGLE_SIGN_IN else []),
            *([ENV.stripe_api_host] if ENV.stripe_api_host else []),
        ],
    }
}
