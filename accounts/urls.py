from django.urls import URLPattern, URLResolver, include, path

from accounts.views import account, security

account_urls = [
    path("go/", account.home, name="home"),
    path("organizations/new/", account.create_organization, name="create_organization"),
    path("organizations/switch/", account.switch_organization, name="switch_organization"),
    path("settings/organization/", account.organization_settings, name="organization_settings"),
    path("settings/tokens/", account.create_api_token, name="create_api_token"),
    path("settings/tokens/<str:token>/revoke/", account.revoke_api_token, name="revoke_api_token"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/sessions/end/", security.end_other_sessions, name="end_other_sessions"),
    path("settings/security/sessions/<int:session>/end/", security.end_session, name="end_session"),
    path(
        "settings/organization/sign-in/", security.sign_in_rules, name="organization_sign_in_rules"
    ),
]


def sign_in_urls(*, google: bool) -> list[URLPattern | URLResolver]:
    """allauth's pages that we offer: accounts, second factors and, with keys, Google."""
    urls: list[URLPattern | URLResolver] = [
        path("", include("allauth.account.urls")),
        path("2fa/", include("allauth.mfa.urls")),
    ]
    if google:
        urls += [
            path("3rdparty/", include("allauth.socialaccount.urls")),
            path("", include("allauth.socialaccount.providers.google.urls")),
        ]
    return urls
