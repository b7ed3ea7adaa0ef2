from django.urls import path

from marketplace.integrations import browser_views, views

account_urls = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.add_webhook, name="add_webhook"),
    path("<str:endpoint>/", views.webhook_endpoint, name="webhook_endpoint"),
    path("<str:endpoint>/secret/", views.rotate_webhook_secret, name="rotate_webhook_secret"),
    path("<str:endpoint>/test/", views.test_webhook, name="test_webhook"),
    path("<str:endpoint>/pause/", views.pause_webhook, name="pause_webhook"),
    path("<str:endpoint>/resume/", views.resume_webhook, name="resume_webhook"),
    path("<str:endpoint>/remove/", views.remove_webhook, name="remove_webhook"),
    path("<str:endpoint>/replay/", views.replay_webhooks, name="replay_webhooks"),
    path("<str:endpoint>/<str:message>/", views.webhook_message, name="webhook_message"),
    path("<str:endpoint>/<str:message>/replay/", views.replay_webhook, name="replay_webhook"),
]
browser_urls = [
    path("push-worker.js", browser_views.push_worker, name="push_worker"),
    path(
        "settings/notifications/browsers/add/",
        browser_views.subscribe_browser,
        name="subscribe_browser",
    ),
    path(
        "settings/notifications/browsers/remove/",
        browser_views.unsubscribe_browser,
        name="unsubscribe_browser",
    ),
]
