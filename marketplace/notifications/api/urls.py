from django.urls import path

from marketplace.notifications.api import views

notification_urls = [
    path("", views.NotificationList.as_view()),
    path("preferences/", views.NotificationPreferences.as_view()),
]
