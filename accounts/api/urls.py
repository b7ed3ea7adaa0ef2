from django.urls import path

from accounts.api import audit, tokens, views

me_urls = [path("", views.Me.as_view())]
organization_urls = [path("", views.OrganizationDetail.as_view())]
token_urls = [
    path("", tokens.ApiTokenList.as_view()),
    path("<str:token>/revoke/", tokens.RevokeApiToken.as_view()),
]
access_token_urls = [path("", tokens.AccessTokenList.as_view())]
audit_urls = [path("", audit.AuditList.as_view())]
