from django.urls import path

from accounts.views import account, audit, staff, tokens

account_urls = [
    path("go/", account.home, name="home"),
    path("organizations/new/", account.create_organization, name="create_organization"),
    path("organizations/switch/", account.switch_organization, name="switch_organization"),
    path("settings/organization/", account.organization_settings, name="organization_settings"),
    path("settings/tokens/", tokens.api_tokens, name="api_tokens"),
    path("settings/tokens/new/", tokens.create_api_token, name="create_api_token"),
    path("settings/tokens/access/", tokens.issue_access_token, name="issue_access_token"),
    path("settings/tokens/<str:token>/revoke/", tokens.revoke_api_token, name="revoke_api_token"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/export/", audit.export_audit, name="export_audit"),
    path("staff/visits/stop/", staff.stop_staff_visit, name="stop_staff_visit"),
    path("staff/visits/<str:organization>/", staff.start_staff_visit, name="start_staff_visit"),
]
