from django.urls import path

from marketplace.operations.api import views

export_urls = [
    path("", views.OrganizationExports.as_view()),
    path("schema/", views.ArchiveSchema.as_view(), name="archive_schema"),
    path("<str:export>/", views.OrganizationExportDetail.as_view()),
]
