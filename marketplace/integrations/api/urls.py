from django.urls import path

from marketplace.integrations.api import views

endpoint_urls = [
    path("", views.EndpointList.as_view()),
    path("<str:endpoint>/", views.EndpointDetail.as_view()),
    path("<str:endpoint>/rotate-secret/", views.RotateSecret.as_view()),
    path("<str:endpoint>/pause/", views.PauseEndpoint.as_view()),
    path("<str:endpoint>/resume/", views.ResumeEndpoint.as_view()),
    path("<str:endpoint>/test/", views.TestEndpoint.as_view()),
    path("<str:endpoint>/replay/", views.ReplayMessages.as_view()),
    path("<str:endpoint>/messages/", views.MessageList.as_view()),
    path("<str:endpoint>/messages/<str:message>/", views.MessageDetail.as_view()),
    path("<str:endpoint>/messages/<str:message>/replay/", views.ReplayMessage.as_view()),
]
fact_urls = [path("", views.WebhookFactList.as_view())]
