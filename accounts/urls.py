from django.urls import path

from accounts.views import account, profile

account_urls = [
    path("go/", account.home, name="home"),
    path("organizations/new/", account.create_organization, name="create_organization"),
    path("organizations/switch/", account.switch_organization, name="switch_organization"),
    path("settings/profile/", profile.profile_settings, name="profile_settings"),
    path("settings/organization/", account.organization_settings, name="organization_settings"),
    path("settings/tokens/", account.create_api_token, name="create_api_token"),
    path("settings/tokens/<str:token>/revoke/", account.revoke_api_token, name="revoke_api_token"),
]
