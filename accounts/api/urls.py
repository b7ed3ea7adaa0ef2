from django.urls import path

from accounts.api import views

me_urls = [path("", views.Me.as_view())]
organization_urls = [path("", views.OrganizationDetail.as_view())]
