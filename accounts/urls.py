from django.urls import URLPattern, URLResolver, include, path

from accounts.views import (
    account,
    addresses,
    approvals,
    audit,
    join,
    profile,
    saved_views,
    security,
    staff,
    team,
    tokens,
)

account_urls = [
    path("go/", account.home, name="home"),
    path("organizations/new/", account.create_organization, name="create_organization"),
    path("organizations/switch/", account.switch_organization, name="switch_organization"),
    path("views/", saved_views.save_view, name="save_view"),
    path("views/<str:view>/delete/", saved_views.delete_view, name="delete_view"),
    path("settings/profile/", profile.profile_settings, name="profile_settings"),
    path("settings/organization/", account.organization_settings, name="organization_settings"),
    path("settings/tokens/", tokens.api_tokens, name="api_tokens"),
    path("settings/tokens/new/", tokens.create_api_token, name="create_api_token"),
    path("settings/tokens/access/", tokens.issue_access_token, name="issue_access_token"),
    path("settings/tokens/<str:token>/revoke/", tokens.revoke_api_token, name="revoke_api_token"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/export/", audit.export_audit, name="export_audit"),
    path("staff/visits/stop/", staff.stop_staff_visit, name="stop_staff_visit"),
    path("staff/visits/<str:organization>/", staff.start_staff_visit, name="start_staff_visit"),
    path("join/<str:secret>/", join.join_organization, name="join_organization"),
    path("settings/members/", team.members, name="members"),
    path("settings/members/invite/", team.invite_member, name="invite_member"),
    path("settings/members/leave/", team.leave_organization, name="leave_organization"),
    path("settings/members/<str:person>/", team.change_member, name="change_member"),
    path(
        "settings/members/<str:person>/deactivate/",
        team.deactivate_member,
        name="deactivate_member",
    ),
    path(
        "settings/members/<str:person>/reactivate/",
        team.reactivate_member,
        name="reactivate_member",
    ),
    path("settings/members/<str:person>/remove/", team.remove_member, name="remove_member"),
    path("settings/members/<str:person>/own/", team.transfer_ownership, name="transfer_ownership"),
    path(
        "settings/invitations/<str:invitation>/resend/",
        team.resend_invitation,
        name="resend_invitation",
    ),
    path(
        "settings/invitations/<str:invitation>/revoke/",
        team.revoke_invitation,
        name="revoke_invitation",
    ),
    path("settings/roles/", team.roles, name="roles"),
    path("settings/addresses/", addresses.addresses, name="addresses"),
    path("settings/addresses/<str:address>/", addresses.change_address, name="change_address"),
    path(
        "settings/addresses/<str:address>/remove/", addresses.remove_address, name="remove_address"
    ),
    path("settings/approvals/", approvals.approval_rules, name="approval_rules"),
    path("settings/approvals/new/", approvals.add_approval_rule, name="add_approval_rule"),
    path(
        "settings/approvals/<str:rule>/",
        approvals.change_approval_rule,
        name="change_approval_rule",
    ),
    path(
        "settings/approvals/<str:rule>/remove/",
        approvals.remove_approval_rule,
        name="remove_approval_rule",
    ),
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
