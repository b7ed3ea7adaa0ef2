from django.urls import path

from accounts.api import addresses, approval_rules, audit, team, tokens, views

me_urls = [path("", views.Me.as_view())]
organization_urls = [path("", views.OrganizationDetail.as_view())]
token_urls = [
    path("", tokens.ApiTokenList.as_view()),
    path("<str:token>/revoke/", tokens.RevokeApiToken.as_view()),
]
access_token_urls = [path("", tokens.AccessTokenList.as_view())]
audit_urls = [path("", audit.AuditList.as_view())]
member_urls = [
    path("", team.MemberList.as_view()),
    path("<str:person>/", team.MemberDetail.as_view()),
    path("<str:person>/deactivate/", team.DeactivateMember.as_view()),
    path("<str:person>/reactivate/", team.ReactivateMember.as_view()),
]
invitation_urls = [
    path("", team.TeamInvitationList.as_view()),
    path("<str:invitation>/", team.RevokeTeamInvitation.as_view()),
    path("<str:invitation>/resend/", team.ResendTeamInvitation.as_view()),
]
address_urls = [
    path("", addresses.AddressList.as_view()),
    path("<str:address>/", addresses.AddressDetail.as_view()),
]
approval_rule_urls = [
    path("", approval_rules.ApprovalRuleList.as_view()),
    path("<str:rule>/", approval_rules.ApprovalRuleDetail.as_view()),
]
